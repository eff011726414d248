"""Invitations to apps in the API: the same calls under an app, by its members and by users."""

from typing import Any

import pytest

from tests.client import API
from tests.invitations.api_kit import ACCOUNT, ANA, HERE, PUBLIC, THERE, Api, assert_problem

OWN = {"password": ACCOUNT["password"]}
ACCEPT, LOOK_UP = f"{API}/invitations/accept", f"{API}/invitations/lookup"


async def test_nobody_signed_in_is_told_to_sign_in(api: Api) -> None:
    assert_problem(await api.client.get(THERE), 401, "not_authenticated")
    body = {"email": ANA, "role": "Employee"}
    assert_problem(await api.client.post(THERE, body), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["rob", "eve", "flo"])
async def test_a_stranger_does_not_learn_of_it(api: Api, who: str) -> None:
    invitation = await api.invite_to_app(api.world.mia)
    stranger = api.client.as_(getattr(api.world, who))
    for path in (THERE, f"{THERE}/{invitation['id']}"):
        assert_problem(await stranger.get(path), 404, "app_not_found")


async def test_a_member_of_an_app_is_nobody_at_its_organization(api: Api) -> None:
    assert_problem(await api.client.as_(api.world.mia).get(HERE), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("who", "kind"), [("mia", "app_member"), ("bea", "app_member"), ("ada", "user"), ("bo", "user")]
)
async def test_an_invitation_says_to_which_app_of_whom(api: Api, who: str, kind: str) -> None:
    by = getattr(api.world, who)
    answer = await api.client.as_(by).post(THERE, {"email": ANA, "role": "Employee"})
    world, invitation = api.world, answer.json()

    assert answer.status_code == 201
    assert invitation["destination"] == {
        "type": "app",
        "id": world.shifts.public_id,
        "name": "Shifts",
        "organization": {"id": world.analytical.public_id, "name": "Analytical"},
    }
    assert invitation["role"] == "Employee"
    assert invitation["inviter"] == {"type": kind, "id": by.public_id, "name": by.name}
    place = f"{API}/apps/{world.shifts.public_id}/invitations"
    assert answer.headers["Location"] == f"{place}/{invitation['id']}"
    assert (await api.client.as_(by).get(answer.headers["Location"])).json() == invitation


@pytest.mark.parametrize(
    ("who", "role", "status", "code"),
    [
        ("emil", "Employee", 403, "not_permitted"),
        ("cy", "Employee", 403, "not_permitted"),
        ("di", "Employee", 403, "not_permitted"),
        ("mia", "Boss", 403, "role_not_allowed"),
        ("mia", "viewer", 422, "invalid_request"),
        ("bo", "admin", 422, "invalid_request"),
    ],
)
async def test_who_may_not_invite_or_not_to_that_is_refused(
    api: Api, who: str, role: str, status: int, code: str
) -> None:
    before = await api.counts()
    answer = await api.client.as_(getattr(api.world, who)).post(THERE, {"email": ANA, "role": role})
    assert_problem(answer, status, code)
    assert await api.counts() == before


async def test_an_app_that_was_never_published_invites_nobody(api: Api) -> None:
    await api.run("UPDATE apps SET version = NULL")
    ada = api.client.as_(api.world.ada)
    refused = await ada.post(THERE, {"email": ANA, "role": "Employee"})
    assert_problem(refused, 409, "app_not_published")
    assert (await ada.get(THERE)).json()["data"] == []


async def test_each_list_shows_the_invitations_of_its_place_alone(api: Api) -> None:
    world = api.world
    here, there = await api.invite(world.ada), await api.invite_to_app(world.mia)
    rota = f"{API}/apps/rota/invitations"
    await api.client.as_(world.rob).post(rota, {"email": ANA, "role": "Employee"})

    for person, path, one in ((world.ada, HERE, here), (world.cy, THERE, there)):
        data = (await api.client.as_(person).get(path)).json()["data"]
        assert [each["id"] for each in data] == [one["id"]]
    ada = api.client.as_(world.ada)
    for path in (f"{HERE}/{there['id']}", f"{THERE}/{here['id']}"):
        assert_problem(await ada.get(path), 404, "invitation_not_found")
        assert_problem(await ada.post(f"{path}/revoke"), 404, "invitation_not_found")


async def test_no_user_finds_an_apps_invitation_among_their_own(api: Api) -> None:
    invitation = await api.invite_to_app(api.world.mia, email=api.world.flo.email)
    flo = api.client.as_(api.world.flo)
    assert (await flo.get(f"{API}/me/invitations")).json()["data"] == []
    answer = await flo.post(f"{API}/me/invitations/{invitation['id']}/accept")
    assert_problem(answer, 404, "invitation_not_found")


async def test_it_is_edited_resent_and_revoked_like_any_other(api: Api) -> None:
    path = f"{THERE}/{(await api.invite_to_app(api.world.mia))['id']}"
    mia, bo = api.client.as_(api.world.mia), api.client.as_(api.world.bo)

    assert (await bo.patch(path, {"role": "Boss"})).json()["role"] == "Boss"
    assert_problem(await mia.post(f"{path}/resend"), 403, "role_not_allowed")
    assert (await bo.patch(path, {"role": "Manager"})).json()["role"] == "Manager"
    assert (await mia.post(f"{path}/resend")).json()["send_count"] == 2
    assert (await mia.post(f"{path}/revoke")).json()["state"] == "revoked"


async def test_a_batch_answers_each_row_by_itself(api: Api) -> None:
    rows = [
        {"email": ANA, "role": "Employee"},
        {"email": api.world.emil.email, "role": "Employee"},
        {"email": api.world.emil.email, "role": "Manager"},
        {"email": "b@example.com", "role": "Boss"},
    ]
    answer = await api.client.as_(api.world.mia).post(f"{THERE}/batch", {"invitations": rows})
    told = [(row["status"], row.get("code")) for row in answer.json()["data"]]
    assert told == [(201, None), (409, "already_member"), (201, None), (403, "role_not_allowed")]


