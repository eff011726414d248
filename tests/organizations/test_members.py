"""The list of members: its pages and its search; and the lists of organizations."""

import pytest

from tests.organizations import cast
from vestibule.kernel import lists, names
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import UserId
from vestibule.organizations import queries
from vestibule.organizations.model import Member, Organization, Seat
from vestibule.organizations.queries import MemberSearch

ADMIN = "admin"
VIEWER = "viewer"


async def test_members_come_newest_first_and_page_both_ways(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    for name in ("Bo", "Cy", "Di", "Ed"):
        await cast.join(tx, organization, await cast.make_user(tx, name), VIEWER)

    first = await _page(tx, organization)
    assert [member.first_name for member in first.items] == ["Ed", "Di"]
    assert first.before is None
    second = await _page(tx, organization, after=first.after)
    assert [member.first_name for member in second.items] == ["Cy", "Bo"]
    last = await _page(tx, organization, after=second.after)
    assert [member.first_name for member in last.items] == ["Ada"]
    assert last.after is None
    back = await _page(tx, organization, before=last.before)
    assert [member.first_name for member in back.items] == ["Cy", "Bo"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada", ["Ada"]),
        ("ADA LOVE", ["Ada"]),
        ("lovelace", ["Ada"]),
        ("%", ["Per%cent"]),
        ("_", ["Under_score"]),
        ("\\", ["Back\\slash"]),
        ("a%", []),
        ("d_", []),
        ("@work.test", ["Ada"]),
        ("ADA+X@WORK", ["Ada"]),
        ("'; DROP TABLE members; --", []),
        ("", ["Back\\slash", "Under_score", "Per%cent", "Ada"]),
        ("   ", ["Back\\slash", "Under_score", "Per%cent", "Ada"]),
        ("zoë", []),
    ],
)
async def test_a_search_looks_in_names_and_addresses_and_takes_wildcards_as_letters(
    tx: Transaction, text: str, found: list[str]
) -> None:
    ada = await cast.make_user(tx, "Ada", last_name="Lovelace", address="Ada+X@work.test")
    organization = (await cast.found(tx, ada)).organization
    for number, name in enumerate(("Per%cent", "Under_score", "Back\\slash")):
        user = await cast.make_user(tx, name, address=f"m{number}@x.test")
        await cast.join(tx, organization, user, VIEWER)

    members = await _search(tx, organization, MemberSearch.of(text, None))
    assert [member.first_name for member in members] == found


async def test_members_are_filtered_by_role(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    await cast.join(tx, organization, await cast.make_user(tx, "Bo"), ADMIN)
    await cast.join(tx, organization, await cast.make_user(tx, "Cy"), VIEWER)

    members = await _search(tx, organization, MemberSearch.of(None, ADMIN))
    assert [(member.first_name, member.role.name) for member in members] == [("Bo", ADMIN)]


@pytest.mark.parametrize("text", ["a\x00", "x" * 101, "\u202e"])
def test_a_search_for_what_no_name_holds_is_refused(text: str) -> None:
    with pytest.raises(names.InvalidText):
        MemberSearch.of(text, None)


async def test_other_organizations_keep_their_members(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    organization = (await cast.found(tx, ada)).organization
    eve = await cast.make_user(tx, "Eve")
    elsewhere = (await cast.found(tx, eve, name="Elsewhere")).organization

    members = await _search(tx, organization, MemberSearch())
    assert [member.user_id for member in members] == [ada]
    assert [seat.organization for seat in await _seats(tx, eve)] == [elsewhere]


async def test_organizations_of_a_user_come_newest_first_with_the_role(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    first = (await cast.found(tx, ada)).organization
    second = (await cast.found(tx, await cast.make_user(tx, "Bo"), name="Other")).organization
    await cast.join(tx, second, ada, VIEWER)

    seats = await _seats(tx, ada)
    assert [(seat.organization.id, seat.role.name) for seat in seats] == [
        (second.id, VIEWER),
        (first.id, "owner"),
    ]
    assert await queries.count_members_of_each(tx, [first.id, second.id]) == {
        first.id: 1,
        second.id: 2,
    }


async def test_owners_are_listed_as_addressees(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada", address="ada@x.test")
    organization = (await cast.found(tx, ada)).organization
    await cast.join(tx, organization, await cast.make_user(tx, "Bo"), ADMIN)

    (owner,) = await queries.list_owners(tx, organization.id)
    assert (owner.name, owner.address, owner.locale) == ("Ada Test", "ada@x.test", "en")


async def _page(
    tx: Transaction,
    organization: Organization,
    *,
    before: str | None = None,
    after: str | None = None,
) -> lists.Page[Member]:
    window = lists.window("members/test", limit=2, before=before, after=after)
    rows = await queries.list_members(tx, organization.id, MemberSearch(), window)
    return lists.page(window, rows, lambda member: member.id)


async def _search(
    tx: Transaction, organization: Organization, search: MemberSearch
) -> list[Member]:
    window = lists.window("members/test")
    return list(await queries.list_members(tx, organization.id, search, window))


async def _seats(tx: Transaction, user_id: UserId) -> list[Seat]:
    return list(await queries.list_seats(tx, user_id, lists.window("organizations/test")))
