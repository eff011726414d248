"""What else the invited answer: they decline, or ask for a new invitation."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Facts, Model, first
from vestibule.invitations import steps
from vestibule.kernel.ids import InvitationId

DAY = 24
MOST_ASKED = 3
# Of the numbers, those that stand for whoever was invited.
WAITING = 8
CLOSED = {
    "accepted": "invitation_already_accepted",
    "declined": "invitation_declined",
    "revoked": "invitation_revoked",
}
IS_NEWEST = st.sampled_from([True, True, True, False])


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, newest=IS_NEWEST)
def decline(life: Life, which: int, newest: bool) -> None:
    """Say no, by one of the mailed keys."""
    facts = life.model.invitations[pick(life.invitations(), which)]
    key = facts["keys"][-1 if newest else 0]
    expected = superseded(life.model, facts, key) or unanswerable(life.model, facts)
    if life.attempt(expected, lambda: steps.decline(life.ground.desk, key, None)) is not None:
        life.model.close(facts, "declined")


@precondition(lambda life: bool(life.model.invitations))
@rule(which=NUMBER, who=NUMBER)
def decline_waiting(life: Life, which: int, who: int) -> None:
    """Say no without a key."""
    model, one = life.model, pick(waiting(life), which)
    facts = model.invitations[one]
    user = chosen_user(model, facts, who)
    result = life.attempt(
        not_theirs(model, facts, user) or unanswerable(model, facts),
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
    is_taken = model.takes(facts["place"], facts["address"])
    is_alive = is_open and model.is_entitled(facts) and is_taken
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


def waiting(life: Life) -> list[UUID]:
    """All invitations: those first that users find on their consoles."""
    model, known = life.model, life.model.invitations

    def is_waiting(one: UUID) -> bool:
        is_open = known[one]["state"] == "pending" and not model.is_expired(known[one])
        is_users = model.account_of(None, known[one]["address"]) is not None
        return is_open and is_users and known[one]["place"] in model.organizations

    return sorted(life.invitations(), key=is_waiting, reverse=True)


def chosen_user(model: Model, facts: Facts, who: int) -> UUID:
    """Mostly who was invited, else any user."""
    own = model.account_of(None, facts["address"])
    return own if own and who < WAITING else pick(model.users, who)


def superseded(model: Model, facts: Facts, key: str) -> Code:
    """Whether a newer mail was sent, if it can be answered at all."""
    is_open = facts["state"] == "pending" and not model.is_expired(facts)
    is_old = key != facts["keys"][-1]
    return "invitation_superseded" if is_open and is_old else None


def unanswerable(model: Model, facts: Facts) -> Code:
    """Why nobody can answer it any more."""
    return CLOSED.get(facts["state"]) or first((model.is_expired(facts), "invitation_expired"))


def not_theirs(model: Model, facts: Facts, user: UUID) -> Code:
    """Why a user does not find it on their console: it is to another address, or of an app."""
    is_app = facts["place"] in model.apps
    is_theirs = not is_app and model.accounts[user]["address"] == facts["address"]
    return None if is_theirs else "invitation_not_found"
