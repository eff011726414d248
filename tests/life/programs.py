"""What programs do: invite by an API key, which people make and revoke."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life import belonging, inviting
from tests.life.inviting import ROLE, Choice
from tests.life.life import NUMBER, Life, pick
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
APPS = frozenset({"apps:read", "apps:manage"})
MAY = st.sampled_from([READING, READING | APPS, APPS, APPS])


@precondition(lambda life: bool(life.model.organizations) and len(life.model.api_keys) < MOST)
@rule(where=NUMBER, who=NUMBER, may=MAY, which=NUMBER)
def make_key(life: Life, where: int, who: int, may: frozenset[str], which: int) -> None:
    """Make an API key, of an organization or of one app."""
    model, place = life.model, pick(list(life.model.organizations), where)
    app = pick([None, *model.apps], which)
    caller = pick([one for one in life.people(place) if one in model.users], who)
    allowed = model.allowed(place, caller)
    expected = first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        ("keys:manage" not in allowed, "not_permitted"),
        (app is not None and model.organization_of(app) != place, "app_not_found"),
        (app is not None and not may <= APPS, "invalid_request"),
        (not may <= allowed, "role_not_allowed"),
    )
    reference = life.reference(app) if app else None
    wanted = Wanted(name="Robot", permissions=sorted(may), app=reference)
    done = life.attempt(
        expected,
        lambda: steps.make(life.ground.desk, life.signed_in(caller), life.reference(place), wanted),
    )
    if done is not None and done[1] is not None:
        model.api_keys[done[1].key.id] = {
            "organization": place,
            "app": app,
            "maker": caller,
            "permissions": may,
            "secret": done[1].secret,
            "expires": model.now + LIVES,
        }


@precondition(lambda life: bool(life.model.api_keys))
@rule(which=NUMBER, where=NUMBER, whom=NUMBER, choice=ROLE)
def invite_by_key(life: Life, which: int, where: int, whom: int, choice: Choice) -> None:
    """Have a program invite an address."""
    model, key = life.model, pick(callers(life), which)
    secret = model.api_keys[key]["secret"]
    place = pick(inviting.places(life), where)
    role, address = inviting.chosen_role(model, place, choice), pick(life.addresses(place), whom)
    calling = life.ground.within(lambda tx: api_keys.find_calling(tx, secret))
    assert (calling is not None) == _is_good(model, key)
    if calling is not None:
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
        end(model, key, heir=caller if sent is SentInvitations.KEEP else None)


def callers(life: Life) -> list[UUID]:
    """All API keys, those that are good first."""
    model = life.model
    return sorted(model.api_keys, key=lambda one: not _is_good(model, one))


def end(model: Model, key: UUID, *, heir: UUID | None) -> None:
    """Let a key end; what it sent is revoked, or the heir answers for it."""
    place = model.api_keys[key]["organization"]
    if heir is not None:
        belonging.hand_on(model, place, list(model.pending(by=("api_key", key))), heir=heir)
    model.revoke(by=("api_key", key))
    del model.api_keys[key]


def _invite(life: Life, by: tuple[UUID, Program], place: UUID, what: tuple[str, str]) -> None:
    model, (key, program), (address, role) = life.model, by, what
    before = next(model.pending(place=place, address=address), None)
    result = life.attempt(
        inviting.uninvitable(model, place, key, (*what, None)),
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


def _is_good(model: Model, key: UUID) -> bool:
    """Whether a key is: not over, and of a member."""
    facts = model.api_keys[key]
    is_of_member = model.role_of(facts["organization"], key) is not None
    return is_of_member and bool(facts["expires"] > model.now)
