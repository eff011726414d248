"""What is seldom so, tried when it is: who may not, what is full, who is invited twice."""

from uuid import UUID

from hypothesis.stateful import precondition, rule

from tests.life import accepting, renewing
from tests.life.life import NUMBER, Life, pick


@precondition(lambda life: bool(_of_nobody(life)))
@rule(which=NUMBER)
def accept_of_nobody(life: Life, which: int) -> None:
    """Accept what somebody sent who may not invite to that any more."""
    one = pick(_of_nobody(life), which)
    accepting.accept(life, which=life.invitations().index(one), newest=True, way="own", who=0)


@precondition(lambda life: bool(_invited_twice(life)))
@rule(which=NUMBER)
def join_while_invited(life: Life, which: int) -> None:
    """Join as oneself by an invitation to another address, while invited there oneself."""
    one = pick(_invited_twice(life), which)
    accepting.accept(life, which=life.invitations().index(one), newest=True, way="as me", who=0)


@precondition(lambda life: bool(_without_seat(life)))
@rule(which=NUMBER)
def resend_without_seat(life: Life, which: int) -> None:
    """Mail an invitation again that has expired, where all seats are taken meanwhile."""
    one = pick(_without_seat(life), which)
    renewing.resend(life, which=renewing.resendable(life).index(one), who=0)


def _of_nobody(life: Life) -> list[UUID]:
    known = life.model.invitations
    return [one for one in _open(life) if not life.model.is_entitled(known[one])]


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


def _open(life: Life) -> list[UUID]:
    known = life.model.invitations
    return [one for one in life.model.pending() if not life.model.is_expired(known[one])]


def _without_seat(life: Life) -> list[UUID]:
    model, known = life.model, life.model.invitations
    return [
        one
        for one in model.pending()
        if model.is_expired(known[one])
        and known[one]["place"] in model.organizations
        and model.is_full(known[one]["place"])
    ]
