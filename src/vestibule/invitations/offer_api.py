"""What is sent to the API to make an invitation, or to change one."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vestibule.invitations.bodies_model import Role
from vestibule.invitations.offer_model import (
    Changes,
    Expiry,
    Offer,
    ensure_metadata,
    ensure_redirect,
)
from vestibule.kernel import addresses
from vestibule.kernel.clock import present
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.kernel.wire import Email, Link, Metadata, Until, said
from vestibule.organizations.end_model import MemberUntil
from vestibule.organizations.end_presentation import end_of
from vestibule.web.bodies import Locale

Expires = Annotated[Until, said("With its zone; 1 hour to 30 days from now.")]


class InvitationToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite, as what, and until when.

    No role: the default one of the place, if it is the caller's to grant. Not both ways of saying
    when; neither: as the organization says.
    """

    email: Email
    role: Role | UnsetType = UNSET
    expires_in_days: Annotated[float, Meta(gt=0, le=31), said(example=5)] | UnsetType = UNSET
    expires_at: Expires | UnsetType = UNSET
    member_until: Annotated[
        Until | None,
        said("When the access ends that is offered: the invitation expires then at the latest."),
    ] = None
    locale: Locale | UnsetType = UNSET
    redirect_url: Annotated[
        Link | None, said("Where to lead them after joining: https, or http to this machine.")
    ] = None
    metadata: Annotated[Metadata, said("Your notes, 4 kB at most. The person never sees them.")] = (
        msgspec.field(default_factory=dict)
    )

    def offer(self, *, locale: str) -> Offer:
        """Give what is asked for in the words of the model. Raises Invalid."""
        if self.redirect_url is not None:
            ensure_redirect(self.redirect_url)
        ensure_metadata(self.metadata)
        return Offer(
            email=addresses.parse(self.email),
            role=None if self.role is UNSET else self.role,
            locale=locale if self.locale is UNSET else self.locale,
            expiry=_expiry(self.expires_at, self.expires_in_days),
            member_until=_until(self.member_until),
            redirect_url=self.redirect_url,
            metadata=self.metadata,
        )


class InvitationToEdit(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What shall be different; what is absent stays as it is."""

    role: Role | UnsetType = UNSET
    expires_at: Expires | UnsetType = UNSET
    member_until: MemberUntil | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET

    def changes(self) -> Changes:
        """Give what is asked for in the words of the model. Raises InvalidExpiry."""
        return Changes(
            role=None if self.role is UNSET else self.role,
            locale=None if self.locale is UNSET else self.locale,
            expiry=_expiry(self.expires_at, UNSET),
            end=end_of(self.member_until),
        )


def _until(until: datetime | None) -> datetime | None:
    end = end_of(until)
    return end.until if end else None


def _expiry(at: datetime | UnsetType, days: float | UnsetType) -> Expiry | None:
    if isinstance(at, datetime):
        if days is not UNSET:
            raise InvalidRequest.at("expires_at", gettext("Give a time or a number of days."))
        if at.tzinfo is None:
            raise InvalidRequest.at("expires_at", gettext("Give the time with its zone, as …Z."))
        return Expiry.at_time(at, now=present())
    return None if isinstance(days, UnsetType) else Expiry.in_days(days)
