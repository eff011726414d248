"""What roles are called, by organizations and by people, and what they may, in words. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from vestibule.kernel import names
from vestibule.kernel.errors import Conflict, FieldError, InvalidField, InvalidRequest, NotFound
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.names import InvalidText
from vestibule.organizations.model import RoleNotAllowed
from vestibule.organizations.permission_model import (
    ADMIN,
    BUILT_IN,
    CHOOSABLE,
    MANAGER,
    OWNER,
    VIEWER,
    Permission,
    Role,
    closed,
)

LEAST_NAME = 2
MOST_NAME = 40
MOST_ROLES = 50
# They would end the name in the middle of an address.
_REFUSED = frozenset("/\\")

# What Unicode calls the letters of Japanese, Korean and Chinese, which are written side by side.
_WRITTEN_WITH_HAN = frozenset({"HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"})
# The plain letter of one with a stroke or a hook, without its dot, or as a small capital.
_PLAIN = re.compile(
    "LATIN (?:SMALL LETTER|CAPITAL LETTER|LETTER SMALL CAPITAL) "
    "(?:DOTLESS |SCRIPT )?([A-Z])(?: WITH .+)?"
)
# Signs that are drawn as others, and the scripts that have all that "owner" and "admin" are drawn
# with: Lisu, Cherokee. All that is a stroke is one: "i" as the capital "I", an "l", a 1. Of digits
# typefaces draw no more than 0 and 1 as letters: who reads "4dmin" sees that it is none of ours.
_DRAWN_AS = str.maketrans(
    "01i\u0251"
    "\ua4ee\ua4d3\ua4f0\ua4d6\ua4f2\ua4df\ua4e0\ua4f3\ua4e3\ua4e6\ua4ea"
    "\u13aa\u13a0\u13ac\u13c0\u13a5\u13b7\u13c1\u13be\u13a1\u13d9\u13b3",
    "ollaadeglmnorvwadeglmnorvw",
)

ROLE_LABELS = {
    OWNER.name: mark("Owner"),
    ADMIN.name: mark("Admin"),
    MANAGER.name: mark("Manager"),
    VIEWER.name: mark("Viewer"),
}
# What each permission lets somebody do, in words for people.
WORDS: Mapping[Permission, str] = {
    Permission.MEMBERS_READ: mark("See the members"),
    Permission.MEMBERS_MANAGE: mark("Give members other roles, and remove them"),
    Permission.INVITATIONS_READ: mark("See the invitations"),
    Permission.INVITATIONS_MANAGE: mark("Invite people, and change and revoke invitations"),
    Permission.APPS_READ: mark("See the apps, their members and their invitations"),
    Permission.APPS_MANAGE: mark("Make and change apps, and do all that there is to do in them"),
    Permission.SETTINGS_MANAGE: mark("Change the settings and the roles"),
    Permission.AUDIT_READ: mark("See the audit trail"),
    Permission.KEYS_MANAGE: mark("Make and revoke API keys"),
    Permission.ORGANIZATION_DELETE: mark("Delete the organization"),
    Permission.ORGANIZATION_OWN: mark("Make others owners, and hand the organization over"),
}


class RoleNotFound(NotFound):
    """The organization has no role of its own of this name."""

    sentence = mark("This organization has no role of its own by this name.")


class RoleNameTaken(Conflict):
    """Another role of the organization has this name, or one that every organization has."""

    sentence = mark("There is a role of this name. Choose another name.")


class TooManyRoles(Conflict):
    """The organization has as many roles of its own as it may have."""

    sentence = mark("An organization has at most {most} roles of its own. Delete one first.")


class InvalidRoleName(InvalidField):
    """A role's name is too short or too long, without a letter or digit, or in mixed letters."""

    sentence = mark(
        "Use {least} to {most} characters, with a letter or a digit among them, all letters of one "
        "alphabet, and without / \\ < > and invisible characters."
    )


class NoPermission(InvalidField):
    """A role or an API key would allow nothing."""

    sentence = mark("Choose at least one permission.")


