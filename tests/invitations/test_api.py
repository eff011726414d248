"""The invitations of the API for those who invite: statuses, codes, shapes to the letter."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.client import API
from tests.invitations.api_kit import ANA, HERE, Api, assert_problem


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", HERE),
        ("POST", HERE),
        ("GET", f"{HERE}/inv_01h455vb4pex5vsknk084sn02q"),
        ("GET", f"{API}/me/invitations"),
    ],
)
async def test_nobody_signed_in_is_told_to_sign_in(api: Api, method: str, path: str) -> None:
    body = {"email": ANA, "role": "viewer"} if method == "POST" else None
    assert_problem(await api.client.request(method, path, json=body), 401, "not_authenticated")


async def test_a_stranger_does_not_learn_of_it(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    eve = api.client.as_(api.world.eve)
    for path in (HERE, f"{HERE}/{invitation['id']}"):
        assert_problem(await eve.get(path), 404, "organization_not_found")
    elsewhere = f"{API}/organizations/elsewhere/invitations/{invitation['id']}"
    assert_problem(await eve.get(elsewhere), 404, "invitation_not_found")


WHOLE = {
    "role": "manager",
    "locale": "sv",
    "redirect_url": "https://example.com/welcome",
    "metadata": {"team": {"id": 7, "tags": ["a", None, True, 1.5]}},
}
UNSENT = {"state": "not_configured", "attempts": 0, "last_attempt_at": None, "reason": None}


async def test_an_invitation_has_every_field_of_the_documentation(api: Api) -> None:
    until = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    sent = {**WHOLE, "email": "Ana@Example.com", "expires_at": until.isoformat()}
    answer = await api.client.as_(api.world.bo).post(HERE, sent)
    invitation = answer.json()
    known = {name: invitation[name] for name in ("id", "created_at", "last_sent_at")}
    here = {"type": "organization", "id": api.world.analytical.public_id, "name": "Analytical"}

    assert answer.status_code == 201
    assert invitation == {
        **known,
        **WHOLE,
        "object": "invitation",
        "member_until": None,
        "destination": here,
        "email": "Ana@Example.com",
        "state": "pending",
        "delivery": UNSENT,
        "inviter": {"type": "user", "id": api.world.bo.public_id, "name": "Bo Berg"},
        "send_count": 1,
        "expires_at": until.isoformat().replace("+00:00", "Z"),
        "accepted_at": None,
        "declined_at": None,
        "revoked_at": None,
        "decline_reason": None,
    }
    assert invitation["id"].startswith("inv_")
    assert invitation["created_at"].endswith("Z")


async def test_it_says_where_it_is(api: Api) -> None:
    ada = api.client.as_(api.world.ada)
    made = await ada.post(HERE, {"email": ANA, "role": "viewer"})
    found = await ada.get(made.headers["Location"])

    place = f"{API}/organizations/{api.world.analytical.public_id}/invitations"
    assert made.headers["Location"] == f"{place}/{made.json()['id']}"
    assert found.status_code == 200
    assert found.json() == made.json()


async def test_inviting_again_is_no_new_invitation(api: Api) -> None:
    first = await api.invite(api.world.ada)
    again = await api.client.as_(api.world.bo).post(
        HERE, {"email": "ANA@example.com", "role": "manager"}
    )

    assert again.status_code == 200
    assert again.json()["id"] == first["id"]
    assert (again.json()["role"], again.json()["send_count"]) == ("manager", 2)
    assert again.json()["inviter"]["name"] == "Bo Berg"
    assert again.headers["Location"].endswith(first["id"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "di@cast.example.com"}, 409, "already_member"),
        ({"role": "owner"}, 403, "role_not_allowed"),
        ({"role": "root"}, 422, "invalid_request"),
        ({"role": None}, 422, "invalid_request"),
        ({"email": "ana"}, 422, "invalid_email"),
        ({"email": "ana@localhost"}, 422, "invalid_email"),
        ({"email": "a@example.com, b@example.com"}, 422, "invalid_email"),
        ({"email": " ana@example.com"}, 422, "invalid_email"),
        ({"email": ["ana@example.com"]}, 422, "invalid_request"),
        ({"redirect_url": "http://example.com"}, 422, "redirect_not_allowed"),
        ({"redirect_url": "javascript:alert(1)"}, 422, "redirect_not_allowed"),
        ({"metadata": {"a": "x" * 4096}}, 422, "invalid_request"),
        ({"metadata": {"a": [1e300] * 100}}, 422, "invalid_request"),
        ({"metadata": {"a": "\x00"}}, 422, "invalid_request"),
        ({"metadata": []}, 422, "invalid_request"),
        ({"expires_in_days": 0}, 422, "invalid_request"),
        ({"expires_in_days": 31}, 422, "invalid_request"),
        ({"expires_in_days": 0.01}, 422, "invalid_request"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "invalid_request"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, 422, "invalid_request"),
        ({"expires_at": "2026-11-21T00:00:00"}, 422, "invalid_request"),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, 422, "invalid_request"),
        ({"expires_at": "9999-12-31T23:59:59.999999-14:00"}, 422, "invalid_request"),
        ({"expires_at": 1800000000}, 422, "invalid_request"),
        ({"expires_in_days": 5e-324}, 422, "invalid_request"),
        ({"metadata": {"a\x00": 1}}, 422, "invalid_request"),
        ({"metadata": {"a": 10**30}}, 422, "invalid_request"),
        ({"expires_at": "tomorrow"}, 422, "invalid_request"),
        ({"expires_at": "2026-11-22T00:00:00Z", "expires_in_days": 2}, 422, "invalid_request"),
        ({"locale": "x"}, 422, "invalid_request"),
        ({"locale": "en\r\n"}, 422, "invalid_request"),
        ({"state": "accepted"}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_offered_is_refused(
    api: Api, body: dict[str, object], status: int, code: str
) -> None:
    sent = {"email": ANA, "role": "viewer", **body}
    assert_problem(await api.client.as_(api.world.bo).post(HERE, sent), status, code)
    async with api.database.reader() as reader:
        for table in ("invitations", "messages", "keys", "audit"):
            assert await reader.fetch_value(f"SELECT count(*) FROM {table}") == 0


async def test_days_may_be_said_in_parts(api: Api) -> None:
    invitation = await api.invite(api.world.ada, expires_in_days=0.5)
    made = datetime.fromisoformat(invitation["created_at"])
    until = datetime.fromisoformat(invitation["expires_at"])
    assert abs(until - made - timedelta(hours=12)) < timedelta(seconds=5)


async def test_editing_keeps_what_is_left_out(api: Api) -> None:
    before = await api.invite(api.world.ada, metadata={"a": 1})
    path = f"{HERE}/{before['id']}"
    answer = await api.client.as_(api.world.ada).patch(path, {"role": "admin"})

    assert answer.status_code == 200
    assert answer.json() == before | {"role": "admin"}
    assert (await api.client.as_(api.world.ada).patch(path, {})).json() == answer.json()


async def test_resending_counts(api: Api) -> None:
    before = await api.invite(api.world.ada)
    answer = await api.client.as_(api.world.bo).post(f"{HERE}/{before['id']}/resend")

    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["send_count"]) == (before["id"], 2)
    assert answer.json()["last_sent_at"] > before["last_sent_at"]
    assert answer.json()["inviter"]["id"] == api.world.bo.public_id


async def test_revoking_twice_is_the_same_as_once(api: Api) -> None:
    path = f"{HERE}/{(await api.invite(api.world.ada))['id']}"
    ada = api.client.as_(api.world.ada)
    first, second = await ada.post(f"{path}/revoke"), await ada.post(f"{path}/revoke")

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert first.json()["state"] == "revoked"
    assert first.json()["revoked_at"]
    assert_problem(await ada.post(f"{path}/resend"), 409, "invitation_closed")
    assert_problem(await ada.patch(path, {"role": "admin"}), 409, "invitation_closed")


async def test_the_list_is_filtered_by_state_and_address(api: Api) -> None:
    ada, names = (
        api.client.as_(api.world.ada),
        ("pending", "expired", "revoked", "declined", "accepted"),
    )
    made = {name: await api.invite(api.world.ada, email=f"{name}@example.com") for name in names}
    await ada.post(f"{HERE}/{made['revoked']['id']}/revoke")
    past = "UPDATE invitations SET expires_at = clock_timestamp() WHERE address = $1"
    await api.run(past, "expired@example.com")
    close = "UPDATE invitations SET state = $1, closed_at = clock_timestamp() WHERE address = $2"
    await api.run(close, "declined", "declined@example.com")
    joined = f"{close} AND $3::uuid IS NOT NULL".replace(
        "state = $1", "state = $1, accepted_by = $3"
    )
    await api.run(joined, "accepted", "accepted@example.com", api.world.flo.id)

    async def states(question: str) -> list[str]:
        answer = await ada.get(f"{HERE}?{question}")
        assert answer.status_code == 200
        assert answer.json()["object"] == "list"
        return [each["state"] for each in answer.json()["data"]]

    assert await states("") == list(reversed(names))
    for name in names:
        assert await states(f"state={name}") == [name]
        assert await states(f"email={name.upper()}@EXAMPLE.com") == [name]
    assert await states("state=pending&state=expired") == ["expired", "pending"]
    assert await states("state=pending&email=revoked@example.com") == []
    assert await states("email=nobody@example.com") == []


async def test_the_list_goes_on_by_cursors(api: Api) -> None:
    for number in range(5):
        await api.invite(api.world.ada, email=f"n{number}@example.com")
    ada = api.client.as_(api.world.ada)

    first = (await ada.get(f"{HERE}?limit=2")).json()
    second = (await ada.get(f"{HERE}?limit=2&after={first['list_metadata']['after']}")).json()
    third = (await ada.get(f"{HERE}?limit=2&after={second['list_metadata']['after']}")).json()
    back = (await ada.get(f"{HERE}?limit=2&before={third['list_metadata']['before']}")).json()

    seen = [each["email"][1] for page in (first, second, third) for each in page["data"]]
    assert seen == ["4", "3", "2", "1", "0"]
    assert first["list_metadata"]["before"] is None
    assert third["list_metadata"]["after"] is None
    assert back["data"] == second["data"]


async def test_a_batch_answers_each_row_by_itself(api: Api) -> None:
    rows = [
        {"email": ANA, "role": "viewer"},
        {"email": "di@cast.example.com", "role": "viewer"},
        {"email": "b@example.com", "role": "owner"},
        {"email": "ANA@example.com", "role": "manager"},
        {"role": "viewer"},
        "x",
    ]
    answer = await api.client.as_(api.world.bo).post(f"{HERE}/batch", {"invitations": rows})

    assert answer.status_code == 200
    assert answer.json()["object"] == "batch"
    told = [(row["index"], row["status"], row.get("code")) for row in answer.json()["data"]]
    assert told == [
        (0, 201, None),
        (1, 409, "already_member"),
        (2, 403, "role_not_allowed"),
        (3, 200, None),
        (4, 422, "invalid_request"),
        (5, 422, "invalid_request"),
    ]
    assert answer.json()["data"][3]["invitation"]["role"] == "manager"
