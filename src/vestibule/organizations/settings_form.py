"""The form of an organization's settings: how they read in it, and what a sent one asks for."""

from collections.abc import Mapping
from datetime import timedelta

from vestibule.kernel.boxes import TICKED, is_ticked
from vestibule.kernel.lines import read_lines
from vestibule.organizations.model import Changes, InvalidInvitationLifetime, Organization

FIELDS = (
    "name",
    "slug",
    "invitation_lifetime",
    "unit",
    "requires_sign_in",
    "allowed_domains",
    "default_role",
    "takes_other_accounts",
)
LISTS = ("allowed_domains",)
_UNITS = {"days": timedelta(days=1), "hours": timedelta(hours=1)}
_MOST_DIGITS = 3


def shown(organization: Organization) -> dict[str, str]:
    """Give what the form says at first: a life of whole days in days, any other in hours."""
    lifetime = organization.invitation_lifetime
    unit = "hours" if lifetime % _UNITS["days"] else "days"
    return {
        "name": organization.name,
        "slug": organization.slug,
        "invitation_lifetime": str(max(1, lifetime // _UNITS[unit])),
        "unit": unit,
        "requires_sign_in": TICKED if organization.requires_sign_in else "",
        "allowed_domains": "\n".join(organization.allowed_domains),
        "default_role": organization.default_role,
        "takes_other_accounts": TICKED if organization.takes_other_accounts else "",
    }


def changes_of(form: Mapping[str, str], organization: Organization) -> Changes:
    """Read what the form changes. A life that was left as shown stays, to the second."""
    before = shown(organization)
    is_same = all(form[name] == before[name] for name in ("invitation_lifetime", "unit"))
    return Changes(
        name=form["name"],
        slug=form["slug"],
        invitation_lifetime=None if is_same else _lifetime(form),
        requires_sign_in=is_ticked(form, "requires_sign_in"),
        allowed_domains=read_lines(form["allowed_domains"]),
        default_role=form["default_role"] or None,
        takes_other_accounts=is_ticked(form, "takes_other_accounts"),
    )


def _lifetime(form: Mapping[str, str]) -> timedelta:
    number, unit = form["invitation_lifetime"], _UNITS.get(form["unit"])
    if unit is None or not number.isascii() or not number.isdigit() or len(number) > _MOST_DIGITS:
        raise InvalidInvitationLifetime(path="invitation_lifetime")
    return int(number) * unit
