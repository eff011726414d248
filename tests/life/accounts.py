"""What people do with accounts: sign up, register, reset, change the address, sign out, go."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from hypothesis.stateful import precondition, rule

from tests.life import belonging, over
from tests.life.life import ADDRESSES, NUMBER, Life, pick
from tests.life.model import Code, Facts, first
from tests.world import PASSWORD_HASH
from vestibule.accounts import address_change, password_change, resets, sessions, sign_up
from vestibule.accounts.actions import get as get_account
from vestibule.accounts.realms import Entrance, Occasion
from vestibule.accounts.sign_up import Asked
from vestibule.apps import actions as apps
from vestibule.apps import registration
from vestibule.apps.entrance import Door, entrance_of
from vestibule.apps.registration import Activation, Registered
from vestibule.audit.model import Actor
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, AppId, SessionId
from vestibule.memberships import account_deletion
from vestibule.users import sign_up as platform_sign_up
from vestibule.users.entrance import platform
from vestibule.users.model import Profile
from vestibule.users.sign_up import Activation as UserActivation
from vestibule.users.sign_up import Signed

Verb = Callable[..., Awaitable[None]]
LIVES = {"sign_up": 24, "password_reset": 1, "address_change": 1}


@rule(where=NUMBER, whom=NUMBER)
def ask_sign_up(life: Life, where: int, whom: int) -> None:
    """Ask for a mail that lets an address make an account, of the platform or of an app."""
    model, realm = life.model, _realm(life, where)
    address = pick(newcomers(life, realm), whom)
    if realm is not None and not _is_open(life, realm):
        return
    asked = Asked(address=_address(address), locale="en")
    life.attempt_in(None, lambda tx: _in_realm(life, tx, realm, sign_up.ask, asked))
    if model.account_of(realm, address) is None:
        _mailed(life, "sign_up", realm, address, to=address)


@precondition(lambda life: any(key["purpose"] == "sign_up" for key in life.model.keys))
@rule(which=NUMBER)
def complete_sign_up(life: Life, which: int) -> None:
    """Make the account that a mailed key is for."""
    model, key = life.model, _key(life, "sign_up", which)
    realm, address = key["realm"], key["subject"]
    is_closed = realm is not None and not _is_open(life, realm)
    expected = first((is_closed, "self_registration_disabled")) or (
        _unusable(key, life.model.now)
        or first((model.account_of(realm, address) is not None, "account_exists"))
    )
    gone = model.holder_of(realm, address)
    done = life.attempt_in(expected, lambda tx: _make(life, tx, key))
    if done is None:
        return
    key["state"] = "used"
    if gone is not None and realm is not None:
        over.leave_behind(model, realm, gone)
    account = done.session.account_id
    model.let_in(account, realm=realm, address=address)
    model.accounts[account]["sessions"].add(done.session.id)
    if realm is not None:
        model.apps[realm]["members"][account] = {model.definition(realm)["default"]}


@precondition(lambda life: bool(life.model.people))
@rule(who=NUMBER)
def ask_reset(life: Life, who: int) -> None:
    """Ask for a mail that lets somebody choose another password."""
    one = pick(life.model.people, who)
    facts = life.model.accounts[one]
    address = _address(facts["address"])
    life.attempt_in(None, lambda tx: _in_realm(life, tx, facts["realm"], resets.ask, address))
    _mailed(life, "password_reset", facts["realm"], str(one), to=facts["address"])


@precondition(lambda life: any(key["purpose"] == "password_reset" for key in life.model.keys))
@rule(which=NUMBER)
def complete_reset(life: Life, which: int) -> None:
    """Choose another password with a mailed key: every session ends."""
    model, key = life.model, _key(life, "password_reset", which)

    async def work(tx: Transaction) -> object:
        occasion = await _occasion(life, tx, key["realm"])
        return await resets.complete(tx, key["key"], PASSWORD_HASH, occasion=occasion)

    is_gone = UUID(key["subject"]) not in model.people
    expected = first((is_gone, "key_not_found")) or _unusable(key, model.now)
    if life.attempt_in(expected, work) is not None:
        key["state"] = "used"
        model.accounts[UUID(key["subject"])] |= {"sessions": set(), "password": True}
        _void(life, key["subject"], "address_change")


@precondition(lambda life: bool(life.model.people))
@rule(who=NUMBER, to=NUMBER)
def ask_address_change(life: Life, who: int, to: int) -> None:
    """Ask for another address, from the oldest session."""
    model, one = life.model, pick(life.model.people, who)
    facts, address = model.accounts[one], pick(ADDRESSES, to)

    async def work(tx: Transaction) -> bool:
        occasion = await _occasion(life, tx, facts["realm"])
        checked = await password_change.get_credentials(tx, AccountId(one))
        holder = life.caller(one)
        wanted = _address(address)
        await address_change.ask(tx, checked, wanted, holder=holder, occasion=occasion)
        return True

    life.attempt_in(None, work)
    owner = model.account_of(facts["realm"], address)
    if owner in {None, one}:
        session = min(facts["sessions"], default=one)
        _mailed(life, "address_change", facts["realm"], str(one), to=address)
        model.keys[-1] |= {"session": session, "address": address}


@precondition(lambda life: any(key["purpose"] == "address_change" for key in life.model.keys))
@rule(which=NUMBER)
def complete_address_change(life: Life, which: int) -> None:
    """Have the new address, with the key that was mailed there."""
    model, key = life.model, _key(life, "address_change", which)
    one = UUID(key["subject"])
    facts = model.accounts.get(one)
    if facts is None or one not in model.people:
        return
    owner = model.holder_of(key["realm"], key["address"])
    is_other = min(facts["sessions"], default=one) != key["session"]
    expected = first((is_other, "other_session")) or (
        _unusable(key, model.now) or first((owner not in {None, one}, "address_taken"))
    )

    async def work(tx: Transaction) -> object:
        occasion = await _occasion(life, tx, key["realm"])
        holder = life.caller(one)
        return await address_change.complete(tx, key["key"], holder=holder, occasion=occasion)

    if life.attempt_in(expected, work) is not None:
        key["state"] = "used"
        model.forget_keys(key["realm"], facts["address"])
        facts["address"] = key["address"]
        _void(life, key["subject"], "password_reset")


@precondition(lambda life: bool(life.model.people))
@rule(who=NUMBER)
def sign_in(life: Life, who: int) -> None:
    """Have one more session."""
    one = pick(life.model.people, who)

    async def work(tx: Transaction) -> SessionId:
        account = await get_account(tx, AccountId(one))
        return (await sessions.start(tx, account, origin=life.ground.desk.origin)).id

    life.model.accounts[one]["sessions"].add(life.must(work))


@precondition(lambda life: bool(_signed_in(life)))
@rule(who=NUMBER)
def sign_out_everywhere_else(life: Life, who: int) -> None:
    """End every session but one."""
    model, one = life.model, pick(_signed_in(life), who)
    kept = min(model.accounts[one]["sessions"])
    by = life.caller(one).actor(life.ground.desk.origin)
    life.must(lambda tx: _end_others(tx, one, kept, by))
    model.accounts[one]["sessions"] = {kept}


@precondition(lambda life: len(life.model.users) > 1)
@rule(who=NUMBER)
def delete_account(life: Life, who: int) -> None:
    """Delete the account of a user, with all that it belongs to."""
    model, one = life.model, pick(life.model.users, who)
    own = [place for place, facts in model.organizations.items() if one in facts["members"]]
    expected: Code = first(
        (any(belonging.is_only_owner(model, place, one) for place in own), "last_owner")
    )

    async def work(tx: Transaction) -> bool:
        user = life.user(one)
        checked = await password_change.get_credentials(tx, user.id)
        by = user.as_actor(life.ground.desk.origin)
        await account_deletion.delete(tx, user.id, checked, by=by)
        return True

    if life.attempt_in(expected, work) is not None:
        for place in [place for place, it in model.organizations.items() if one in it["over"]]:
            belonging.end(model, place, one, "ended")
        for place in own:
            belonging.end(model, place, one, "left")
        model.forget(one, {"declined", "revoked"})


def newcomers(life: Life, realm: UUID | None) -> list[str]:
    """All addresses: those first that nobody has in the realm."""
    model = life.model
    return sorted(ADDRESSES, key=lambda address: model.account_of(realm, address) is not None)


def _signed_in(life: Life) -> list[UUID]:
    return [one for one in life.model.people if life.model.accounts[one]["sessions"]]


def _realm(life: Life, where: int) -> UUID | None:
    return pick([None, *life.model.apps], where)


def _is_open(life: Life, app: UUID) -> bool:
    is_published = life.model.apps[app]["definition"] is not None
    return is_published and bool(life.model.definition(app)["open"])


def _address(text: str) -> Address:
    return Address(typed=text, canonical=text)


def _mailed(life: Life, purpose: str, realm: UUID | None, subject: str, *, to: str) -> None:
    """Write down the key that was mailed, in place of the one before it."""
    model = life.model
    for key in model.keys:
        is_replaced = (key["purpose"], key["realm"], key["subject"]) == (purpose, realm, subject)
        if is_replaced and key["state"] == "live":
            key["state"] = "superseded"
    fresh = life.ground.key(to, purpose)
    model.keys.append(
        {
            "purpose": purpose,
            "realm": realm,
            "subject": subject,
            "key": fresh,
            "expires": model.now + LIVES[purpose],
            "state": "live",
        }
    )


def _void(life: Life, subject: str, purpose: str) -> None:
    for key in life.model.keys:
        if (key["subject"], key["purpose"], key["state"]) == (subject, purpose, "live"):
            key["state"] = "superseded"


def _key(life: Life, purpose: str, which: int) -> Facts:
    """One of the keys, the newest first."""
    return pick([key for key in reversed(life.model.keys) if key["purpose"] == purpose], which)


def _unusable(key: Facts, now: float) -> Code:
    return first(
        (key["state"] == "gone", "key_not_found"),
        (key["state"] == "used", "key_used"),
        (key["state"] == "superseded", "key_superseded"),
        (key["expires"] <= now, "key_expired"),
    )


async def _occasion(life: Life, tx: Transaction, realm: UUID | None) -> Occasion:
    return life.ground.desk.occasion(await _entrance(tx, life, realm))


async def _entrance(tx: Transaction, life: Life, realm: UUID | None) -> Entrance:
    if realm is None:
        return platform(landing=_nowhere, takes_sign_ups=True, shows_mailbox=False)
    found = await apps.get_by_reference(tx, life.reference(realm))
    assert found.definition is not None
    return entrance_of(Door(app=found.app, definition=found.definition), shows_mailbox=False)


async def _nowhere(tx: Transaction, account: AccountId, session: SessionId) -> str:
    return "/"


async def _in_realm(
    life: Life, tx: Transaction, realm: UUID | None, verb: Verb, what: Asked | Address
) -> None:
    await verb(tx, what, occasion=await _occasion(life, tx, realm))


async def _make(life: Life, tx: Transaction, key: Facts) -> Registered | Signed:
    occasion, realm = await _occasion(life, tx, key["realm"]), key["realm"]
    if realm is not None:
        activation = Activation(name=None, password_hash=PASSWORD_HASH)
        return await registration.complete(
            tx, AppId(realm), key["key"], activation, occasion=occasion
        )
    profile = Profile(first_name="New", last_name="Life")
    user = UserActivation(profile=profile, password_hash=PASSWORD_HASH)
    return await platform_sign_up.complete(tx, key["key"], user, occasion=occasion)


async def _end_others(tx: Transaction, account: UUID, kept: UUID, by: Actor) -> bool:
    await sessions.end_others(tx, AccountId(account), SessionId(kept), by=by)
    return True
