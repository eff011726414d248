"""What those who invite do, to organizations and apps: invite, and again; edit, resend, revoke."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life.life import ADDRESSES, NUMBER, Life, pick
from tests.life.model import Code, Facts, Model, first
from vestibule.invitations import steps
from vestibule.invitations.destination_model import OfApp, OfOrganization, Whither
from vestibule.invitations.model import Invitation
from vestibule.invitations.offer_model import Changes, Expiry, Offer
from vestibule.kernel.addresses import Address
from vestibule.kernel.ids import InvitationId

Choice = int | str
HOURS = 24
LIFETIME = 5 * HOURS
SHORTEST, LONGEST = 1, 30 * HOURS
# One of the place's own mostly, as many times as that; else one that may not be there at all.
ROLE = st.sampled_from([*range(12), "owner", "Boss", "Worker"])
PURPOSES = {False: "organization_invitation", True: "app_invitation"}


def places(life: Life) -> list[UUID]:
    """Everywhere that somebody can be invited to."""
    return [*life.model.organizations, *life.model.apps]


def whither(life: Life, place: UUID) -> Whither:
    """How the product names the place."""
    reference = life.reference(place)
    return OfApp(reference) if place in life.model.apps else OfOrganization(reference)


def chosen_role(model: Model, place: UUID, choice: Choice) -> str:
    """The role that the choice stands for."""
    known = list(model.roles_of(place)) or ["viewer"]
    return choice if isinstance(choice, str) else known[choice % len(known)]


def refused(model: Model, place: UUID, caller: UUID) -> Code:
    """Why somebody may not invite to the place at all."""
    realm = model.realm_of(caller)
    if place not in model.apps:
        return first(
            (realm is not None, "not_authenticated"),
            (model.role_of(place, caller) is None, "organization_not_found"),
            (not model.may(place, caller, "invitations:manage"), "not_permitted"),
        )
    organization = model.organization_of(place)
    is_unpublished = model.apps[place]["definition"] is None
    return first(
        (realm is None and model.role_of(organization, caller) is None, "app_not_found"),
        (realm not in {None, place}, "app_not_found"),
        (
            is_unpublished and model.may(organization, caller, "apps:manage"),
            "app_not_published",
        ),
        (not model.grantable(place, caller), "not_permitted"),
    )


def uninvitable(model: Model, place: UUID, caller: UUID, what: tuple[str, str]) -> Code:
    """Why somebody may not invite this address with this role."""
    address, role = what
    one = next(model.pending(place=place, address=address), None)
    before = None if one is None else model.invitations[one]
    is_closed = before is not None and not may_change(model, place, caller, before["role"])
    is_seated = before is not None and not model.is_expired(before)
    is_full = place in model.organizations and not is_seated and model.is_full(place)
    return (
        refused(model, place, caller)
        or ungrantable(model, place, caller, role)
        or first(
            (is_closed, "role_not_allowed"),
            (_is_oneself(model, place, caller, address), "already_member"),
            (model.has(place, address, role), "already_member"),
            (is_full, "seat_limit_reached"),
        )
    )


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
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, choice=ROLE)
def invite(life: Life, where: int, who: int, whom: int, choice: Choice) -> None:
    """Invite an address, perhaps again."""
    model, place = life.model, pick(places(life), where)
    role = chosen_role(model, place, choice)
    caller, address = pick(life.people(place), who), pick(ADDRESSES, whom)
    before = next(model.pending(place=place, address=address), None)
    expected = uninvitable(model, place, caller, (address, role))
    offer = Offer(email=Address(typed=address, canonical=address), role=role, locale="en")
    result = life.attempt(
        expected,
        lambda: steps.invite(life.ground.desk, life.caller(caller), whither(life, place), offer),
    )
    if result is not None:
        shown, is_new = result
        assert is_new == (before is None)
        sent(life, shown.invitation, by=caller, expires=model.now + LIFETIME)


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER, choice=st.none() | ROLE, days=st.none() | st.integers(1, 9))
def edit(life: Life, which: int, who: int, choice: Choice | None, days: int | None) -> None:
    """Change role or expiry of an invitation."""
    model, one = life.model, pick(life.invitations(), which)
    before = model.invitations[one]
    place = before["place"]
    role = None if choice is None else chosen_role(model, place, choice)
    caller = pick(life.people(place), who)
    is_renewed = model.is_expired(before) and days is not None
    expected = _unsendable(model, caller, before) or first(
        *_granting(model, caller, place, role or before["role"]),
        (
            is_renewed and place in model.organizations and model.is_full(place),
            "seat_limit_reached",
        ),
    )
    expiry = Expiry.in_days(days) if days else None
    changes = Changes(role=role, expiry=expiry)
    result = life.attempt(
        expected,
        lambda: steps.edit(
            life.ground.desk, life.caller(caller), whither(life, place), InvitationId(one), changes
        ),
    )
    if result is not None:
        before["role"] = role or before["role"]
        before["expires"] = model.now + days * HOURS if days else before["expires"]
        before["by"] = _as_sender(model, caller)


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER)
def resend(life: Life, which: int, who: int) -> None:
    """Mail an invitation again, with a new key."""
    model, one = life.model, pick(life.invitations(), which)
    before = model.invitations[one]
    place = before["place"]
    caller = pick(life.people(place), who)
    is_full = place in model.organizations and model.is_expired(before) and model.is_full(place)
    expected = _unsendable(model, caller, before) or first(
        *_granting(model, caller, place, before["role"]), (is_full, "seat_limit_reached")
    )
    result = life.attempt(
        expected,
        lambda: steps.resend(
            life.ground.desk, life.caller(caller), whither(life, place), InvitationId(one)
        ),
    )
    if result is not None:
        lives = min(max(before["expires"] - before["sent"], SHORTEST), LONGEST)
        sent(life, result.invitation, by=caller, expires=model.now + lives)


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER)
def revoke(life: Life, which: int, who: int) -> None:
    """Take an invitation back, perhaps twice."""
    model, one = life.model, pick(life.invitations(), which)
    before = model.invitations[one]
    caller = pick(life.people(before["place"]), who)
    expected = refused(model, before["place"], caller)
    if before["state"] != "revoked":
        expected = _unchangeable(model, caller, before)
    result = life.attempt(
        expected,
        lambda: steps.revoke(
            life.ground.desk,
            life.caller(caller),
            whither(life, before["place"]),
            InvitationId(one),
        ),
    )
    if result is not None:
        life.model.close(before, "revoked")


@precondition(lambda life: bool(life.model.invitations) and len(places(life)) > 1)
@rule(which=NUMBER, where=NUMBER, who=NUMBER)
def revoke_from_elsewhere(life: Life, which: int, where: int, who: int) -> None:
    """Try to take an invitation back by naming another place."""
    model, one = life.model, pick(life.invitations(), which)
    others = [place for place in places(life) if place != model.invitations[one]["place"]]
    place = pick(others, where)
    caller = pick(life.people(place), who)
    life.attempt(
        refused(model, place, caller) or "invitation_not_found",
        lambda: steps.revoke(
            life.ground.desk, life.caller(caller), whither(life, place), InvitationId(one)
        ),
    )


def _unchangeable(model: Model, caller: UUID, before: Facts) -> Code:
    place = before["place"]
    return refused(model, place, caller) or first(
        (before["state"] != "pending", "invitation_closed"),
        (not may_change(model, place, caller, before["role"]), "role_not_allowed"),
    )


def _unsendable(model: Model, caller: UUID, before: Facts) -> Code:
    """Why somebody may not answer for an invitation: nobody does for one to themselves."""
    is_own = _is_oneself(model, before["place"], caller, before["address"])
    return _unchangeable(model, caller, before) or first((is_own, "already_member"))


def _is_oneself(model: Model, place: UUID, caller: UUID, address: str) -> bool:
    return model.account_of(place if place in model.apps else None, address) == caller


def _granting(model: Model, caller: UUID, place: UUID, role: str) -> list[tuple[bool, str]]:
    code = ungrantable(model, place, caller, role)
    return [(code is not None, code or "")]


def _as_sender(model: Model, caller: UUID) -> tuple[str, UUID]:
    if caller in model.api_keys:
        return "api_key", caller
    return "user" if model.realm_of(caller) is None else "app_member", caller


def sent(life: Life, invitation: Invitation, *, by: UUID, expires: float) -> None:
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
        "by": _as_sender(model, by),
        "expires": expires,
        "sent": model.now,
    }
