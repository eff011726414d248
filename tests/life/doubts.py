"""What is seldom so, brought about and tried: who may not, what is full, who comes back.

Chance alone would do each of these in one life of many. Every step of them is a rule of its own.
"""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life import (
    accepting,
    accounts,
    apps,
    belonging,
    clock,
    ends,
    inviting,
    programs,
    renewing,
)
from tests.life import rules as organization_rules
from tests.life.life import ADDRESSES, NUMBER, Life, pick

LONG, SOON, SHORT = 131.71, 5.3, 7.13
ELSEWHERE = "else.example.com"
# What these rules are there to be refused with: the lives of the suite come to each of it.
REFUSED = {
    *("inviter_not_entitled", "sign_in_required", "domain_not_allowed", "wrong_account"),
    *("seat_limit_reached", "app_not_found"),
}
# What an organization says from now on, and how somebody tries to get in who was invited before.
NEW_RULES = st.sampled_from(
    [
        ({"asks_sign_in": True}, "key alone"),
        ({"domains": (ELSEWHERE,)}, "own"),
        ({"takes_others": False}, "as me"),
    ]
)


@precondition(lambda life: bool(_of_mortals(life)))
@rule(which=NUMBER)
def accept_of_nobody(life: Life, which: int) -> None:
    """Accept what somebody sent whose time is over by now."""
    one, where, sender = pick(_of_mortals(life), which)
    _let_end(life, where, sender)
    _accept(life, one, "own")


@precondition(lambda life: bool(_invited_twice(life)))
@rule(which=NUMBER)
def join_while_invited(life: Life, which: int) -> None:
    """Join as oneself by an invitation to another address, while invited there oneself."""
    _accept(life, pick(_invited_twice(life), which), "as me")


@precondition(lambda life: bool(_to_organizations(life)))
@rule(new=NEW_RULES)
def accept_by_new_rules(life: Life, new: tuple[dict[str, Any], str]) -> None:
    """Accept what was sent before the organization said who comes in, and how."""
    said, way = new
    # Who comes as themselves comes by what is for nobody yet.
    one = _to_organizations(life)[-1 if way == "as me" else 0]
    where = list(life.model.organizations).index(life.model.invitations[one]["place"])
    organization_rules.change_rules(life, where=where, who=0, said=said)
    _accept(life, one, way)


@precondition(lambda life: bool(life.model.organizations) and bool(_of_nobody(life)))
@rule(where=NUMBER)
def join_from_elsewhere(life: Life, where: int) -> None:
    """Join as oneself, where the domain of the invited address is taken and one's own is not."""
    model, address = life.model, _of_nobody(life)[0]
    place = pick(list(model.organizations), where)
    said = {"domains": (ELSEWHERE,), "takes_others": True}
    organization_rules.change_rules(life, where=where, who=0, said=said)
    for one in _invited(life, place, address, until=None):
        _accept(life, one, "as me")


@precondition(lambda life: bool(inviting.places(life)))
@rule(where=NUMBER, whom=NUMBER)
def come_for_a_while(life: Life, where: int, whom: int) -> None:
    """Come in by an invitation that says until when, and be there past that."""
    place = pick(inviting.places(life), where)
    address = pick(life.addresses(place), whom)
    for one in _invited(life, place, address, until=SOON):
        _accept(life, one, "own")
    clock.pass_time(life, hours=SHORT)


@precondition(lambda life: bool(_to_organizations(life)))
@rule(which=NUMBER)
def resend_without_seat(life: Life, which: int) -> None:
    """Mail an invitation again that has expired, where all seats are taken meanwhile."""
    model, one = life.model, pick(_to_organizations(life), which)
    clock.pass_time(life, hours=LONG)
    if one in model.pending():
        where = list(model.organizations).index(model.invitations[one]["place"])
        belonging.limit_seats(life, where=where, free=0)
        renewing.resend(life, which=renewing.resendable(life).index(one), who=0)


@precondition(lambda life: bool(_mortals(life)))
@rule(which=NUMBER, registers=st.booleans())
def come_back(life: Life, which: int, registers: bool) -> None:
    """Come in again, with one's time over and that not cleared away yet."""
    model, (place, one) = life.model, pick(_mortals(life), which)
    address = model.accounts[one]["address"]
    _let_end(life, place, one)
    if registers and place in model.apps:
        _register(life, place, address)
        return
    for sent in _invited(life, place, address, until=None):
        _accept(life, sent, "own")


