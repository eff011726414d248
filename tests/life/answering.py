"""What the invited do: accept in each way, decline, ask for a new invitation."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Facts, Model, first
from tests.world import PASSWORD_HASH
from vestibule.invitations import steps
from vestibule.invitations.accepters import Accepter, KeyAlone, Newcomer, SignedInAs
from vestibule.invitations.answers import Acceptance
from vestibule.invitations.destination_model import MemberProfile
from vestibule.kernel.ids import InvitationId
from vestibule.users.model import Profile

DAY = 24
MOST_ASKED = 3
CLOSED = {
    "accepted": "invitation_already_accepted",
    "declined": "invitation_declined",
    "revoked": "invitation_revoked",
}
WAYS = st.sampled_from(["key alone", "newcomer", "as me", "signed in", "as me"])
IS_NEWEST = st.sampled_from([True, True, True, False])


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, newest=IS_NEWEST, way=WAYS, who=NUMBER)
def accept(life: Life, which: int, newest: bool, way: str, who: int) -> None:
    """Accept, by one of the mailed keys."""
    model, one = life.model, pick(life.invitations(), which)
    facts = model.invitations[one]
    key = facts["keys"][-1 if newest else 0]
    person = _asker(life, facts, way, who)
    way = _known_way(model, facts, way, person)
    expected = (
        _superseded(model, facts, key)
        or _unrecognised(model, facts, way, person)
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
    model, one = life.model, pick(life.invitations(), which)
    facts, user = model.invitations[one], _user(life, which, who)
    expected = _not_theirs(model, facts, user) or _unacceptable(model, facts)
    result = life.attempt(
        expected or _unjoinable(model, facts, "signed in", user),
        lambda: steps.accept_waiting(life.ground.desk, life.signed_in(user), InvitationId(one)),
    )
    if result is not None and facts["state"] == "pending":
        _joined(life, one, result)


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, newest=IS_NEWEST)
def decline(life: Life, which: int, newest: bool) -> None:
    """Say no, by one of the mailed keys."""
    facts = life.model.invitations[pick(life.invitations(), which)]
    key = facts["keys"][-1 if newest else 0]
    expected = _superseded(life.model, facts, key) or _unanswerable(life.model, facts)
    if life.attempt(expected, lambda: steps.decline(life.ground.desk, key, None)) is not None:
        life.model.close(facts, "declined")


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER)
def decline_waiting(life: Life, which: int, who: int) -> None:
    """Say no without a key."""
    model, one = life.model, pick(life.invitations(), which)
    facts, user = model.invitations[one], _user(life, which, who)
    result = life.attempt(
        _not_theirs(model, facts, user) or _unanswerable(model, facts),
        lambda: steps.decline_waiting(
            life.ground.desk, life.signed_in(user), InvitationId(one), None
        ),
    )
    if result is not None:
        life.model.close(facts, "declined")


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, newest=IS_NEWEST)
def ask_for_new(life: Life, which: int, newest: bool) -> None:
    """Ask for a new invitation, with a link that may be dead."""
    model = life.model
    facts = model.invitations[pick(life.invitations(), which)]
    key = facts["keys"][-1 if newest else 0]
    is_open = facts["state"] == "pending" and not model.is_expired(facts)
    is_alive = is_open and model.is_entitled(facts)
    was_pressed = len(facts["asked"]) >= MOST_ASKED or any(
        model.now - at < DAY for at in facts["asked"]
    )
    is_dead = facts["state"] == "declined" or (is_alive and key == facts["keys"][-1])
    expected = not is_dead and not was_pressed
    asked = life.attempt(None, lambda: steps.ask_for_new(life.ground.desk, key))
    assert asked == expected, f"{facts}, alive: {is_alive}, pressed: {was_pressed}"
    if expected:
        facts["asked"].append(model.now)
    if expected and is_alive:
        purpose = "app_invitation" if facts["place"] in model.apps else "organization_invitation"
        facts["keys"].append(life.ground.key(facts["address"], purpose))
        facts["sent"] = model.now


def _asker(life: Life, facts: Facts, way: str, who: int) -> UUID:
    """Mostly who was invited, else anybody; as themselves those who are not there."""
    model, place = life.model, facts["place"]
    if way == "as me":
        inside = [one for one in model.users if model.role_of(model.organization_of(place), one)]
        return pick(sorted(model.users, key=lambda one: one in inside), who)
    own = model.account_of(place if place in model.apps else None, facts["address"])
    people = [*([own] * 6 if own else []), *model.accounts]
    return pick(people, who)


def _user(life: Life, which: int, who: int) -> UUID:
    """Mostly who was invited, else any user."""
    model = life.model
    own = model.account_of(None, model.invitations[pick(life.invitations(), which)]["address"])
    return own if own and who < WAITING else pick(model.users, who)


WAITING = 8


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


def _superseded(model: Model, facts: Facts, key: str | None) -> Code:
    is_open = facts["state"] == "pending" and not model.is_expired(facts)
    is_old = key is not None and key != facts["keys"][-1]
    return "invitation_superseded" if is_open and is_old else None


def _unanswerable(model: Model, facts: Facts) -> Code:
    return CLOSED.get(facts["state"]) or first((model.is_expired(facts), "invitation_expired"))


def _not_theirs(model: Model, facts: Facts, user: UUID) -> Code:
    is_app = facts["place"] in model.apps
    is_theirs = not is_app and model.accounts[user]["address"] == facts["address"]
    return None if is_theirs else "invitation_not_found"


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
    return _unanswerable(model, facts) or first(
        (not model.is_entitled(facts), "inviter_not_entitled")
    )


def _unjoinable(model: Model, facts: Facts, way: str, person: UUID) -> Code:
    place = facts["place"]
    is_app = place in model.apps
    realm = place if is_app else None
    owner = model.account_of(realm, facts["address"])
    joining = {"key alone": owner, "newcomer": None}.get(way, person)
    if facts["state"] == "accepted":
        is_who = joining is not None and joining == facts["accepted_by"]
        inside = model.apps[place]["members"] if is_app else model.organizations[place]["members"]
        return None if is_who and joining in inside else "invitation_already_accepted"
    refusals = {
        "key alone": first((owner is None, "account_required")),
        "newcomer": first((owner is not None, "account_exists")),
        "signed in": first((owner != person, "wrong_account")),
        "as me": first((owner not in {None, person}, "wrong_account")),
    }
    return refusals[way] or first(
        (joining == facts["by"][1], "already_member"),
        (_is_in(model, facts, joining), "already_member"),
    )


def _is_in(model: Model, facts: Facts, joining: UUID | None) -> bool:
    if facts["place"] in model.apps:
        return facts["role"] in model.apps[facts["place"]]["members"].get(joining, ())
    return joining in model.organizations[facts["place"]]["members"]


def _joined(life: Life, one: UUID, acceptance: Acceptance) -> None:
    model, facts = life.model, life.model.invitations[one]
    account = acceptance.invitation.accepted_by
    assert account is not None
    is_app = facts["place"] in model.apps
    if acceptance.session is not None:
        realm = facts["place"] if is_app else None
        model.let_in(account, realm=realm, address=facts["address"])
        model.accounts[account]["sessions"].add(acceptance.session.id)
    if is_app:
        model.apps[facts["place"]]["members"].setdefault(account, set()).add(facts["role"])
    else:
        model.organizations[facts["place"]]["members"][account] = facts["role"]
    facts["accepted_by"] = account
    model.close(facts, "accepted")
    # Who joins as themselves by an invitation to another address: their own is of no use any more.
    model.revoke(place=facts["place"], address=model.accounts[account]["address"])
