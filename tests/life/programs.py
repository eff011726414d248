"""What programs do: invite by an API key, which people make and revoke."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life import belonging, inviting
from tests.life.inviting import ROLE, Choice
from tests.life.life import ADDRESSES, NUMBER, Life, pick
from tests.life.model import Model, first
from vestibule.api_keys import actions as api_keys
from vestibule.invitations import steps as invitations
from vestibule.invitations.departure_model import SentInvitations
from vestibule.invitations.offer_model import Offer
from vestibule.kernel.addresses import Address
from vestibule.kernel.ids import ApiKeyId
from vestibule.organizations.caller_model import Program
from vestibule.programs import steps
from vestibule.programs.steps import Wanted

MOST = 3
LIVES = 90 * 24
READING = frozenset({"members:read", "invitations:read", "invitations:manage"})
MAY = st.sampled_from([READING, READING | {"apps:read", "apps:manage"}])


@precondition(lambda life: bool(life.model.organizations) and len(life.model.api_keys) < MOST)
@rule(where=NUMBER, who=NUMBER, may=MAY)
def make_key(life: Life, where: int, who: int, may: frozenset[str]) -> None:
    """Make an API key."""
    model, place = life.model, pick(list(life.model.organizations), where)
    caller = pick([one for one in life.people(place) if one in model.users], who)
    allowed = model.allowed(place, caller)
    expected = first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        ("keys:manage" not in allowed, "not_permitted"),
        (not may <= allowed, "role_not_allowed"),
    )
    wanted = Wanted(name="Robot", permissions=sorted(may))
    done = life.attempt(
        expected,
        lambda: steps.make(life.ground.desk, life.signed_in(caller), life.reference(place), wanted),
    )
    if done is not None and done[1] is not None:
        model.api_keys[done[1].key.id] = {
            "organization": place,
            "maker": caller,
            "permissions": may,
            "secret": done[1].secret,
            "expires": model.now + LIVES,
        }


@precondition(lambda life: bool(_good(life)))
@rule(which=NUMBER, where=NUMBER, whom=NUMBER, choice=ROLE)
def invite_by_key(life: Life, which: int, where: int, whom: int, choice: Choice) -> None:
    """Have a program invite an address."""
    model, key = life.model, pick(_good(life), which)
    secret = model.api_keys[key]["secret"]
    place = pick(inviting.places(life), where)
    role, address = inviting.chosen_role(model, place, choice), pick(ADDRESSES, whom)
    calling = life.must(lambda tx: api_keys.find_calling(tx, secret))
    assert calling is not None
    _invite(life, (key, calling.program), place, (address, role))


@precondition(lambda life: bool(life.model.api_keys))
@rule(which=NUMBER, who=NUMBER, sent=st.sampled_from(SentInvitations))
def revoke_key(life: Life, which: int, who: int, sent: SentInvitations) -> None:
    """Revoke an API key, and what it sent, or answer for that from now on."""
    model, key = life.model, pick(list(life.model.api_keys), which)
    facts = model.api_keys[key]
    place = facts["organization"]
    caller = pick([one for one in life.people(place) if one in model.users], who)
    allowed = model.allowed(place, caller)
    is_own = facts["maker"] == caller
    expected = first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        (not is_own and "keys:manage" not in allowed, "not_permitted"),
        (not is_own and not facts["permissions"] <= allowed, "role_not_allowed"),
    )

    async def work() -> bool:
        at, by = life.reference(place), life.signed_in(caller)
        await steps.revoke(life.ground.desk, by, at, ApiKeyId(key), sent)
        return True

    if life.attempt(expected, work) is not None:
        _end(model, key, heir=caller if sent is SentInvitations.KEEP else None)


def _invite(life: Life, by: tuple[UUID, Program], place: UUID, what: tuple[str, str]) -> None:
    model, (key, program), (address, role) = life.model, by, what
    before = next(model.pending(place=place, address=address), None)
    result = life.attempt(
        inviting.uninvitable(model, place, key, what),
        lambda: invitations.invite(
            life.ground.desk,
            program,
            inviting.whither(life, place),
            Offer(email=Address(typed=address, canonical=address), role=role, locale="en"),
        ),
    )
    if result is not None:
        shown, is_new = result
        assert is_new == (before is None)
        expires = model.now + inviting.LIFETIME
        inviting.sent(life, shown.invitation, by=key, expires=expires)


def _good(life: Life) -> list[UUID]:
    """The keys whose time is not over."""
    model = life.model
    return [one for one, facts in model.api_keys.items() if facts["expires"] > model.now]


def _end(model: Model, key: UUID, *, heir: UUID | None) -> None:
    place = model.api_keys[key]["organization"]
    for one in list(model.pending(by=("api_key", key))):
        facts = model.invitations[one]
        if heir is not None and belonging.may_answer(
            model, place, model.allowed(place, heir), facts
        ):
            facts["by"] = ("user", heir)
        else:
            model.close(facts, "revoked")
    del model.api_keys[key]
