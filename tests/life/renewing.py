"""What those who invited do with what is on its way: edit, resend, revoke."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life.inviting import (
    HOURS,
    ROLE,
    SHORTEST,
    UNTIL,
    as_sender,
    chosen_role,
    is_oneself,
    may_change,
    places,
    refused,
    sent,
    unending,
    ungrantable,
    whither,
)
from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Facts, Model, first
from vestibule.invitations import steps
from vestibule.invitations.offer_model import Changes, Expiry
from vestibule.kernel.ids import InvitationId
from vestibule.organizations.end_model import End

LONGEST = 30 * HOURS
SAID = st.fixed_dictionaries({}, optional={"role": ROLE, "days": st.integers(1, 9), "hours": UNTIL})


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER, said=SAID)
def edit(life: Life, which: int, who: int, said: dict[str, Any]) -> None:
    """Change role, expiry or end of an invitation."""
    model, one = life.model, pick(life.invitations(), which)
    before = model.invitations[one]
    place, role = before["place"], before["role"]
    if "role" in said:
        role = chosen_role(model, place, said["role"])
    caller = pick(life.people(place), who)
    after = _edited(model, before, said) | {"role": role}
    is_renewed = model.is_expired(before) and after["expires"] > model.now
    is_full = is_renewed and place in model.organizations and model.is_full(place)
    expected = _unsendable(model, caller, before) or first(
        *_granting(model, caller, place, role),
        *unending(model, place, role, after["until"])[: 2 if {"days", "hours"} & set(said) else 1],
        (is_full, "seat_limit_reached"),
    )
    changes = Changes(
        role=role if "role" in said else None,
        expiry=Expiry.in_days(said["days"]) if "days" in said else None,
        end=End(life.at(after["until"])) if "hours" in said else None,
    )
    result = life.attempt(
        expected,
        lambda: steps.edit(
            life.ground.desk, life.caller(caller), whither(life, place), InvitationId(one), changes
        ),
    )
    if result is not None:
        before |= after | {"by": as_sender(model, caller)}


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER)
def resend(life: Life, which: int, who: int) -> None:
    """Mail an invitation again, with a new key: one that has expired, if there is one."""
    model, one = life.model, pick(resendable(life), which)
    before = model.invitations[one]
    place = before["place"]
    caller = pick(life.people(place), who)
    is_full = place in model.organizations and model.is_expired(before) and model.is_full(place)
    expected = _unsendable(model, caller, before) or first(
        *_granting(model, caller, place, before["role"]),
        (not model.takes(place, before["address"]), "domain_not_allowed"),
        (before["until"] is not None and before["until"] < model.now + SHORTEST, "access_ended"),
        (is_full, "seat_limit_reached"),
    )
    result = life.attempt(
        expected,
        lambda: steps.resend(
            life.ground.desk, life.caller(caller), whither(life, place), InvitationId(one)
        ),
    )
    if result is not None:
        lives = min(max(before["expires"] - before["sent"], SHORTEST), LONGEST)
        until = before["until"]
        sent(life, result.invitation, by=caller, expires=model.now + lives, until=until)


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


def resendable(life: Life) -> list[UUID]:
    """All invitations, for resending: the expired first."""
    model = life.model
    return sorted(life.invitations(), key=lambda one: not model.is_expired(model.invitations[one]))


def _edited(model: Model, before: Facts, said: dict[str, Any]) -> Facts:
    """Until when it lasts, and what it offers, if that is said."""
    until, expires = before["until"], before["expires"]
    if "hours" in said:
        until = None if said["hours"] is None else model.now + said["hours"]
    if "days" in said:
        expires = model.now + said["days"] * HOURS
    return {"until": until, "expires": min(expires, until or expires)}


def _unchangeable(model: Model, caller: UUID, before: Facts) -> Code:
    place = before["place"]
    return refused(model, place, caller) or first(
        (before["state"] != "pending", "invitation_closed"),
        (not may_change(model, place, caller, before["role"]), "role_not_allowed"),
    )


def _unsendable(model: Model, caller: UUID, before: Facts) -> Code:
    """Why somebody may not answer for an invitation: nobody does for one to themselves."""
    is_own = is_oneself(model, before["place"], caller, before["address"])
    return _unchangeable(model, caller, before) or first((is_own, "already_member"))


def _granting(model: Model, caller: UUID, place: UUID, role: str) -> list[tuple[bool, str]]:
    code = ungrantable(model, place, caller, role)
    return [(code is not None, code or "")]
