"""Names that people give to themselves and to things: what is kept, and what a mail may show."""

import re
import unicodedata

from vestibule.kernel.errors import InvalidField
from vestibule.kernel.i18n import mark

MAX_NAME = 80
MAX_NAME_IN_MAIL = 40
# How many times longer a text may come than it is kept: some letters are written as three that
# compose. More is refused as it stands, for NFC takes the square of a run of combining marks.
_SLACK = 4

# Controls, surrogates, unassigned, private use, and what separates lines and paragraphs.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
# Direction marks, zero widths, fillers, soft hyphen, byte order mark, tags: what makes a name read
# as another, or as none (Unicode, Default_Ignorable_Code_Point).
_REFUSED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U000e0000-\U000e0fff<>]"
)
# How a sign is drawn, as telephones write it behind their pictures: the same name without it.
_SELECTORS = re.compile("[\ufe00-\ufe0f]")
_ENCODED_WORD = "=?"

_DROPPED_IN_MAIL = frozenset(".@:\u3002")  # after NFKC, which folds their fullwidth forms
_KEPT_IN_MAIL = frozenset(" '\u2019&,()-")
# Five digits or more, whatever groups them: a number to call. A year and a house number stay.
_TELEPHONE = re.compile(r"\d(?:[^\w&]*\d){4,}")
_LINK_WORDS = re.compile(r"https?|www|ftp|mailto", re.IGNORECASE)


class InvalidName(InvalidField):
    """A name is empty, too long, without a letter or digit, or not to be trusted as it reads."""

    sentence = mark(
        "Use 1 to {maximum} characters, with a letter or a digit among them, "
        "and without < > and invisible characters."
    )


class InvalidText(InvalidField):
    """A line of text is too long, or has characters that are not seen."""

    sentence = mark(
        "Use at most {maximum} characters on one line, without < > and invisible characters."
    )


def clean(text: str, *, path: str) -> str:
    """Give the name as it is kept: NFC, trimmed, single spaces. Raises InvalidName."""
    name = _kept(text, maximum=MAX_NAME)
    if name is None or not any(map(str.isalnum, name)):
        raise InvalidName(path=path, maximum=MAX_NAME)
    return name


def clean_line(text: str, *, path: str, maximum: int) -> str:
    """Give one line of text as it is kept, perhaps empty. Raises InvalidText."""
    line = _kept(text, maximum=maximum)
    if line is None:
        raise InvalidText(path=path, maximum=maximum)
    return line


def for_mail(name: str, limit: int = MAX_NAME_IN_MAIL) -> str:
    """Give what a mail may show of a name: nothing to follow, to write to or to call.

    Strangers read these mails: "Account locked, see evil.com" must not become a sentence of ours.
    """
    shown = "".join(_in_mail(letter) for letter in unicodedata.normalize("NFKC", name))
    while _LINK_WORDS.search(shown):
        shown = _LINK_WORDS.sub("", shown)
    shown = _TELEPHONE.sub("", shown)
    return _collapse(shown)[:limit].strip() or "-"


def _in_mail(letter: str) -> str:
    if letter in _DROPPED_IN_MAIL:
        return ""
    if letter in _KEPT_IN_MAIL or unicodedata.category(letter)[0] in "LNM":
        return letter
    return "-" if unicodedata.category(letter) == "Pd" else " "


def _kept(text: str, *, maximum: int) -> str | None:
    if len(text) > _SLACK * maximum or not _is_printable(text):
        return None
    kept = _collapse(text)
    return kept if len(kept) <= maximum else None


def _is_printable(text: str) -> bool:
    if _REFUSED.search(text) or _ENCODED_WORD in text:
        return False
    return not any(unicodedata.category(letter) in _REFUSED_CATEGORIES for letter in text)


def _collapse(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", _SELECTORS.sub("", text)).split())
