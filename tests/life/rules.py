"""What people do with the rules of who comes into an organization, how and as what."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life.life import NUMBER, Life, pick
from tests.life.model import first
from vestibule.kernel.database import Transaction
from vestibule.organizations import actions as organizations
from vestibule.organizations import changing
from vestibule.organizations.model import Changes, Organization

# What is said of each rule, if anything.
SAID = st.fixed_dictionaries(
    {},
    optional={
        "domains": st.sampled_from([(), (), ("life.example.com",), ("else.example.com",)]),
        "takes_others": st.booleans(),
        "asks_sign_in": st.booleans(),
        "default": st.sampled_from(["viewer", "manager", "admin", "owner", "Clerk", "Nobody"]),
    },
)


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, who=NUMBER, said=SAID)
def change_rules(life: Life, where: int, who: int, said: dict[str, Any]) -> None:
    """Say which addresses come in, with which accounts, signed in or not, and as what."""
    model, place = life.model, pick(list(life.model.organizations), where)
    caller = pick([one for one in life.people(place) if one in model.users], who)
    before = model.rules(place)["default"]
    role = str(said.get("default", before))
    is_new, allowed = role != before, model.allowed(place, caller)
    expected = first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        ("settings:manage" not in allowed, "not_permitted"),
        (role not in model.roles_of(place), "invalid_request"),
        (role == "owner", "owner_by_default"),
        (is_new and not model.may_give(place, allowed, role), "role_not_allowed"),
    )
    changes = Changes(
        allowed_domains=said.get("domains"),
        takes_other_accounts=said.get("takes_others"),
        requires_sign_in=said.get("asks_sign_in"),
        default_role=said.get("default"),
    )
    at, by = life.reference(place), life.signed_in(caller)

    async def work(tx: Transaction) -> Organization:
        seat = await organizations.lock_for_settings(tx, by, at)
        return await changing.change(tx, seat, changes, by=by.actor(life.ground.desk.origin))

    if life.attempt_in(expected, work) is not None:
        model.organizations[place]["rules"] = model.rules(place) | said
