"""TypeIDs: how ids read outside the database, and that no text passes for one that it is not."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.kernel import ids
from vestibule.kernel.errors import NotFound

ONE = "01h455vb4pex5vsknk084sn02q"
# From the specification of TypeIDs, version 0.3: what is valid.
KNOWN = [
    ("00000000-0000-0000-0000-000000000000", "00000000000000000000000000"),
    ("00000000-0000-0000-0000-000000000001", "00000000000000000000000001"),
    ("00000000-0000-0000-0000-00000000000a", "0000000000000000000000000a"),
    ("00000000-0000-0000-0000-000000000020", "00000000000000000000000010"),
    ("ffffffff-ffff-ffff-ffff-ffffffffffff", "7zzzzzzzzzzzzzzzzzzzzzzzzz"),
    ("0110c853-1d09-52d8-d73e-1194e95b5f19", "0123456789abcdefghjkmnpqrs"),
]
NO_IDS = [
    "",
    "_",
    "inv",
    "inv_",
    ONE,
    f"_{ONE}",
    f"org_{ONE}",
    f"INV_{ONE}",
    f"inv_inv_{ONE}",
    f"inv__{ONE}",
    f" inv_{ONE}",
    f"inv_{ONE} ",
    f"inv_{ONE}\n",
    f"inv_{ONE}0",
    f"inv_0{ONE}",
    f"inv_{ONE[:-1]}",
    f"inv-{ONE}",
    f"inv_{ONE.upper()}",
    f"inv_8{ONE[1:]}",
    f"inv_9{ONE[1:]}",
    f"inv_a{ONE[1:]}",
    f"inv_z{ONE[1:]}",
    *(f"inv_{ONE[:-1]}{letter}" for letter in "ilouILOU-=\x00é\uff10"),
    "inv_01890a5d-ac96-774b-bcce-b302099a8057",
    "inv_" + "0" * 5000,
]


@given(value=st.uuids())
def test_an_id_is_read_as_it_was_written(value: UUID) -> None:
    written = ids.encode("inv", value)

    assert len(written) == len("inv_") + 26
    assert ids.decode("inv", written) == value


@pytest.mark.parametrize(("value", "letters"), KNOWN)
def test_an_id_is_written_as_the_specification_says(value: str, letters: str) -> None:
    assert ids.encode("prefix", UUID(value)) == f"prefix_{letters}"
    assert str(ids.decode("prefix", f"prefix_{letters}")) == value


@pytest.mark.parametrize("text", NO_IDS, ids=lambda text: ascii(text)[:50])
def test_what_is_no_id_of_the_kind_names_nothing(text: str) -> None:
    with pytest.raises(NotFound):
        ids.decode("inv", text)


@given(text=st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    with pytest.raises(NotFound):
        ids.decode("inv", f"inv_{text}!")


@given(one=st.uuids(), other=st.uuids())
def test_ids_sort_as_letters_as_they_sort_in_the_database(one: UUID, other: UUID) -> None:
    is_less = ids.encode("inv", one) < ids.encode("inv", other)
    assert is_less == (one.bytes < other.bytes)


def test_new_ids_are_distinct_and_sort_by_the_time_of_their_making() -> None:
    made = [ids.new_id() for _ in range(5_000)]

    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert {value.version for value in made} == {7}
