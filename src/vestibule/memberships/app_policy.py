"""Who may change and remove whom in an app. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from vestibule.apps.model import AppMember, AppSeat
from vestibule.audit.model import Actor
from vestibule.kernel.errors import FieldError, InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.memberships.model import NobodyChangesThemselves, RoleBeyondReach, RoleChanged

MOST_FAULTS = 20


def may_manage(seat: AppSeat, role: str) -> bool:
    """Tell whether the role is the caller's to give and to take away.

    One that the definition no longer has is for the users who manage the app.
    """
    if role in seat.manageable:
        return True
    is_user = seat.organization_role is not None
    return is_user and bool(seat.manageable) and role not in seat.every_role


def may_remove(seat: AppSeat, roles: Collection[str]) -> bool:
    """Tell whether a member with these roles is the caller's to remove."""
    return bool(seat.manageable) and all(may_manage(seat, role) for role in roles)


def ensure_may_manage(seat: AppSeat, roles: Collection[str]) -> None:
    """Raise RoleBeyondReach unless each of these roles is the caller's to give and take."""
    beyond = sorted(role for role in roles if not may_manage(seat, role))
    if beyond:
        raise RoleBeyondReach(role=beyond[0])


def ensure_somebody_else(seat: AppSeat, member: AppMember) -> None:
    """Raise NobodyChangesThemselves to who would change or remove themselves.

    Whom a user continues as is themselves, too. A program is its maker. Leaving is its own verb.
    """
    if member.is_of(seat.account_id):
        raise NobodyChangesThemselves


def is_own_way_out(member: AppMember, by: Actor) -> bool:
    """Tell whether it is the user who continues as the member, in person and by no program.

    They may remove the member: without a password there is no other way out.
    """
    return by.id is not None and by.id == member.user_id


def clean_roles(seat: AppSeat, roles: Sequence[str]) -> tuple[str, ...]:
    """Give the roles in the order of the definition.

    Raises InvalidRequest, with every fault, unless there is one at least, each is known, none
    is there twice.
    """
    faults = {} if roles else {"roles": gettext("Choose one role at least.")}
    choices = gettext("Choose a role: {choices}.").format(choices=", ".join(seat.every_role))
    for index, role in enumerate(roles):
        if role not in seat.every_role:
            faults[f"roles.{index}"] = choices
        elif role in roles[:index]:
            faults[f"roles.{index}"] = gettext("This role is there twice.")
    ensure_faultless(faults)
    return tuple(role for role in seat.every_role if role in roles)


def ensure_faultless(faults: Mapping[str, str]) -> None:
    """Raise InvalidRequest, with what is wrong by its path, if anything is; at most 20 of it."""
    if faults:
        code = InvalidRequest.code()
        listed = list(faults.items())[:MOST_FAULTS]
        raise InvalidRequest(
            [FieldError(path=path, code=code, message=text) for path, text in listed]
        )


def ensure_found(member: AppMember, found: Iterable[str] | None) -> None:
    """Raise RoleChanged if the member has other roles than when the request came."""
    if found is not None and set(found) != set(member.roles):
        raise RoleChanged(role=", ".join(member.roles))
