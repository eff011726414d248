"""The rules of an organization, asked at invite and again at accept, on every way in."""

from typing import Any

import pytest

from tests.client import API
from tests.invitations.api_kit import ACCOUNT, ANA, HERE, Api, assert_problem
from tests.invitations.life import Life
from vestibule.invitations.model import ShownState
from vestibule.organizations.rules_model import DomainNotAllowed

CLOSED = "UPDATE organizations SET allowed_domains = '{other.example}'"
OPENED = "UPDATE organizations SET allowed_domains = '{other.example,example.com}'"
ONLY_INVITED = "UPDATE organizations SET takes_other_accounts = false"
FLO = "flo@cast.example.com"
SENTENCE = "Only addresses of these domains can join: other.example."


def _is_of_organization(life: Life) -> bool:
    return life.destination.name == life.destination.organization.name


async def test_the_rules_are_of_the_organization_and_not_of_its_apps(life: Life) -> None:
    """An app has accounts of its own: who comes in there comes no step into the organization."""
    invitation, key = await life.invited()
    await life.tx.execute(CLOSED)
    await life.tx.execute(ONLY_INVITED)

    if _is_of_organization(life):
        with pytest.raises(DomainNotAllowed):
            await life.invite("b@example.com")
        with pytest.raises(DomainNotAllowed):
            await life.resend(invitation)
        with pytest.raises(DomainNotAllowed):
            await life.accept(key)
        return
    await life.invite("b@example.com")
    await life.resend(invitation)
    await life.accept(await life.key())


@pytest.mark.parametrize(
    ("email", "status"),
    [
        (ANA, 403),
        ("ANA@Other.Example", 201),
        ("ana@sub.other.example", 403),
        ("ana@other.example.com", 403),
        ("other.example@evil.test", 403),
    ],
)
async def test_only_addresses_of_allowed_domains_are_invited(
    api: Api, email: str, status: int
) -> None:
    await api.run(CLOSED)
    before = await api.counts()
    body = {"email": email, "role": "viewer"}
    answer = await api.client.as_(api.world.ada).post(HERE, body)

    assert answer.status_code == status
    if status == 403:
        assert_problem(answer, 403, "domain_not_allowed")
        assert answer.json()["detail"] == SENTENCE
        assert await api.counts() == before


async def test_many_at_once_are_judged_one_by_one(api: Api) -> None:
    await api.run(CLOSED)
    rows = [{"email": each} for each in (ANA, "ana@other.example", FLO)]
    answer = await api.client.as_(api.world.bo).post(f"{HERE}/batch", {"invitations": rows})

    assert [row["status"] for row in answer.json()["data"]] == [403, 201, 403]
    assert answer.json()["data"][0]["code"] == "domain_not_allowed"
    assert answer.json()["data"][1]["invitation"]["role"] == "viewer"