class RoleBeyondYours(RoleNotAllowed):
    """Somebody would make or change a role so that it allows more than theirs."""

    sentence = mark("Nobody gives a role what they may not do themselves. Ask an owner.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every role that one may not grant."""
        return RoleNotAllowed.code()


class RoleNotYours(RoleNotAllowed):
    """Somebody would change their own role, or one that may as much as they."""

    sentence = mark("This is your own role, or one that may as much as yours. Ask an owner.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every role that one may not grant."""
        return RoleNotAllowed.code()


def label(name: str) -> str:
    """Give what people call the role of this name: one of the organization's own by that."""
    return gettext(ROLE_LABELS[name]) if name in ROLE_LABELS else name


def words_of(role: Role) -> list[str]:
    """Say what the role allows, each thing of it."""
    return [gettext(WORDS[one]) for one in Permission if one in role.permissions]


def is_built_in(name: str) -> bool:
    """Tell whether every organization has the role of this name."""
    return any(role.name == name for role in BUILT_IN)


def clean_name(text: str) -> str:
    """Give the name of a role as it is kept. Raises InvalidRoleName."""
    try:
        name = names.clean_line(text, path="name", maximum=MOST_NAME)
    except InvalidText as fault:
        raise _refused() from fault
    if len(name) < LEAST_NAME or _REFUSED & set(name) or len(_scripts(name)) > 1:
        raise _refused()
    if not any(map(str.isalnum, name)):
        raise _refused()
    return name


def ensure_free(name: str, custom: Collection[Role]) -> None:
    """Raise RoleNameTaken if the name, in whichever case, is another role's; TooManyRoles.

    Nor may it read as one that every organization has.
    """
    if len(custom) >= MOST_ROLES:
        raise TooManyRoles(most=MOST_ROLES)
    # A mail leaves out much: it must not tell of "O.wner" or "owner 0700 123456" as an "owner".
    if {_drawn(name), _drawn(names.for_mail(name))} & {_drawn(role.name) for role in BUILT_IN}:
        raise RoleNameTaken
    if _letters(name) in {_letters(role.name) for role in custom}:
        raise RoleNameTaken


def read_permissions(
    words: Iterable[str], *, among: Sequence[Permission] = CHOOSABLE
) -> frozenset[Permission]:
    """Read what a role or an API key shall allow, with what goes along; `among`: what it can.

    Raises InvalidRequest with every fault, each at its own (`permissions.2`), NoPermission.
    """
    said = list(words)
    known = {str(one) for one in among}
    choices = ", ".join(among)
    message = gettext("Choose of these: {choices}.").format(choices=choices)
    faults = [
        FieldError(path=f"permissions.{index}", code=InvalidRequest.code(), message=message)
        for index, word in enumerate(said)
        if word not in known
    ]
    if faults:
        raise InvalidRequest(faults)
    if not said:
        raise NoPermission(path="permissions")
    return closed(Permission(word) for word in said)


def find_own(custom: Iterable[Role], name: str) -> Role | None:
    """Give the role of the organization's own of exactly this name."""
    return next((role for role in custom if role.name == name), None)


def _refused() -> InvalidRoleName:
    return InvalidRoleName(path="name", least=LEAST_NAME, most=MOST_NAME)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _scripts(name: str) -> set[str]:
    """Give the scripts that the letters are of: a name in two of them may read as another."""
    letters = [
        one for one in _folded(name) if unicodedata.category(one) in {"Ll", "Lu", "Lt", "Lo"}
    ]
    written = {unicodedata.name(one, "").partition(" ")[0] for one in letters}
    return {"CJK" if one in _WRITTEN_WITH_HAN else one for one in written}


def _letters(name: str) -> str:
    return "".join(letter for letter in _folded(name) if letter.isalnum())


def _drawn(name: str) -> str:
    """Give the letters and digits by what is seen of them, as far as they read as Latin ones."""
    plain = "".join(map(_plain, unicodedata.normalize("NFKD", name)))
    return _letters(plain).translate(_DRAWN_AS)


def _plain(letter: str) -> str:
    if unicodedata.category(letter).startswith("M"):
        return ""
    found = _PLAIN.fullmatch(unicodedata.name(letter, ""))
    return found[1] if found else letter
