"""The invitations of the API to the caller: their own address is the proof."""

import pytest

from tests.client import API
from tests.invitations.api_kit import ACCOUNT, ANA, PUBLIC, Api, assert_problem


async def test_who_signed_up_by_themselves_finds_what_waits_for_them(api: Api) -> None:
    invitation = await api.invite(api.world.ada, email="FLO@cast.example.com")
    await api.invite(api.world.ada)
    flo = api.client.as_(api.world.flo)
    listed = (await flo.get(f"{API}/me/invitations")).json()

    assert [each["id"] for each in listed["data"]] == [invitation["id"]]
    assert listed["data"][0].keys() == PUBLIC
    path = f"{API}/me/invitations/{invitation['id']}"
    assert_problem(
        await api.client.as_(api.world.eve).post(f"{path}/accept"), 404, "invitation_not_found"
    )
    joined = await flo.post(f"{path}/accept")
    assert joined.status_code == 200
    assert joined.json()["object"] == "acceptance"
    assert (await flo.get(f"{API}/me/invitations")).json()["data"] == []
    assert (await flo.get(f"{API}/organizations/analytical")).json()["role"] == "viewer"


@pytest.mark.parametrize("body", [None, {}, {"reason": "No time"}, {"reason": None}])
async def test_what_waits_may_be_declined(api: Api, body: dict[str, object] | None) -> None:
    invitation = await api.invite(api.world.ada, email=api.world.flo.email)
    path = f"{API}/me/invitations/{invitation['id']}"
    flo = api.client.as_(api.world.flo)

    assert (await flo.post(f"{path}/decline", body)).status_code == 204
    assert_problem(await flo.post(f"{path}/decline", body), 410, "invitation_declined")
    assert_problem(await flo.post(f"{path}/accept"), 410, "invitation_declined")


async def test_signing_up_joins_nothing_by_itself(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    await api.client.post(f"{API}/sign-ups", {"email": ANA})
    key = await api.key()
    made = await api.client.post(f"{API}/sign-ups/complete", {"key": key, **ACCOUNT})
    headers = {"Authorization": f"Bearer {made.json()['token']}"}

    assert made.status_code == 201
    found = await api.client.get(f"{API}/me/organizations", headers=headers)
    assert found.json()["data"] == []
    waiting = await api.client.get(f"{API}/me/invitations", headers=headers)
    assert [each["id"] for each in waiting.json()["data"]] == [invitation["id"]]