async def test_inviting_again_and_resending_ask_the_rules_anew(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    await api.run(CLOSED)
    before = await api.counts()
    ada = api.client.as_(api.world.ada)
    again = await ada.post(HERE, {"email": ANA, "role": "admin"})
    resent = await ada.post(f"{HERE}/{invitation['id']}/resend")

    assert_problem(again, 403, "domain_not_allowed")
    assert_problem(resent, 403, "domain_not_allowed")
    assert await api.counts() == before
    kept = (await ada.get(f"{HERE}/{invitation['id']}")).json()
    assert kept == invitation | {"delivery": kept["delivery"]}


async def test_what_no_longer_fits_can_be_edited_and_revoked(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    await api.run(CLOSED)
    ada = api.client.as_(api.world.ada)
    path = f"{HERE}/{invitation['id']}"

    assert (await ada.patch(path, {"role": "manager"})).status_code == 200
    assert (await ada.post(f"{path}/revoke")).json()["state"] == "revoked"


@pytest.mark.parametrize("way", ["newcomer", "key alone", "signed in", "waiting", "as me"])
async def test_what_was_invited_before_the_rule_lets_nobody_in(api: Api, way: str) -> None:
    email = ANA if way in {"newcomer", "as me"} else FLO
    invitation = await api.invite(api.world.ada, email=email)
    key = await api.key(email)
    await api.run(CLOSED)
    before = await api.counts()
    flo = api.client.as_(api.world.flo)
    accept = f"{API}/invitations/accept"
    person, path, body = {
        "newcomer": (api.client, accept, {"key": key, "account": ACCOUNT}),
        "key alone": (api.client, accept, {"key": key}),
        "signed in": (flo, accept, {"key": key}),
        "waiting": (flo, f"{API}/me/invitations/{invitation['id']}/accept", None),
        "as me": (flo, accept, {"key": key, "as": "me"}),
    }[way]
    refused = await person.post(path, body)

    assert_problem(refused, 403, "domain_not_allowed")
    assert refused.json()["detail"] == SENTENCE
    assert await api.counts() == before
    shown = (await api.client.as_(api.world.ada).get(f"{HERE}/{invitation['id']}")).json()
    assert shown["state"] == "pending"

    await api.run(OPENED.replace("example.com", "example.com,cast.example.com"))
    assert (await person.post(path, body)).status_code == 200


async def test_who_joins_with_another_account_needs_an_allowed_address_too(api: Api) -> None:
    await api.invite(api.world.ada)
    key = await api.key()
    await api.run(OPENED)
    before = await api.counts()
    flo = api.client.as_(api.world.flo)
    accept = f"{API}/invitations/accept"

    assert_problem(await flo.post(accept, {"key": key, "as": "me"}), 403, "domain_not_allowed")
    assert await api.counts() == before
    await api.run("UPDATE organizations SET allowed_domains = '{example.com,cast.example.com}'")
    assert (await flo.post(accept, {"key": key, "as": "me"})).status_code == 200


async def test_where_other_accounts_are_not_taken_only_the_invited_address_joins(api: Api) -> None:
    await api.invite(api.world.ada)
    key = await api.key()
    await api.run(ONLY_INVITED)
    before = await api.counts()
    accept = f"{API}/invitations/accept"
    flo = api.client.as_(api.world.flo)

    for body in ({"key": key, "as": "me"}, {"key": key}):
        assert_problem(await flo.post(accept, body), 403, "wrong_account")
    assert await api.counts() == before
    joined = await api.client.post(accept, {"key": key, "account": ACCOUNT})
    assert joined.status_code == 200


@pytest.mark.parametrize(
    ("rule", "email", "who", "told"),
    [
        (OPENED, ANA, None, "create_account"),
        (OPENED, ANA, "flo", "create_account"),  # her own address would not be taken
        (OPENED.replace("example.com", "example.com,cast.example.com"), ANA, "flo", "accept"),
        (ONLY_INVITED, ANA, "flo", "create_account"),
        (ONLY_INVITED, ANA, None, "create_account"),
        (ONLY_INVITED, FLO, None, "accept"),
        (ONLY_INVITED, FLO, "flo", "accept"),
        (ONLY_INVITED, FLO, "eve", "sign_in"),
        (CLOSED, ANA, None, None),
        (CLOSED, ANA, "flo", None),
        (CLOSED, FLO, "flo", None),
    ],
)
async def test_a_look_up_tells_what_accepting_will_do(
    api: Api, rule: str, email: str, *, who: str | None, told: str | None
) -> None:
    await api.invite(api.world.ada, email=email)
    key = await api.key(email)
    await api.run(rule)
    person = api.client.as_(getattr(api.world, who) if who else None)
    looked = await person.post(f"{API}/invitations/lookup", {"key": key})

    if told is None:
        assert_problem(looked, 403, "domain_not_allowed")
        return
    assert looked.json()["next"] == told
    if told == "accept":
        body: dict[str, Any] = {"key": key} if email == FLO else {"key": key, "as": "me"}
        assert (await person.post(f"{API}/invitations/accept", body)).status_code == 200
    elif told == "create_account":
        account = {"key": key, "account": ACCOUNT}
        assert (await api.client.post(f"{API}/invitations/accept", account)).status_code == 200


async def test_who_is_in_stays_in_whatever_the_rules_become(life: Life) -> None:
    if not _is_of_organization(life):
        return
    _, key = await life.invited()
    acceptance = await life.accept(key)
    account = acceptance.invitation.accepted_by
    assert account is not None
    await life.tx.execute(CLOSED)

    assert await life.destination.role_of(life.tx, account) == life.destination.roles.low
    again = await life.accept_by_key_alone(key)
    assert again.membership == acceptance.membership


async def test_a_dead_link_can_ask_although_its_time_is_not_over(life: Life) -> None:
    invitation, key = await life.invited()
    assert not await life.ask(key)
    await life.tx.execute(CLOSED)

    assert await life.ask(key) is _is_of_organization(life)
    assert (await life.find(invitation.id)).shown_state is ShownState.PENDING


async def test_the_rules_of_another_organization_count_for_nothing_here(api: Api) -> None:
    await api.run(f"{CLOSED} WHERE slug = 'elsewhere'")
    invitation = await api.invite(api.world.ada)
    accept = {"key": await api.key(), "account": ACCOUNT}
    assert (await api.client.post(f"{API}/invitations/accept", accept)).status_code == 200
    assert invitation["role"] == "viewer"
