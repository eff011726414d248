"""What a name may hold, and what a mail shows of it (security 5.9, attacks 50 and 52)."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.kernel import names
from vestibule.kernel.names import InvalidName, InvalidText

REFUSED = [
    *("\u3164", "\u115f\u1160", "A\u00adna", "A\u034fna", "owner\uffa0", "A\U000e0100"),
    "",
    "   ",
    "\u00a0",
    "...",
    "a" * 81,
    "Ana\r\nBcc: eve@e.test",
    "Ana\nEve",
    "Ana\x00",
    "Ana\x1b[31m",
    "Ana\x85",
    "Ana\u2028Eve",
    "Ana\u2029Eve",
    "\u202eanA",
    "Ana\u2066",
    "A\u200bna",
    "Ana\u200f",
    "\ufeffAna",
    "Ana\U000e0041",
    "Ana\ud800",
    "=?utf-8?q?x=0D=0ABcc:_a@b.c?=",
    "=?utf-8?b?eA0KQmNjOiBhQGIuYw==?=",
    "<script>alert(1)</script>",
    "Ana <ana@x.test>",
]

TAKEN = [
    ("Ana", "Ana"),
    ("  Ana   Maria ", "Ana Maria"),
    ("Ana\u00a0Maria", "Ana Maria"),
    ("Zoe\u0308", "Zo\u00eb"),
    ("O'Neil & Sons, Ltd. (UK)", "O'Neil & Sons, Ltd. (UK)"),
    ("山田 太郎", "山田 太郎"),
    ("محمد", "محمد"),
    ("नमस्ते", "नमस्ते"),
    ("Löwe 7 🦁", "Löwe 7 🦁"),
    ("a" * 80, "a" * 80),
    ("e\u0323\u0302" * 80, "\u1ec7" * 80),
]
# What comes in another order than it is kept in: sorting it takes the square of its length.
MARKS = "a" + "\u0301\u0316" * 32_000


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_a_name_that_deceives_or_breaks_a_header_is_refused(text: str) -> None:
    with pytest.raises(InvalidName) as refusal:
        names.clean(text, path="first_name")

    assert refusal.value.code() == "invalid_name"
    assert refusal.value.path == "first_name"
    assert "80" in refusal.value.explain()


@pytest.mark.parametrize(("text", "kept"), TAKEN, ids=ascii)
def test_a_name_is_kept_composed_trimmed_and_with_single_spaces(text: str, kept: str) -> None:
    assert names.clean(text, path="first_name") == kept


def test_a_line_may_be_empty_but_not_too_long() -> None:
    assert names.clean_line("  ", path="reason", maximum=5) == ""
    assert names.clean_line(" no  way ", path="reason", maximum=6) == "no way"
    with pytest.raises(InvalidText) as refusal:
        names.clean_line("no way!", path="reason", maximum=6)
    assert refusal.value.code() == "invalid_text"


def test_a_flood_of_combining_marks_is_refused_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(InvalidName):
        names.clean(MARKS, path="first_name")
    with pytest.raises(InvalidText):
        names.clean_line(MARKS, path="reason", maximum=500)
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Acme", "Acme"),
        ("O'Neil & Sons, Ltd. (UK)", "O'Neil & Sons, Ltd (UK)"),
        ("Bücher–Stube", "Bücher-Stube"),
        ("नमस्ते", "नमस्ते"),
        ("Urgent http://evil.com pay@evil.com", "Urgent evilcom payevilcom"),
        ("www.evil.com", "evilcom"),
        ("hthttptp://evil\uff0ecom", "evilcom"),
        ("evil\u3002com/login?x=1", "evilcom login x 1"),
        ("mailto:eve@e.test", "eveetest"),
        ("<b>Acme</b>", "b Acme b"),
        ("Ac\r\nme", "Ac me"),
        ("\u202eAcme", "Acme"),
        ("a" * 90, "a" * 40),
        ("🦁", "-"),
        ("Your account is locked - call 1 555 0100", "Your account is locked - call"),
        ("Call +1 (555) 01-00 now", "Call now"),
        ("Call 1,555 '01' 00", "Call"),
        ("Call 1\u0301 5\u0301 5\u0301 5\u0301 0", "Call"),
        ("Houses 12, 14 & 16", "Houses 12, 14 & 16"),
        ("Call 1.800.555.0100", "Call"),
        ("Call \u0661\u0662\u0663\u0664\u0665 or \uff11\uff12\uff13\uff14\uff15", "Call or"),
        ("Call 12http345", "Call"),
        ("12345", "-"),
        ("Studio 54", "Studio 54"),
        ("Berg & Sons, 1987", "Berg & Sons, 1987"),
        ("Room 2001", "Room 2001"),
        ("24 Hours, 7 Days", "24 Hours, 7 Days"),
    ],
    ids=ascii,
)
def test_a_mail_shows_a_name_without_anything_to_follow_or_to_call(name: str, shown: str) -> None:
    assert names.for_mail(name) == shown


@given(st.text(max_size=200))
def test_no_name_puts_a_link_an_address_or_a_line_into_a_mail(name: str) -> None:
    shown = names.for_mail(name)

    assert 1 <= len(shown) <= 40
    assert not set(shown) & set('@:/.<>"\r\n\t\x00')
    assert "http" not in shown.lower()
    assert "www" not in shown.lower()
    assert "=?" not in shown
    assert not re.search(r"(?:\d[ -]*){5}", shown)
