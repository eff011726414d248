"""What people do with roles of an organization's own: make one, change it, delete it."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life import apps
from tests.life.facts import EVERYTHING
from tests.life.life import NUMBER, Life, pick
from tests.life.model import Code, Model, first
from vestibule.memberships import role_steps as steps
from vestibule.memberships.model import RoleDeletion, RoleShape

NAME = "Clerk"
CLERK = frozenset({"members:read", "invitations:read", "invitations:manage"})
SHAPES = st.sampled_from(
    [
        CLERK,
        CLERK | {"apps:read", "apps:manage"},
        CLERK | {"members:manage", "settings:manage"},
        frozenset({"members:read"}),
        EVERYTHING - {"organization:own"},
    ]
)


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, who=NUMBER, shape=SHAPES)
def make_role(life: Life, where: int, who: int, shape: frozenset[str]) -> None:
    """Make the role."""
    model, place, caller = _chosen(life, where, who)
    expected = _unsettled(model, place, caller) or first(
        (NAME in model.organizations[place]["roles"], "role_name_taken"),
        (not shape <= model.allowed(place, caller), "role_not_allowed"),
    )
    done = life.attempt(
        expected,
        lambda: steps.make(
            life.ground.desk,
            life.signed_in(caller),
            life.reference(place),
            name=NAME,
            permissions=sorted(shape),
        ),
    )
    if done is not None:
        model.organizations[place]["roles"][NAME] = shape


@precondition(lambda life: any(facts["roles"] for facts in life.model.organizations.values()))
@rule(where=NUMBER, who=NUMBER, shape=SHAPES)
def reshape_role(life: Life, where: int, who: int, shape: frozenset[str]) -> None:
    """Have the role allow something else."""
    model, place, caller = _chosen(life, where, who)
    expected = _unchangeable(model, place, caller) or first(
        (
            shape != model.permissions(place, NAME) and not shape <= model.allowed(place, caller),
            "role_not_allowed",
        )
    )
    wanted = RoleShape(role=NAME, permissions=sorted(shape))
    done = life.attempt(
        expected,
        lambda: steps.change(
            life.ground.desk, life.signed_in(caller), life.reference(place), wanted
        ),
    )
    if done is not None:
        _revoke_raised(model, place, caller, shape)
        model.organizations[place]["roles"][NAME] = shape
        _untie(model, place, NAME)
        _revoke_unentitled(model, place, NAME)


@precondition(lambda life: any(facts["roles"] for facts in life.model.organizations.values()))
@rule(where=NUMBER, who=NUMBER, to=st.sampled_from([None, "viewer", "manager", "admin", "owner"]))
def delete_role(life: Life, where: int, who: int, to: str | None) -> None:
    """Delete the role, perhaps saying which comes in its place."""
    model, place, caller = _chosen(life, where, who)
    expected = _unchangeable(model, place, caller) or _unendable(model, place, caller, to)

    async def work() -> bool:
        at, by = life.reference(place), life.signed_in(caller)
        await steps.delete(life.ground.desk, by, at, RoleDeletion(role=NAME, to=to))
        return True

    if life.attempt(expected, work) is None:
        return
    if to is not None:
        _move(model, place, to, caller)
    del model.organizations[place]["roles"][NAME]
    if to is not None:
        _revoke_unentitled(model, place, to)


def _chosen(life: Life, where: int, who: int) -> tuple[Model, UUID, UUID]:
    model = life.model
    shaped = [one for one, facts in model.organizations.items() if facts["roles"]]
    place = pick([*shaped, *model.organizations], where)
    return model, place, pick([one for one in life.people(place) if one in model.users], who)


def _unsettled(model: Model, place: UUID, caller: UUID) -> Code:
    return first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        (not model.may(place, caller, "settings:manage"), "not_permitted"),
    )


def _unchangeable(model: Model, place: UUID, caller: UUID) -> Code:
    mine = model.role_of(place, caller)
    is_less = model.permissions(place, NAME) < model.allowed(place, caller)
    return _unsettled(model, place, caller) or first(
        (NAME not in model.organizations[place]["roles"], "role_not_found"),
        (mine == NAME or (mine != "owner" and not is_less), "role_not_allowed"),
    )


def _unendable(model: Model, place: UUID, caller: UUID, to: str | None) -> Code:
    members = [one for one, role in _members(model, place).items() if role == NAME]
    is_default = model.rules(place)["default"] == NAME
    is_used = is_default or bool(members) or any(model.pending(place=place, role=NAME))
    if to is None:
        return first((is_used, "role_in_use"))
    may_give = model.may_give(place, model.allowed(place, caller), to)
    may_manage = model.may(place, caller, "members:manage")
    return first(
        (to == "owner", "invalid_request"),
        (not may_give or (bool(members) and not may_manage), "role_not_allowed"),
    )


def _members(model: Model, place: UUID) -> dict[UUID, str]:
    """What everybody is there, or was until that is cleared away."""
    facts = model.organizations[place]
    return {**facts["members"], **facts["over"]}


def _untie(model: Model, place: UUID, role: str) -> None:
    """Who has the role may not manage apps any more: what they are there for that ends."""
    if "apps:manage" not in model.permissions(place, role):
        for one in [one for one, has in _members(model, place).items() if has == role]:
            apps.untie(model, place, one, "removed")


def _move(model: Model, place: UUID, to: str, caller: UUID) -> None:
    """Members and invitations get the other role; the caller answers for whose sender may not."""
    facts = model.organizations[place]
    _revoke_raised(model, place, caller, model.permissions(place, to))
    moved = [one for one, role in _members(model, place).items() if role == NAME]
    for known in (facts["members"], facts["over"]):
        known |= {one: to for one in moved if one in known}
    if facts["rules"]["default"] == NAME:
        facts["rules"] = facts["rules"] | {"default": to}
    if "apps:manage" not in model.permissions(place, to):
        for one in moved:
            apps.untie(model, place, one, "removed")
    _lead_to(model, place, to, caller)


def _revoke_raised(model: Model, place: UUID, caller: UUID, after: frozenset[str]) -> None:
    """Revoke what would offer more to the caller, who would raise themselves so."""
    if not after <= model.permissions(place, NAME):
        model.revoke(place=place, role=NAME, address=model.accounts[caller]["address"])


def _lead_to(model: Model, place: UUID, to: str, caller: UUID) -> None:
    for one in list(model.pending(place=place, role=NAME)):
        facts = model.invitations[one]
        facts["role"] = to
        if not model.is_entitled(facts):
            facts["by"] = ("user", caller)


def _revoke_unentitled(model: Model, place: UUID, role: str) -> None:
    """Revoke what its sender may not grant: what carries the role, and what who has it sent."""
    for one in list(model.pending()):
        facts = model.invitations[one]
        is_here = model.organization_of(facts["place"]) == place
        is_sent_so = model.rank_of(place, facts["by"][1]) == role
        carries = facts["place"] == place and facts["role"] == role
        if is_here and (is_sent_so or carries) and not model.is_entitled(facts):
            model.close(facts, "revoked")
