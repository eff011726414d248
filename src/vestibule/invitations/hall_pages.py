"""What the invitation page shows, by who opens it and what became of it, and the next step."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from vestibule.accounts.guards import Browser, Desk
from vestibule.accounts.realms import Entrance
from vestibule.invitations import destinations, steps
from vestibule.invitations import place_destinations as places
from vestibule.invitations.answers import Acceptance
from vestibule.invitations.asking import MOST, PAUSE
from vestibule.invitations.destination_model import Person, Visitor
from vestibule.invitations.model import (
    Invitation,
    InvitationAlreadyAccepted,
    InvitationDeclined,
    InvitationExpired,
    InvitationPlaceDeleted,
    InvitationRevoked,
    InvitationSuperseded,
    InviterNotEntitled,
    ShownState,
)
from vestibule.invitations.offered_queries import Offered
from vestibule.kernel import http
from vestibule.kernel.errors import Gone, Problem
from vestibule.kernel.ids import InvitationId
from vestibule.organizations.rules_model import DomainNotAllowed
from vestibule.web import forms, pages
from vestibule.web.injected import Injected

# How long the page thanks for asking, before it says again what has become of the invitation.
JUST_NOW = timedelta(minutes=5)

_REASONS: dict[type[Problem], str] = {
    InvitationExpired: "expired",
    InvitationRevoked: "revoked",
    InvitationPlaceDeleted: "gone",
    InvitationDeclined: "declined",
    InvitationAlreadyAccepted: "accepted",
    InvitationSuperseded: "superseded",
    InviterNotEntitled: "inviter_not_entitled",
    DomainNotAllowed: "domain_not_allowed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """One visit to the page of an invitation: by which door, by whom, with what at hand."""

    desk: Desk
    browser: Browser
    entrance: Entrance
    visitor: Visitor | None


def provide_hall(
    desk: Injected[Desk],
    browser: Injected[Browser],
    entrance: Injected[Entrance],
    maybe_visitor: Injected[Visitor | None],
) -> Hall:
    """Make the hall of a request."""
    return Hall(desk=desk, browser=browser, entrance=entrance, visitor=maybe_visitor)


def path_of(offered: Offered) -> str:
    """Give the path of the invitation's page."""
    invitation = offered.invitation
    return destinations.page_path(invitation.destination, offered.slug, invitation.id)


def cookie_of(invitation_id: InvitationId) -> str:
    """Name the cookie that carries the key of this invitation: several tabs do not mix."""
    return f"invitation_{invitation_id.hex}"


async def answer_open(hall: Hall, offered: Offered) -> pages.Answer:
    """Show what this reader can do: join, choose an account, sign in, make one, or nothing."""
    person = recognised(hall, offered)
    if person is not None and await _holds_what_is_offered(hall, offered, person):
        return _answer_member(hall, offered, person)
    try:
        steps.ensure_open(offered)
    except (Gone, DomainNotAllowed) as problem:
        return answer_dead(hall, offered, problem)
    if not offered.is_inviter_entitled:
        return answer_dead(hall, offered, InviterNotEntitled())
    if person is None:
        return _answer_nobody(hall, offered)
    invitation = offered.invitation
    if person.address.canonical == invitation.email.canonical:
        return _render(hall, "invitation", offered)
    return _render(
        hall,
        "mismatch",
        offered,
        user=person,
        has_account=offered.has_account,
        may_join=steps.may_join_as(offered, person),
        domains=offered.allowed_domains if offered.takes_other_accounts else (),
    )


def recognised(hall: Hall, offered: Offered) -> Person | None:
    """Give who the visitor is there, if that counts."""
    person = hall.visitor.person if hall.visitor else None
    return places.recognise(offered.invitation.destination, person)


def answer_sign_in(hall: Hall, offered: Offered, *, problem: Problem | None = None) -> pages.Answer:
    """Ask for the password of the account that the invited address has."""
    return _render(hall, "sign_in_first", offered, problem=problem)


def answer_newcomer(
    hall: Hall,
    offered: Offered,
    *,
    form: dict[str, str] | None = None,
    problem: Problem | None = None,
) -> pages.Answer:
    """Ask for what an account needs: the invited address has none."""
    facts = destinations.facts(offered.invitation.destination)
    return _render(
        hall,
        "activate",
        offered,
        problem=problem,
        form=form or {},
        fields=facts.fields,
        may_choose=facts.takes_own_account and offered.takes_other_accounts,
        minimum=hall.desk.passwords.minimum,
    )


