"""Which passwords are taken.

Length and guessability, no rules of composition (NIST SP 800-63B-4, 3.1.1.2).
"""

import string
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from vestibule.kernel.errors import Invalid
from vestibule.kernel.i18n import gettext, mark

MOST_CHARACTERS = 256
MOST_BYTES = 1024

# What must be left of a password when the words that anybody tries first are taken out of it.
_LEAST_OF_ITS_OWN = 6
_LEAST_WORD = 3
_AROUND = string.digits + string.punctuation + string.whitespace
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
)
_KEYBOARD = ("qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p")


class Weakness(StrEnum):
    """Why a password is refused, as a sentence that says what to do."""

    SHORT = mark("Choose a password of at least {minimum} characters.")
    LONG = mark("Choose a password of at most {maximum} characters.")
    UNSEEN = mark("Choose a password of characters that can be typed and seen.")
    COMMON = mark("Many people use this password, so it is guessed first. Choose another.")
    PATTERN = mark("This password is a simple pattern. Choose one that is harder to guess.")
    PERSONAL = mark("This password is made of your address or name. Choose one that is not.")


class WeakPassword(Invalid):
    """A password is too short, too long, not to be typed, or among those guessed first."""

    def __init__(self, weakness: Weakness, *, path: str, minimum: int) -> None:
        super().__init__(path=path, minimum=minimum, maximum=MOST_CHARACTERS)
        self.weakness = weakness

    def explain(self) -> str:
        """Give the sentence for this weakness."""
        return gettext(self.weakness.value).format(**self.facts)


def normal(password: str) -> str:
    """Give the one spelling (NFC) of a password that is hashed, whatever keyboard wrote it."""
    return unicodedata.normalize("NFC", password)


def is_hashable(password: str) -> bool:
    """Tell whether a password is short enough to be worth the work of hashing."""
    return (
        len(password) <= MOST_CHARACTERS and len(password.encode("utf-8", "replace")) <= MOST_BYTES
    )


def ensure_strong(
    password: str, *, minimum: int, about: Iterable[str] = (), path: str = "password"
) -> None:
    """Raise WeakPassword unless it may be used. `about`: the address and names of its owner."""
    # The length first, and as it is checked when they sign in: NFC takes the square of a run of
    # combining marks.
    is_long = not is_hashable(password)
    weakness = Weakness.LONG if is_long else _find_weakness(normal(password), minimum, about)
    if weakness:
        raise WeakPassword(weakness, path=path, minimum=minimum)


def _find_weakness(password: str, minimum: int, about: Iterable[str]) -> Weakness | None:
    if len(password) < minimum:
        return Weakness.SHORT
    if any(unicodedata.category(letter) == "Cc" for letter in password):
        return Weakness.UNSEEN
    folded = password.casefold()
    if _is_common(folded):
        return Weakness.COMMON
    if _is_repetition(folded, minimum) or _is_sequence(folded):
        return Weakness.PATTERN
    return Weakness.PERSONAL if _is_personal(folded, about) else None


def _is_common(folded: str) -> bool:
    """Is it on the list, perhaps with a year and an exclamation mark around?"""
    core = folded.strip(_AROUND)
    if len(folded) - len(core) > _LEAST_OF_ITS_OWN:
        return folded in _common()
    return folded in _common() or core in _common()


def _is_repetition(folded: str, minimum: int) -> bool:
    """Is it a short text over and over?"""
    period = (folded + folded).find(folded, 1)
    return period < min(len(folded), minimum)


def _is_sequence(folded: str) -> bool:
    """Is it a run along the alphabet, the digits or the keyboard, in either direction?"""
    return any(folded in run or folded in run[::-1] for run in _runs(len(folded)))


def _runs(length: int) -> Iterator[str]:
    for row in _ROWS:
        yield row * (length // len(row) + 2)
    yield from _KEYBOARD


def _is_personal(folded: str, about: Iterable[str]) -> bool:
    rest = folded
    for word in sorted(_words(about), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != folded and len(rest.strip(string.whitespace)) < _LEAST_OF_ITS_OWN


def _words(about: Iterable[str]) -> set[str]:
    """Give what is taken out: each text as it is, without spaces, and its parts."""
    words: set[str] = set()
    for text in about:
        folded = normal(text).casefold()
        local, _, domain = folded.rpartition("@")
        words |= {
            folded,
            folded.replace(" ", ""),
            local,
            domain,
            domain.partition(".")[0],
            *folded.split(),
        }
    return {word for word in words if len(word) >= _LEAST_WORD}


@cache
def _common() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])