@pytest.mark.parametrize("who", [None, "flo", "rob"])
async def test_a_newcomer_gets_a_session_in_the_app_and_no_user(api: Api, who: str | None) -> None:
    await api.invite_to_app(api.world.mia)
    key = await api.key()
    client = api.client.as_(getattr(api.world, who) if who else None)
    looked = await client.post(LOOK_UP, {"key": key})
    users = await _count(api, "users")
    answer = await client.post(ACCEPT, {"key": key, "account": OWN | {"name": "Ana Ahn"}})

    assert looked.json().keys() == PUBLIC | {"next"}
    assert looked.json()["next"] == "activate"
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.keys() == {"object", "invitation", "membership", "session"}
    assert body["membership"]["object"] == "app_member"
    assert body["membership"]["id"].startswith("apm_")
    assert (body["membership"]["name"], body["membership"]["roles"]) == ("Ana Ahn", ["Employee"])
    assert body["session"].keys() == {"object", "id", "token", "expires_at", "member"}
    assert body["session"]["member"] == body["membership"]
    assert await _count(api, "users") == users
    headers = {"Authorization": f"Bearer {body['session']['token']}"}
    me = await api.client.get(f"{API}/apps/shifts/me", headers=headers)
    assert me.json()["email"] == ANA


async def test_a_newcomer_needs_no_name(api: Api) -> None:
    await api.invite_to_app(api.world.mia)
    answer = await api.client.post(ACCEPT, {"key": await api.key(), "account": OWN})
    assert answer.json()["membership"]["name"] is None


ORGANIZATIONAL = {name: ACCOUNT[name] for name in ("first_name", "last_name")}


@pytest.mark.parametrize(
    ("kind", "account", "faults"),
    [
        ("app", OWN | ORGANIZATIONAL, {"account.first_name", "account.last_name"}),
        ("app", OWN | {"phone": None}, {"account.phone"}),
        ("app", OWN | {"name": "x" * 200}, {"account.name"}),
        ("app", {"password": "short"}, {"account.password"}),
        ("organization", OWN, {"account.first_name", "account.last_name"}),
        ("organization", ACCOUNT | {"name": "Ana"}, {"account.name"}),
        (
            "organization",
            OWN | {"name": "A", "first_name": "A"},
            {"account.name", "account.last_name"},
        ),
    ],
)
async def test_each_kind_of_place_asks_for_its_own_account(
    api: Api, kind: str, account: dict[str, Any], faults: set[str]
) -> None:
    await (api.invite_to_app if kind == "app" else api.invite)(api.world.ada)
    before = await api.counts()
    answer = await api.client.post(ACCEPT, {"key": await api.key(), "account": account})

    assert answer.status_code == 422
    assert {error["path"] for error in answer.json()["errors"]} == faults
    assert await api.counts() == before


@pytest.mark.parametrize("who", [None, "emil", "flo"])
async def test_the_key_alone_gives_a_member_one_role_more(api: Api, who: str | None) -> None:
    emil = api.world.emil
    await api.invite_to_app(api.world.mia, email=emil.email, role="Manager")
    client = api.client.as_(getattr(api.world, who) if who else None)
    key = await api.key(emil.email)
    assert (await client.post(LOOK_UP, {"key": key})).json()["next"] == "accept"
    answer = await client.post(ACCEPT, {"key": key})

    assert answer.status_code == 200
    assert answer.json().keys() == {"object", "invitation", "membership"}
    assert answer.json()["membership"]["id"] == emil.public_id
    assert set(answer.json()["membership"]["roles"]) == {"Employee", "Manager"}
    again = await client.post(ACCEPT, {"key": key})
    assert again.json() == answer.json()


async def test_another_member_of_the_app_is_told_whose_it_is(api: Api) -> None:
    await api.invite_to_app(api.world.bea)
    key, emil = await api.key(), api.client.as_(api.world.emil)
    assert (await emil.post(LOOK_UP, {"key": key})).json()["next"] == "activate"
    assert_problem(await emil.post(ACCEPT, {"key": key}), 403, "wrong_account")
    refused = await emil.post(ACCEPT, {"key": key, "account": OWN})
    assert_problem(refused, 422, "invalid_request")


@pytest.mark.parametrize("who", ["flo", "emil"])
async def test_nobody_joins_as_themselves(api: Api, who: str) -> None:
    await api.invite_to_app(api.world.mia)
    client = api.client.as_(getattr(api.world, who))
    answer = await client.post(ACCEPT, {"key": await api.key(), "as": "me"})
    assert_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize("path", [LOOK_UP, ACCEPT])
async def test_a_member_of_an_app_holds_a_key_to_an_organization_in_vain(
    api: Api, path: str
) -> None:
    await api.invite(api.world.ada)
    answer = await api.client.as_(api.world.mia).post(path, {"key": await api.key()})
    assert_problem(answer, 401, "not_authenticated")


async def test_inviting_from_inside_an_app_is_an_operation_of_its_own_name(api: Api) -> None:
    document = (await api.client.get(f"{API}/openapi.json")).json()
    operation = document["paths"]["/api/v1/apps/{app}/invitations"]["post"]
    assert operation["operationId"] == "appMember.invite"
    ids = [
        each["operationId"]
        for path in document["paths"].values()
        for each in path.values()
        if "operationId" in each
    ]
    assert len(ids) == len(set(ids))


async def _count(api: Api, table: str) -> int:
    async with api.database.reader() as reader:
        return int(await reader.fetch_value(f"SELECT count(*) FROM {table}"))