def answer_dead(hall: Hall, offered: Offered, problem: Problem) -> pages.Answer:
    """Say why the link lets nobody in, and offer to ask for a new one."""
    invitation = offered.invitation
    is_asked = _is_asked_just_now(invitation)
    return pages.render(
        "invitations/dead_link.html",
        status=http.status_of(problem),
        **_context(hall, offered),
        reason=_REASONS.get(type(problem), "gone"),
        sentence=problem.explain(),
        at=_ended_at(invitation, problem),
        may_ask=not is_asked and _may_ask(invitation, problem),
        asked=is_asked,
    )


def answer_declined(hall: Hall, offered: Offered) -> pages.Answer:
    """Say that the inviter knows."""
    return _render(hall, "declined", offered)


def answer_joined(acceptance: Acceptance, entrance: Entrance) -> pages.Answer:
    """Go on into the place; where the inviter wants people elsewhere, let them choose to go."""
    place, onward = acceptance.place, acceptance.invitation.redirect_url
    if onward is None:
        is_house = destinations.facts(acceptance.invitation.destination).kind == "organization"
        return pages.see_other(
            f"{place.path}?done=joined" if is_house else place.home_url or place.path
        )
    return pages.render(
        "invitations/joined.html",
        entrance=entrance,
        offer={"place_name": place.name},
        place=place,
        onward={"href": onward, "host": urlsplit(onward).hostname},
    )


def answer_unknown(entrance: Entrance, *, is_cookie_missing: bool) -> pages.Answer:
    """Say nothing about anything."""
    return pages.render(
        "invitations/unknown_link.html",
        status=404,
        entrance=entrance,
        cookie_missing=is_cookie_missing,
    )


def _answer_nobody(hall: Hall, offered: Offered) -> pages.Answer:
    """Let somebody of whom the key alone is known join, if that is enough; else ask for more."""
    if not offered.has_account:
        return answer_newcomer(hall, offered)
    if destinations.facts(offered.invitation.destination).takes_key_alone:
        return _render(hall, "invitation", offered)
    return answer_sign_in(hall, offered)


def _answer_member(hall: Hall, offered: Offered, person: Person) -> pages.Answer:
    """Say that they are in; who shares a browser with the invited person lets them go on."""
    invitation = offered.invitation
    is_theirs = person.address.canonical == invitation.email.canonical
    is_open = invitation.shown_state is ShownState.PENDING and not offered.is_superseded
    return _render(
        hall,
        "already_member",
        offered,
        user=person,
        home=destinations.home_path(invitation.destination, offered.slug),
        is_for_another=is_open and not is_theirs,
    )


async def _holds_what_is_offered(hall: Hall, offered: Offered, person: Person) -> bool:
    if offered.is_place_gone:
        return False
    async with hall.desk.database.reader() as reader:
        destination = offered.invitation.destination
        return await places.holds_what_is_offered(reader, destination, person.id)


def _render(
    hall: Hall,
    name: str,
    offered: Offered,
    *,
    problem: Problem | None = None,
    **context: Any,  # noqa: ANN401
) -> pages.Answer:
    return pages.render(
        f"invitations/{name}.html",
        status=http.status_of(problem) if problem else 200,
        **_context(hall, offered),
        errors=forms.errors(problem) if problem else {},
        **context,
    )


def _context(hall: Hall, offered: Offered) -> dict[str, Any]:
    invitation = offered.invitation
    offer = {
        "kind": destinations.facts(invitation.destination).kind,
        "place_name": offered.destination_name,
        "inviter_name": invitation.inviter.name,
        "role": invitation.destination.role,
        "email": invitation.email.typed,
        "expires_at": invitation.expires_at,
        "member_until": invitation.member_until,
        "member_count": offered.member_count,
        "inviter_since": offered.inviter_since,
    }
    return {
        "offer": offer,
        "path": path_of(offered),
        "entrance": hall.entrance,
    }


def _ended_at(invitation: Invitation, problem: Problem) -> object:
    if isinstance(problem, InvitationExpired):
        return invitation.expires_at
    return (
        invitation.last_sent_at
        if isinstance(problem, InvitationSuperseded)
        else invitation.closed_at
    )


def _may_ask(invitation: Invitation, problem: Problem) -> bool:
    never = isinstance(problem, InvitationDeclined | InvitationPlaceDeleted)
    if never or invitation.asked_count >= MOST:
        return False
    return invitation.asked_at is None or invitation.read_at - invitation.asked_at >= PAUSE


def _is_asked_just_now(invitation: Invitation) -> bool:
    return invitation.asked_at is not None and invitation.read_at - invitation.asked_at < JUST_NOW
