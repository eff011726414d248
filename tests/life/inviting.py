"""What those who invite do, to organizations and apps: invite, perhaps again."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Model, first
from vestibule.invitations import steps
from vestibule.invitations.destination_model import OfApp, OfOrganization, Whither
from vestibule.invitations.model import Invitation
from vestibule.invitations.offer_model import Offer
from vestibule.kernel.addresses import Address

Choice = int | str
What = tuple[str, str, float | None]
HOURS = 24
LIFETIME = 5 * HOURS
SHORTEST = 1
# One of the place's own mostly, as many times as that; else one that may not be there at all.
ROLE = st.sampled_from([*range(12), "owner", "Boss", "Worker"])
# Until when somebody is a member: mostly for good.
UNTIL = st.none() | st.sampled_from([0.5, 5.3, 29.3, 101.9, 400.1])
OFFERED = st.tuples(st.none() | ROLE, UNTIL)
PURPOSES = {False: "organization_invitation", True: "app_invitation"}


def places(life: Life) -> list[UUID]:
    """Everywhere that somebody can be invited to."""
    return [*life.model.organizations, *life.model.apps]


def whither(life: Life, place: UUID) -> Whither:
    """How the product names the place."""
    reference = life.reference(place)
    return OfApp(reference) if place in life.model.apps else OfOrganization(reference)


def chosen_role(model: Model, place: UUID, choice: Choice | None) -> str:
    """The role that the choice stands for; without one the place's default."""
    if choice is None:
        return model.default_role(place)
    known = list(model.roles_of(place)) or ["viewer"]
    return choice if isinstance(choice, str) else known[choice % len(known)]


def refused(model: Model, place: UUID, caller: UUID) -> Code:
    """Why somebody may not invite to the place at all."""
    is_nobody = model.is_nobody(place, caller)
    if place not in model.apps:
        return first(
            (model.realm_of(caller) is not None, "not_authenticated"),
            (is_nobody, "organization_not_found"),
            (not model.may(place, caller, "invitations:manage"), "not_permitted"),
        )
    organization = model.organization_of(place)
    is_unpublished = model.apps[place]["definition"] is None
    return first(
        (is_nobody, "app_not_found"),
        (
            is_unpublished and model.may(organization, caller, "apps:manage"),
            "app_not_published",
        ),
        (not model.grantable(place, caller), "not_permitted"),
    )


def uninvitable(model: Model, place: UUID, caller: UUID, what: What) -> Code:
    """Why somebody may not invite this address with this role, until then."""
    address, role, until = what
    one = next(model.pending(place=place, address=address), None)
    before = None if one is None else model.invitations[one]
    is_closed = before is not None and not may_change(model, place, caller, before["role"])
    is_seated = before is not None and not model.is_expired(before)
    is_full = place in model.organizations and not is_seated and model.is_full(place)
    return (
        refused(model, place, caller)
        or ungrantable(model, place, caller, role)
        or first(
            (not model.takes(place, address), "domain_not_allowed"),
            *unending(model, place, role, until),
            (is_closed, "role_not_allowed"),
            (is_oneself(model, place, caller, address), "already_member"),
            (model.has(place, address, role), "already_member"),
            (is_full, "seat_limit_reached"),
        )
    )


def is_oneself(model: Model, place: UUID, caller: UUID, address: str) -> bool:
    """Whether somebody would invite themselves."""
    account = model.account_of(place if place in model.apps else None, address)
    return model.is_own(place, caller, account)


def may_change(model: Model, place: UUID, caller: UUID, role: str) -> bool:
    """Whether an invitation to the role is theirs to change: one that is no more is anybody's."""
    return role in model.grantable(place, caller) or role not in model.roles_of(place)


def ungrantable(model: Model, place: UUID, caller: UUID, role: str) -> Code:
    """Why somebody may not grant the role."""
    return first(
        (role not in model.roles_of(place), "invalid_request"),
        (role not in model.grantable(place, caller), "role_not_allowed"),
    )


@precondition(lambda life: bool(places(life)))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, what=OFFERED)
def invite(
    life: Life, where: int, who: int, whom: int, what: tuple[Choice | None, float | None]
) -> None:
    """Invite an address, perhaps again, to a role or without saying which."""
    model, place, (choice, hours) = life.model, pick(places(life), where), what
    role = chosen_role(model, place, choice)
    caller, address = pick(life.people(place), who), pick(life.addresses(place), whom)
    before = next(model.pending(place=place, address=address), None)
    until = None if hours is None else model.now + hours
    expected = uninvitable(model, place, caller, (address, role, until))
    if choice is None and role not in model.grantable(place, caller):
        expected = refused(model, place, caller) or "invalid_request"
    offer = Offer(
        email=Address(typed=address, canonical=address),
        role=None if choice is None else role,
        locale="en",
        member_until=life.at(until),
    )
    result = life.attempt(
        expected,
        lambda: steps.invite(life.ground.desk, life.caller(caller), whither(life, place), offer),
    )
    if result is not None:
        shown, is_new = result
        assert is_new == (before is None)
        sent(life, shown.invitation, by=caller, expires=model.now + LIFETIME, until=until)


def unending(model: Model, place: UUID, role: str, until: float | None) -> list[tuple[bool, str]]:
    """Why access may not end then: owners have no end, and it lasts for an hour at least."""
    is_ending, is_app = until is not None, place in model.apps
    return [
        (is_ending and role == "owner" and not is_app, "owners_have_no_end"),
        (until is not None and until < model.now + SHORTEST, "invalid_member_until"),
    ]


def as_sender(model: Model, caller: UUID) -> tuple[str, UUID]:
    """Who answers for what they send, as invitations tell it."""
    if caller in model.api_keys:
        return "api_key", caller
    return "user" if model.realm_of(caller) is None else "app_member", caller


def sent(
    life: Life, invitation: Invitation, *, by: UUID, expires: float, until: float | None = None
) -> None:
    """Write down that it was mailed, for the first time or again."""
    model, one = life.model, invitation.id
    place = invitation.destination
    facts = model.invitations.setdefault(
        one,
        {
            "place": getattr(place, "app_id", place.organization_id),
            "address": invitation.email.canonical,
            "state": "pending",
            "keys": [],
            "accepted_by": None,
            "asked": [],
        },
    )
    is_app = facts["place"] in model.apps
    facts["keys"].append(life.ground.key(invitation.email.typed, PURPOSES[is_app]))
    facts |= {
        "role": invitation.destination.role,
        "by": as_sender(model, by),
        "expires": min(expires, until or expires),
        "until": until,
        "sent": model.now,
    }
