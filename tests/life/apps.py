"""What people do with apps: make, publish, change roles of members, remove them; they leave."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life.facts import APP_ROLES, DEFINITIONS, MOVES, written
from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Facts, Model, first, put
from vestibule.accounts import password_change
from vestibule.apps import actions as apps
from vestibule.apps import steps
from vestibule.apps.model import NewApp
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, AppId, AppMemberId
from vestibule.memberships import app_removal as removal
from vestibule.memberships import app_steps
from vestibule.memberships.model import AppMemberChange, RoleChange

MOST = 2
SOME_ROLES = st.lists(st.sampled_from([*APP_ROLES[:3], "Employee", "Worker"]), max_size=2)


@precondition(lambda life: bool(life.model.organizations) and len(life.model.apps) < MOST)
@rule(where=NUMBER, who=NUMBER)
def make_app(life: Life, where: int, who: int) -> None:
    """Make an app, which lets nobody in yet."""
    model, place = life.model, pick(list(life.model.organizations), where)
    caller = pick([one for one in life.people(place) if one in model.users], who)
    expected = first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        (not model.may(place, caller, "apps:manage"), "not_permitted"),
    )
    new = NewApp(name="Shifts")
    made = life.attempt(
        expected,
        lambda: steps.make_app(
            life.ground.desk, life.signed_in(caller), life.reference(place), new
        ),
    )
    if made is not None:
        model.apps[made.id] = {
            "organization": place,
            "definition": None,
            "members": {},
            "ends": {},
            "over": {},
            "left": [],
            "linked": {},
        }


@precondition(lambda life: bool(life.model.apps))
@rule(where=NUMBER, who=NUMBER, name=st.sampled_from(list(DEFINITIONS)), says=st.booleans())
def publish(life: Life, where: int, who: int, name: str, says: bool) -> None:
    """Write a definition and publish it, perhaps saying what becomes of dropped roles."""
    model, app = life.model, pick(list(life.model.apps), where)
    people = [one for one in life.people(app) if one in model.users]
    caller = pick(people, who)
    at, moves = life.reference(app), MOVES[name] if says else {}
    saved = life.attempt(
        unmanaged(model, app, caller),
        lambda: steps.save_definition(
            life.ground.desk, life.caller(caller), at, written(name), is_json=True
        ),
    )
    if saved is None:
        return
    was = model.apps[app]["definition"]
    expected = None if was == name else _unpublishable(model, app, name, moves)
    published = life.attempt(
        expected,
        lambda: app_steps.publish(life.ground.desk, life.caller(caller), at, moves),
    )
    if published is None:
        return
    model.apps[app]["definition"] = name
    if was is None:
        _let_in(life, app, caller)
    elif was != name:
        _move(model, app, moves)


@precondition(lambda life: any(facts["members"] for facts in life.model.apps.values()))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, roles=SOME_ROLES)
def change_app_roles(life: Life, where: int, who: int, whom: int, roles: list[str]) -> None:
    """Give a member of an app other roles."""
    model, app, caller, target = chosen(life, where, who, whom)
    before = model.apps[app]["members"].get(target, set())
    is_wrong = (
        not roles or len(set(roles)) < len(roles) or not set(roles) <= set(model.roles_of(app))
    )
    manageable = model.reached(app, caller, "manages")
    expected = unchangeable(model, app, caller, target) or first(
        (is_wrong, "invalid_request"),
        (not before ^ set(roles) <= manageable, "role_not_allowed"),
    )
    member = AppMemberId(AccountId(target))
    wanted = AppMemberChange(member_id=member, roles=RoleChange(member, roles))
    done = life.attempt(
        expected,
        lambda: app_steps.change_member(
            life.ground.desk, life.caller(caller), life.reference(app), wanted
        ),
    )
    if done is not None and before != set(roles):
        _become(model, app, target, set(roles))
        revoke_beyond(model, app, target)


@precondition(lambda life: any(facts["members"] for facts in life.model.apps.values()))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER)
def remove_from_app(life: Life, where: int, who: int, whom: int) -> None:
    """Take a member out of an app."""
    model, app, caller, target = chosen(life, where, who, whom)
    theirs = model.apps[app]["members"].get(target, set())
    expected = unmanaging(model, app, caller, target) or first(
        (not theirs <= model.reached(app, caller, "manages"), "role_not_allowed")
    )

    async def work() -> bool:
        at, member = life.reference(app), AppMemberId(AccountId(target))
        await app_steps.remove(life.ground.desk, life.caller(caller), at, member)
        return True

    if life.attempt(expected, work) is not None:
        end(model, app, target, "removed")


@precondition(lambda life: any(facts["members"] for facts in life.model.apps.values()))
@rule(where=NUMBER, who=NUMBER)
def leave_app(life: Life, where: int, who: int) -> None:
    """Leave an app, with the account in it."""
    filled = [app for app, facts in life.model.apps.items() if facts["members"]]
    app = pick(filled, where)
    member = pick(list(life.model.apps[app]["members"]), who)
    by = life.member(member).as_actor(life.ground.desk.origin)

    async def work(tx: Transaction) -> bool:
        found = await apps.get_member(tx, AppId(app), AppMemberId(AccountId(member)))
        checked = await password_change.get_credentials(tx, AccountId(member))
        await removal.leave(tx, found, checked, by=by)
        return True

    life.must(work)
    end(life.model, app, member, "left")


def end(model: Model, app: UUID, member: UUID, event: str) -> None:
    """Let somebody go from an app: account, invitations by and for them, and all."""
    model.revoke(place=app, by=("app_member", member))
    if event != "ended":
        model.revoke(place=app, address=model.accounts[member]["address"])
    for known in ("members", "over", "ends"):
        model.apps[app][known].pop(member, None)
    linked = model.apps[app]["linked"]
    model.apps[app]["linked"] = {user: one for user, one in linked.items() if one != member}
    model.forget(member, {"declined", "revoked"} if event == "left" else {"declined"})


def untie(model: Model, organization: UUID, user: UUID, event: str) -> None:
    """End what a user is in the organization's apps, but where they have a password there."""
    for app, facts in model.apps.items():
        member = facts["linked"].pop(user, None) if facts["organization"] == organization else None
        if member is not None and not model.accounts[member]["password"]:
            end(model, app, member, event)


