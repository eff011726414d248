"""What people do in organizations: found, change roles, remove, leave, hand over, rescue, limit."""

from collections.abc import Collection
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life import apps
from tests.life.facts import RULES
from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Facts, Model, first
from vestibule.audit.model import OPERATOR
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, OrganizationId, UserId
from vestibule.memberships import organization_steps as steps
from vestibule.memberships import rescue as rescuing
from vestibule.memberships.model import HandOver, MemberChange, NewRole, Removal
from vestibule.organizations import actions as organizations
from vestibule.organizations import founding, seats
from vestibule.organizations.model import Member, NewOrganization

MOST = 2


@precondition(lambda life: len(life.model.organizations) < MOST and bool(life.model.users))
@rule(who=NUMBER)
def found(life: Life, who: int) -> None:
    """Found an organization."""
    founder = pick(life.model.users, who)
    new = NewOrganization(name="Some place", founder=UserId(AccountId(founder)))
    by = life.user(founder).as_actor(life.ground.desk.origin)
    founded = life.must(lambda tx: founding.found(tx, new, by=by, is_founding_open=True))
    life.model.organizations[founded.organization.id] = {
        "members": {founder: "owner"},
        "ends": {},
        "over": {},
        "roles": {},
        "rules": dict(RULES),
        "limit": None,
    }


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, which=NUMBER)
def change_role(life: Life, where: int, who: int, whom: int, which: int) -> None:
    """Give a member another role."""
    model, place, caller, target = chosen(life, where, who, whom)
    role = pick([*reversed(model.roles_of(place))], which)
    present = model.role_of(place, target)
    expected = unmanageable(model, place, caller, target) or first(
        (not model.may_give(place, model.allowed(place, caller), role), "role_not_allowed")
    )
    user = UserId(AccountId(target))
    wanted = MemberChange(user_id=user, role=NewRole(user_id=user, role=role))
    done = life.attempt(
        expected,
        lambda: steps.change_member(
            life.ground.desk, life.signed_in(caller), life.reference(place), wanted
        ),
    )
    if done is not None and role != present:
        become(model, place, target, role)


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, sent=st.sampled_from(SentInvitations))
def remove(life: Life, where: int, who: int, whom: int, sent: SentInvitations) -> None:
    """Take a member out."""
    model, place, caller, target = chosen(life, where, who, whom)
    wanted = Removal(user_id=UserId(AccountId(target)), sent=sent)

    async def work() -> bool:
        at, by = life.reference(place), life.signed_in(caller)
        await steps.remove(life.ground.desk, by, at, wanted)
        return True

    if life.attempt(unmanageable(model, place, caller, target), work) is None:
        return
    if sent is SentInvitations.KEEP:
        hand_on(model, place, sent_by(model, place, target), heir=caller)
    end(model, place, target, "removed")


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, who=NUMBER)
def leave(life: Life, where: int, who: int) -> None:
    """Leave an organization."""
    model, place, caller, _ = chosen(life, where, who, 0)

    async def work() -> bool:
        await steps.leave(life.ground.desk, life.signed_in(caller), life.reference(place))
        return True

    expected = first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        (is_only_owner(model, place, caller), "last_owner"),
    )
    if life.attempt(expected, work) is not None:
        end(model, place, caller, "left")


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, leaves=st.booleans())
def hand_over(life: Life, where: int, who: int, whom: int, leaves: bool) -> None:
    """Make another member an owner, and leave or be an admin."""
    model, place, caller, heir = chosen(life, where, who, whom)
    members = model.organizations[place]["members"]
    expected = first(
        (caller not in members, "organization_not_found"),
        (members.get(caller) != "owner" or caller == heir, "not_permitted"),
        (heir not in members, "member_not_found"),
    )
    giver, to = UserId(AccountId(caller)), UserId(AccountId(heir))
    wanted = HandOver(giver=giver, heir=to, leaves=leaves)
    done = life.attempt(
        expected,
        lambda: steps.hand_over(
            life.ground.desk, life.signed_in(caller), life.reference(place), wanted
        ),
    )
    if done is None:
        return
    members[heir] = "owner"
    model.organizations[place]["ends"].pop(heir, None)
    if leaves:
        end(model, place, caller, "left")
    else:
        become(model, place, caller, "admin")


