"""What the invited do to come in: accept in each way, and what keeps them out."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life import answering, belonging, over
from tests.life.answering import IS_NEWEST
from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Facts, Model, first, put
from tests.world import PASSWORD_HASH
from vestibule.invitations import steps
from vestibule.invitations.accepters import Accepter, KeyAlone, Newcomer, SignedInAs
from vestibule.invitations.answers import Acceptance
from vestibule.invitations.destination_model import MemberProfile
from vestibule.kernel.ids import InvitationId
from vestibule.users.model import Profile

# `own`: as whoever was invited, with the account that they have, or a new one.
WAYS = st.sampled_from(
    ["own", "own", "own", "key alone", "newcomer", "signed in", "as me", "as me"]
)


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, newest=IS_NEWEST, way=WAYS, who=NUMBER)
def accept(life: Life, which: int, newest: bool, way: str, who: int) -> None:
    """Accept, by one of the mailed keys."""
    model, one = life.model, pick(life.invitations(), which)
    facts = model.invitations[one]
    key = facts["keys"][-1 if newest else 0]
    way = _own_way(model, facts) if way == "own" else way
    person = asker(life, facts, way, who)
    way = _known_way(model, facts, way, person)
    expected = (
        answering.superseded(model, facts, key)
        or _unrecognised(model, facts, way, person)
        or _withdrawn(model, facts, _joining(model, facts, way, person))
        or _unacceptable(model, facts)
        or _unjoinable(model, facts, way, person)
    )
    before = dict(facts)
    result = life.attempt(
        expected, lambda: steps.accept(life.ground.desk, key, _accepter(life, facts, way, person))
    )
    if result is not None and before["state"] == "pending":
        _joined(life, one, result)


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER)
def accept_waiting(life: Life, which: int, who: int) -> None:
    """Accept without a key: one's own address is the proof."""
    model, one = life.model, pick(answering.waiting(life), which)
    facts = model.invitations[one]
    user = answering.chosen_user(model, facts, who)
    expected = (
        answering.not_theirs(model, facts, user)
        or _withdrawn(model, facts, user)
        or _unacceptable(model, facts)
    )
    result = life.attempt(
        expected or _unjoinable(model, facts, "signed in", user),
        lambda: steps.accept_waiting(life.ground.desk, life.signed_in(user), InvitationId(one)),
    )
    if result is not None and facts["state"] == "pending":
        _joined(life, one, result)


def asker(life: Life, facts: Facts, way: str, who: int) -> UUID:
    """Who answers: mostly who was invited, else anybody; as themselves those who are not there."""
    model, place = life.model, facts["place"]
    if way == "as me":
        return pick(sorted(model.users, key=lambda one: _use(model, place, one), reverse=True), who)
    own = model.account_of(place if place in model.apps else None, facts["address"])
    people = [*([own] * 6 if own else []), *model.people]
    return pick(people, who)


def _use(model: Model, place: UUID, user: UUID) -> tuple[bool, bool]:
    """Who would join as themselves: who is not there, and who is invited too before others."""
    address = model.accounts[user]["address"]
    is_outside = model.role_of(model.organization_of(place), user) is None
    return is_outside, any(model.pending(place=place, address=address))


def _own_way(model: Model, facts: Facts) -> str:
    """How whoever was invited gets in."""
    place = facts["place"]
    if model.account_of(place if place in model.apps else None, facts["address"]) is None:
        return "newcomer"
    return "signed in" if model.rules(place)["asks_sign_in"] else "key alone"


def _known_way(model: Model, facts: Facts, way: str, person: UUID) -> str:
    """Who is signed in elsewhere is nobody in an app: then the key alone counts."""
    place = facts["place"]
    is_there = model.accounts[person]["realm"] == place
    return "key alone" if way == "signed in" and place in model.apps and not is_there else way


def _accepter(life: Life, facts: Facts, way: str, person: UUID) -> Accepter:
    if way == "key alone":
        return KeyAlone()
    if way == "newcomer":
        is_app = facts["place"] in life.model.apps
        profile = MemberProfile(None) if is_app else Profile(first_name="New", last_name="Life")
        return Newcomer(profile, PASSWORD_HASH)
    caller = life.caller(person)
    return SignedInAs(caller.person, as_me=way == "as me")


def _unrecognised(model: Model, facts: Facts, way: str, person: UUID) -> Code:
    """Why somebody who is signed in may not come as that: accounts of apps are the apps' own."""
    is_app, is_user = facts["place"] in model.apps, model.accounts[person]["realm"] is None
    return first(
        (is_app and way == "as me", "invalid_request"),
        (not is_app and not is_user and way in {"signed in", "as me"}, "not_authenticated"),
    )