def chosen(life: Life, where: int, who: int, whom: int) -> tuple[Model, UUID, UUID, UUID]:
    """The app that the numbers stand for, who acts there, and whom it is about."""
    filled = [app for app, facts in life.model.apps.items() if facts["members"]]
    app = pick(filled, where)
    caller = pick(life.people(app), who)
    others = [one for one in life.model.apps[app]["members"] if one != caller]
    return life.model, app, caller, pick([*others, *life.people(app)], whom)


def unmanaged(model: Model, app: UUID, caller: UUID) -> Code:
    """Why somebody may not manage the app."""
    organization = model.organization_of(app)
    return first(
        (model.role_of(organization, caller) is None, "app_not_found"),
        (not model.may(organization, caller, "apps:manage"), "not_permitted"),
    )


def unmanaging(model: Model, app: UUID, caller: UUID, target: UUID) -> Code:
    """Why somebody may not change or remove a member of the app."""
    return first(
        (model.is_nobody(app, caller), "app_not_found"),
        (not model.reached(app, caller, "manages"), "not_permitted"),
        (target not in model.apps[app]["members"], "app_member_not_found"),
        (caller == target, "not_permitted"),
    )


def unchangeable(model: Model, app: UUID, caller: UUID, target: UUID) -> Code:
    """Why somebody may not change a member of the app: nobody does whom they continue as."""
    is_own = model.is_own(app, caller, target)
    return unmanaging(model, app, caller, target) or first((is_own, "not_permitted"))


def _unpublishable(model: Model, app: UUID, name: str, moves: dict[str, str]) -> Code:
    """Why another definition cannot be published: it drops what is in use, or not what is said."""
    stays = set(DEFINITIONS[name]["roles"])
    used = {role for roles in model.apps[app]["members"].values() for role in roles}
    used |= {model.invitations[one]["role"] for one in model.pending(place=app)}
    dropped = (set(model.roles_of(app)) | used) - stays
    return first(
        (not set(moves) <= dropped, "invalid_request"),
        (not used - stays <= set(moves), "role_in_use"),
    )


def _move(model: Model, app: UUID, moves: dict[str, str]) -> None:
    facts = model.apps[app]
    used = {role for roles in facts["members"].values() for role in roles}
    used |= {model.invitations[one]["role"] for one in model.pending(place=app)}
    for role in sorted(used & set(moves)):
        for member in {*facts["members"], *facts["over"]}:
            _shift(model, facts, member, (role, moves[role]))
    for one in model.pending(place=app):
        role = model.invitations[one]["role"]
        model.invitations[one]["role"] = moves.get(role, role)


def _become(model: Model, app: UUID, member: UUID, roles: set[str]) -> None:
    """Have these roles; those that are new last for as long as the member does."""
    facts = model.apps[app]
    present, ends = facts["members"][member], facts["ends"].get(member, {})
    known = [ends[role]["at"] for role in present if role in ends]
    until = max(known) if len(known) == len(present) else None
    for role in {*ends, *roles}:
        if role not in present & roles:
            put(ends, role, model.ending(until) if role in roles else None)
    facts["members"][member], facts["ends"][member] = roles, ends
    facts["over"].pop(member, None)


def _shift(model: Model, facts: Facts, member: UUID, roles: tuple[str, str]) -> None:
    """Have the second role for the first; who has both keeps the later end."""
    present, over = facts["members"].get(member, set()), facts["over"].get(member, set())
    ends, (role, to) = facts["ends"].setdefault(member, {}), roles
    if role not in present | over:
        return
    end, other = ends.pop(role, None), ends.get(to)
    is_later = end is None or (other is not None and end["at"] > other["at"])
    if to not in present | over or (other is not None and is_later):
        put(ends, to, end)
    held = (present | over | {to}) - {role}
    is_out = member not in facts["members"]
    gone = {one for one in held if is_out or model.is_over(ends.get(one))}
    for known, those in (("members", held - gone), ("over", gone)):
        facts[known].pop(member, None)
        if those:
            facts[known][member] = those


def revoke_beyond(model: Model, app: UUID, member: UUID) -> None:
    """Revoke what the member sent and may not grant any more."""
    grantable = model.reached(app, member, "invites")
    for role in APP_ROLES:
        if role not in grantable:
            model.revoke(place=app, by=("app_member", member), role=role)


def _let_in(life: Life, app: UUID, user: UUID) -> None:
    """Whoever publishes first is a member, with the default role."""
    model, address = life.model, life.model.accounts[user]["address"]
    found = life.must(lambda tx: _find(tx, app, address))
    model.let_in(found, realm=app, address=address, password=False)
    model.apps[app]["members"][found] = {model.definition(app)["default"]}
    model.apps[app]["linked"][user] = found


async def _find(tx: Transaction, app: UUID, address: str) -> UUID:
    found: UUID = await tx.fetch_value(
        "SELECT id FROM accounts WHERE realm_id = $1 AND address_canonical = $2", app, address
    )
    return found