@precondition(lambda life: bool(life.model.organizations) and bool(life.model.users))
@rule(where=NUMBER, who=NUMBER)
def rescue(life: Life, where: int, who: int) -> None:
    """Have the operator make somebody an owner, member or not."""
    model, place = life.model, pick(list(life.model.organizations), where)
    user = pick(model.users, who)

    async def work(tx: Transaction) -> Member:
        held = await organizations.lock_for_change(tx, OrganizationId(place))
        outbox = life.ground.desk.outbox
        return await rescuing.rescue(tx, held, life.user(user), by=OPERATOR, outbox=outbox)

    life.must(work)
    facts = model.organizations[place]
    if user in facts["over"]:
        end(model, place, user, "ended")
    if user not in facts["members"]:
        model.revoke(place=place, address=model.accounts[user]["address"])
    facts["members"][user] = "owner"
    facts["ends"].pop(user, None)


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, free=st.none() | st.sampled_from([0, 0, 0, 1, -1]))
def limit_seats(life: Life, where: int, free: int | None) -> None:
    """Have the operator limit the seats of an organization, or lift the limit."""
    place = pick(list(life.model.organizations), where)
    limit = None if free is None else max(1, life.model.taken(place) + free)

    async def work(tx: Transaction) -> object:
        held = await organizations.lock_for_change(tx, OrganizationId(place))
        return await seats.set_limit(tx, held, limit, by=OPERATOR)

    life.must(work)
    life.model.organizations[place]["limit"] = limit


def is_only_owner(model: Model, place: UUID, person: UUID) -> bool:
    """Whether nobody else owns the organization."""
    members = model.organizations[place]["members"]
    return [one for one, role in members.items() if role == "owner"] == [person]


def end(model: Model, place: UUID, person: UUID, event: str) -> None:
    """Let somebody go, with what was sent by and to them, and with what they are in the apps."""
    apps.untie(model, place, person, event)
    revoke_beyond(model, place, person, None)
    for key in keys_of(model, place, person):
        del model.api_keys[key]
    if event != "ended":
        model.revoke(place=place, address=model.accounts[person]["address"])
    for known in ("members", "over", "ends"):
        model.organizations[place][known].pop(person, None)


def become(model: Model, place: UUID, person: UUID, role: str) -> None:
    """Be something else from now on, and end what goes with what one was."""
    model.organizations[place]["members"][person] = role
    if role == "owner":
        model.organizations[place]["ends"].pop(person, None)
    if not model.may(place, person, "apps:manage"):
        apps.untie(model, place, person, "removed")
    revoke_beyond(model, place, person, role)


def sent_by(model: Model, place: UUID, person: UUID) -> list[UUID]:
    """What the user, or a key of theirs, sent in the organization and its apps and is pending."""
    senders = {("user", person), *(("api_key", key) for key in keys_of(model, place, person))}
    found = []
    for one in model.pending():
        facts = model.invitations[one]
        if facts["by"] in senders and model.organization_of(facts["place"]) == place:
            found.append(one)
    return found


def keys_of(model: Model, place: UUID, person: UUID) -> list[UUID]:
    """The API keys that the user made there."""
    whose = (place, person)
    return [
        key
        for key, facts in model.api_keys.items()
        if (facts["organization"], facts["maker"]) == whose
    ]


def hand_on(model: Model, place: UUID, sent: Collection[UUID], *, heir: UUID) -> None:
    """Have the heir answer for these; what they may not grant themselves is revoked."""
    for one in sent:
        facts = model.invitations[one]
        if may_answer(model, place, model.allowed(place, heir), facts):
            facts["by"] = ("user", heir)
        else:
            model.close(facts, "revoked")


def may_answer(model: Model, place: UUID, allowed: frozenset[str], facts: Facts) -> bool:
    """Whether somebody who may so much can answer for the invitation."""
    if facts["place"] in model.apps:
        return "apps:manage" in allowed
    return model.may_give(place, allowed, facts["role"])


def revoke_beyond(model: Model, place: UUID, person: UUID, role: str | None) -> None:
    """Revoke what the user sent there and somebody of this role may not grant."""
    for one in sent_by(model, place, person):
        facts = model.invitations[one]
        allowed = model.permissions(place, role)
        key = model.api_keys.get(facts["by"][1])
        if not may_answer(model, place, allowed & key["permissions"] if key else allowed, facts):
            model.close(facts, "revoked")


def chosen(life: Life, where: int, who: int, whom: int) -> tuple[Model, UUID, UUID, UUID]:
    """The organization that the numbers stand for, who acts there, and whom it is about."""
    place = pick(list(life.model.organizations), where)
    people = [one for one in life.people(place) if one in life.model.users]
    # The others first: nobody does this to themselves, but by mistake.
    caller = pick(people, who)
    others = [*(one for one in people if one != caller), caller]
    return life.model, place, caller, pick(others, whom)


def unmanageable(model: Model, place: UUID, caller: UUID, target: UUID) -> Code:
    """Why somebody may not change or remove a member."""
    mine, theirs = model.role_of(place, caller), model.role_of(place, target)
    is_less = model.permissions(place, theirs) < model.permissions(place, mine)
    return first(
        (mine is None, "organization_not_found"),
        (not model.may(place, caller, "members:manage"), "not_permitted"),
        (theirs is None, "member_not_found"),
        (caller == target, "not_permitted"),
        (mine != "owner" and not is_less, "role_not_allowed"),
    )