def _unacceptable(model: Model, facts: Facts) -> Code:
    """Why nobody gets in by it, whoever they are; but who has joined by it is told so below."""
    if facts["state"] == "accepted":
        return None
    return answering.unanswerable(model, facts) or first(
        (not model.is_entitled(facts), "inviter_not_entitled"),
        (not model.takes(facts["place"], facts["address"]), "domain_not_allowed"),
    )


def _withdrawn(model: Model, facts: Facts, joining: UUID | None) -> Code:
    """Whether it was of who joins, when they were there before: it ends as their way is cleared."""
    gone = over.in_the_way(model, facts["place"], joining, facts["address"])
    sender = facts["by"][1]
    key = model.api_keys.get(sender)
    is_own = gone is not None and gone == (key["maker"] if key else sender)
    is_so = facts["state"] == "pending" and is_own and not model.is_entitled(facts)
    return "invitation_revoked" if is_so else None


def _joining(model: Model, facts: Facts, way: str, person: UUID) -> UUID | None:
    """Whose account joins, if there is one."""
    realm = facts["place"] if facts["place"] in model.apps else None
    owner = model.account_of(realm, facts["address"])
    return {"key alone": owner, "newcomer": None}.get(way, person)


def _unjoinable(model: Model, facts: Facts, way: str, person: UUID) -> Code:
    place = facts["place"]
    is_app = place in model.apps
    realm = place if is_app else None
    owner = model.account_of(realm, facts["address"])
    joining, rules = _joining(model, facts, way, person), model.rules(place)
    is_unsigned = way == "key alone" and rules["asks_sign_in"]
    if facts["state"] == "accepted":
        if is_unsigned:
            return "sign_in_required"
        is_who = joining is not None and joining == facts["accepted_by"]
        inside = model.apps[place]["members"] if is_app else model.organizations[place]["members"]
        return None if is_who and joining in inside else "invitation_already_accepted"
    refusals = {
        "key alone": first((owner is None, "account_required"), (is_unsigned, "sign_in_required")),
        "newcomer": first((owner is not None, "account_exists")),
        "signed in": first((owner != person, "wrong_account")),
        "as me": None if owner == person else _unwanted(model, facts, person, owner),
    }
    return refusals[way] or first(
        (model.is_own(place, facts["by"][1], joining), "already_member"),
        (_is_in(model, facts, joining), "already_member"),
    )


def _unwanted(model: Model, facts: Facts, person: UUID, owner: UUID | None) -> Code:
    """Why the place does not take somebody by an invitation to another address."""
    place = facts["place"]
    is_offered = owner is None and model.rules(place)["takes_others"]
    is_taken = model.takes(place, model.accounts[person]["address"])
    return first((not is_offered, "wrong_account"), (not is_taken, "domain_not_allowed"))


def _is_in(model: Model, facts: Facts, joining: UUID | None) -> bool:
    if facts["place"] in model.apps:
        return facts["role"] in model.apps[facts["place"]]["members"].get(joining, ())
    return joining in model.organizations[facts["place"]]["members"]


def _joined(life: Life, one: UUID, acceptance: Acceptance) -> None:
    model, facts = life.model, life.model.invitations[one]
    account = acceptance.invitation.accepted_by
    assert account is not None
    place = facts["place"]
    is_app = place in model.apps
    joined = None if acceptance.session is not None else account
    gone = over.in_the_way(model, place, joined, facts["address"])
    if gone is not None:
        if is_app:
            over.clear_in_app(model, place, gone)
        else:
            belonging.end(model, place, gone, "ended")
    if acceptance.session is not None:
        realm = facts["place"] if is_app else None
        model.let_in(account, realm=realm, address=facts["address"])
        model.accounts[account]["sessions"].add(acceptance.session.id)
    if is_app:
        model.apps[place]["members"].setdefault(account, set()).add(facts["role"])
        ends = model.apps[place]["ends"].setdefault(account, {})
        put(ends, facts["role"], model.ending(facts["until"]))
    else:
        model.organizations[place]["members"][account] = facts["role"]
        put(model.organizations[place]["ends"], account, model.ending(facts["until"]))
    facts["accepted_by"] = account
    model.close(facts, "accepted")
    # Who joins as themselves by an invitation to another address: their own is of no use any more.
    model.revoke(place=place, address=model.accounts[account]["address"])