@precondition(lambda life: bool(life.model.apps) and len(life.model.api_keys) < programs.MOST)
@rule(whom=NUMBER)
def invite_next_door(life: Life, whom: int) -> None:
    """Have a program invite to an app that is not the one that its key is of."""
    model, app = life.model, next(iter(life.model.apps))
    where = list(model.organizations).index(model.organization_of(app))
    if len(model.apps) < apps.MOST:
        apps.make_app(life, where=where, who=0)
        apps.publish(life, where=len(model.apps) - 1, who=0, name="full", says=False)
    programs.make_key(life, where=where, who=0, may=programs.APPS, which=1)
    if model.api_keys:
        which = programs.callers(life).index(list(model.api_keys)[-1])
        door = len(inviting.places(life)) - 1
        programs.invite_by_key(life, which=which, where=door, whom=whom, choice="Employee")


def _accept(life: Life, one: UUID, way: str) -> None:
    which = life.invitations().index(one)
    accepting.accept(life, which=which, newest=True, way=way, who=0)


def _invited(life: Life, place: UUID, address: str, *, until: float | None) -> list[UUID]:
    """Have whoever may most there invite the address. Gives what is pending for it."""
    where, whom = inviting.places(life).index(place), life.addresses(place).index(address)
    inviting.invite(life, where=where, who=0, whom=whom, what=(3, until))
    return list(life.model.pending(place=place, address=address))


def _of_nobody(life: Life) -> list[str]:
    """Addresses of the other domain that no user has."""
    found = [one for one in ADDRESSES if one.endswith(ELSEWHERE)]
    return [one for one in found if life.model.account_of(None, one) is None]


def _register(life: Life, app: UUID, address: str) -> None:
    where, whom = [None, *life.model.apps].index(app), accounts.newcomers(life, app)
    accounts.ask_sign_up(life, where=where, whom=whom.index(address))
    if any(key["purpose"] == "sign_up" for key in life.model.keys):
        accounts.complete_sign_up(life, which=0)


def _let_end(life: Life, place: UUID, one: UUID) -> None:
    """Let somebody's time there be over, and not cleared away yet."""
    model = life.model
    clock.clear_over(life)
    if place in model.apps:
        where = [app for app, facts in model.apps.items() if facts["members"]].index(place)
        whom = list(model.apps[place]["members"]).index(one)
        ends.change_app_end(life, where=where, who=0, whom=whom, hours=SOON)
    else:
        where, (_, *others) = list(model.organizations).index(place), life.people(place)
        whom = [other for other in others if other in model.users].index(one)
        ends.change_end(life, where=where, who=0, whom=whom, hours=SOON)
    clock.pass_time(life, hours=SHORT)


def _mortals(life: Life) -> list[tuple[UUID, UUID]]:
    """Who is where and may have an end: anybody in apps, and all but owners in organizations."""
    model = life.model
    known = [*model.organizations.items(), *model.apps.items()]
    return [
        (place, one)
        for place, facts in known
        for one, role in facts["members"].items()
        if role != "owner"
    ]


def _invited_twice(life: Life) -> list[UUID]:
    model, found = life.model, []
    for one in _open(life):
        facts = model.invitations[one]
        is_anybodys = model.account_of(None, facts["address"]) is None
        if facts["place"] in model.organizations and is_anybodys:
            user = accepting.asker(life, facts, "as me", 0)
            own = model.accounts[user]["address"]
            if model.role_of(facts["place"], user) is None:
                found += [one] * any(model.pending(place=facts["place"], address=own))
    return found


def _to_organizations(life: Life) -> list[UUID]:
    """What is open and leads to organizations: for those first who have an account."""
    model, known = life.model, life.model.invitations
    found = [one for one in _open(life) if known[one]["place"] in model.organizations]
    return sorted(found, key=lambda one: model.account_of(None, known[one]["address"]) is None)


def _of_mortals(life: Life) -> list[tuple[UUID, UUID, UUID]]:
    """What is open, and who sent it, where they are themselves."""
    model, found = life.model, []
    for one in _open(life):
        kind, sender = model.invitations[one]["by"]
        place = model.invitations[one]["place"]
        where = place if kind == "app_member" else model.organization_of(place)
        if (where, sender) in _mortals(life):
            found.append((one, where, sender))
    return found


def _open(life: Life) -> list[UUID]:
    known = life.model.invitations
    return [one for one in life.model.pending() if not life.model.is_expired(known[one])]
