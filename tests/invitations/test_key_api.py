"""The invitations of the API for who holds a key: look up, accept, decline, ask again."""

from typing import Any

import pytest

from tests.client import API
from tests.invitations.api_kit import ACCOUNT, ANA, HERE, PUBLIC, Api, assert_problem
from tests.world import World

UNKNOWN = "x" * 43


@pytest.mark.parametrize(
    ("email", "who", "step"),
    [
        (ANA, None, "create_account"),
        (ANA, "flo", "accept"),
        ("flo@cast.example.com", None, "accept"),
        ("flo@cast.example.com", "flo", "accept"),
        ("flo@cast.example.com", "eve", "sign_in"),
    ],
)
async def test_looking_up_shows_the_public_view_and_the_next_step(
    api: Api, email: str, who: str | None, step: str
) -> None:
    invitation = await api.invite(api.world.ada, email=email, metadata={"secret": "plan"})
    key = await api.key(email)
    person = getattr(api.world, who) if who else None
    answer = await api.client.as_(person).post(f"{API}/invitations/lookup", {"key": key})

    assert answer.status_code == 200
    assert answer.json().keys() == PUBLIC | {"next"}
    assert answer.json()["next"] == step
    assert answer.json()["inviter"] == {"type": "user", "name": "Ada Abel"}
    shared = PUBLIC - {"inviter"}
    assert {name: answer.json()[name] for name in shared} == {
        name: invitation[name] for name in shared
    }


async def test_where_sign_in_is_asked_for_it_is_the_next_step(api: Api) -> None:
    await api.invite(api.world.ada, email=api.world.flo.email)
    await api.run("UPDATE organizations SET requires_sign_in = true")
    key = await api.key(api.world.flo.email)

    looked = await api.client.post(f"{API}/invitations/lookup", {"key": key})
    assert looked.json()["next"] == "sign_in"
    refused = await api.client.post(f"{API}/invitations/accept", {"key": key})
    assert_problem(refused, 401, "sign_in_required")
    joined = await api.client.as_(api.world.flo).post(f"{API}/invitations/accept", {"key": key})
    assert joined.status_code == 200


async def test_a_newcomer_gets_a_session(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    key = await api.key()
    answer = await api.client.post(f"{API}/invitations/accept", {"key": key, "account": ACCOUNT})

    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"object", "invitation", "membership", "session"}
    assert body["object"] == "acceptance"
    assert body["invitation"].keys() == PUBLIC
    assert (body["invitation"]["id"], body["invitation"]["state"]) == (invitation["id"], "accepted")
    assert body["membership"]["object"] == "membership"
    assert body["membership"]["role"] == "viewer"
    assert body["session"].keys() == {"object", "id", "token", "expires_at", "user"}
    assert body["session"]["user"]["default_organization"] == api.world.analytical.public_id
    headers = {"Authorization": f"Bearer {body['session']['token']}"}
    me = await api.client.get(f"{API}/me", headers=headers)
    assert me.json()["email"] == ANA


async def test_asking_again_gives_the_same_membership_without_a_session(api: Api) -> None:
    await api.invite(api.world.ada)
    key = await api.key()
    path = f"{API}/invitations/accept"
    first = (await api.client.post(path, {"key": key, "account": ACCOUNT})).json()
    again = await api.client.post(path, {"key": key})

    assert again.status_code == 200
    assert "session" not in again.json()
    assert again.json()["membership"] == first["membership"]
    refused = await api.client.post(path, {"key": key, "account": ACCOUNT})
    assert refused.status_code in {409, 410}
    assert_problem(
        await api.client.as_(api.world.eve).post(path, {"key": key}),
        410,
        "invitation_already_accepted",
    )


ACCEPTING: list[tuple[str, str | None, dict[str, Any], tuple[int, str] | None]] = [
    (ANA, None, {}, (422, "account_required")),
    (ANA, "flo", {}, (403, "wrong_account")),
    (ANA, "flo", {"as": "me"}, None),
    (ANA, "flo", {"account": ACCOUNT}, (422, "invalid_request")),
    (ANA, "flo", {"as": "me", "account": ACCOUNT}, (422, "invalid_request")),
    (ANA, "di", {"as": "me"}, (409, "already_member")),
    (ANA, None, {"as": "me"}, (422, "invalid_request")),
    (ANA, None, {"as": "you"}, (422, "invalid_request")),
    (ANA, None, {"account": {**ACCOUNT, "password": "short"}}, (422, "weak_password")),
    (ANA, None, {"account": {**ACCOUNT, "first_name": ""}}, (422, "invalid_request")),
    (ANA, None, {"account": {**ACCOUNT, "email": "b@example.com"}}, (422, "invalid_request")),
    ("flo@cast.example.com", None, {}, None),
    ("flo@cast.example.com", None, {"account": ACCOUNT}, (409, "account_exists")),
    ("flo@cast.example.com", "flo", {}, None),
    ("flo@cast.example.com", "flo", {"as": "me"}, None),
    ("flo@cast.example.com", "eve", {}, (403, "wrong_account")),
    ("flo@cast.example.com", "eve", {"as": "me"}, (403, "wrong_account")),
]


@pytest.mark.parametrize(("email", "who", "body", "refusal"), ACCEPTING)
async def test_accepting_in_each_case_of_the_table(
    api: Api, email: str, who: str | None, body: dict[str, Any], refusal: tuple[int, str] | None
) -> None:
    await api.invite(api.world.ada, email=email)
    key = await api.key(email)
    before = await api.counts()
    person = getattr(api.world, who) if who else None
    answer = await api.client.as_(person).post(f"{API}/invitations/accept", {"key": key, **body})

    if refusal is not None:
        assert_problem(answer, *refusal)
        assert await api.counts() == before
        return
    assert answer.status_code == 200
    assert answer.json().keys() == {"object", "invitation", "membership"}
    assert answer.json()["membership"]["user"]["id"] == api.world.flo.public_id


async def test_a_fault_in_the_account_says_where(api: Api) -> None:
    await api.invite(api.world.ada)
    key = await api.key()
    for field, value in (("password", "short"), ("first_name", "\x00"), ("phone", "x")):
        account = {**ACCOUNT, field: value}
        answer = await api.client.post(
            f"{API}/invitations/accept", {"key": key, "account": account}
        )
        assert answer.status_code == 422
        assert [error["path"] for error in answer.json()["errors"]] == [f"account.{field}"]


ENDS = {
    "invitation_expired": "UPDATE invitations SET expires_at = clock_timestamp()",
    "invitation_revoked": "UPDATE invitations SET state = 'revoked', closed_at = clock_timestamp()",
    "invitation_declined": """
        UPDATE invitations SET state = 'declined', closed_at = clock_timestamp()
    """,
    "invitation_already_accepted": f"""
        UPDATE invitations SET state = 'accepted', closed_at = clock_timestamp(),
               accepted_by = '{World().di.id}'
    """,
    "invitation_superseded": "UPDATE keys SET superseded_at = clock_timestamp()",
}


@pytest.mark.parametrize("code", ENDS)
async def test_a_dead_link_says_the_same_to_every_question(api: Api, code: str) -> None:
    await api.invite(api.world.ada)
    key = await api.key()
    await api.run(ENDS[code])

    for path, body in (
        ("lookup", {}),
        ("accept", {}),
        ("accept", {"account": ACCOUNT}),
        ("decline", {}),
    ):
        answer = await api.client.post(f"{API}/invitations/{path}", {"key": key, **body})
        assert_problem(answer, 410, code)


async def test_an_unknown_key_is_not_found(api: Api) -> None:
    for path in ("lookup", "accept", "decline"):
        answer = await api.client.post(f"{API}/invitations/{path}", {"key": UNKNOWN})
        assert_problem(answer, 404, "key_not_found")


async def test_an_inviter_who_may_no_longer_invite_lets_nobody_in(api: Api) -> None:
    await api.invite(api.world.bo)
    key = await api.key()
    await api.run("UPDATE members SET role = 'viewer' WHERE user_id = $1", api.world.bo.id)
    before = await api.counts()

    answer = await api.client.post(f"{API}/invitations/accept", {"key": key, "account": ACCOUNT})
    assert_problem(answer, 409, "inviter_not_entitled")
    assert await api.counts() == before


async def test_declining_answers_nothing_and_tells_the_inviter(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    key = await api.key()
    answer = await api.client.post(f"{API}/invitations/decline", {"key": key, "reason": "No time"})

    assert (answer.status_code, answer.content) == (204, b"")
    seen = (await api.client.as_(api.world.ada).get(f"{HERE}/{invitation['id']}")).json()
    assert (seen["state"], seen["decline_reason"]) == ("declined", "No time")
    assert seen["declined_at"]


@pytest.mark.parametrize("key", ["the mailed one", "a dead one", UNKNOWN, "x"])
async def test_asking_for_a_new_one_answers_the_same_for_every_key(api: Api, key: str) -> None:
    await api.invite(api.world.ada)
    mailed = await api.key()
    if key == "a dead one":
        await api.run(ENDS["invitation_expired"])
    sent = mailed if key.startswith(("the", "a ")) else key
    answer = await api.client.post(f"{API}/invitations/request-new", {"key": sent})

    assert (answer.status_code, answer.content) == (202, b"")
    async with api.database.reader() as reader:
        letters = await api.mailbox.letters(reader, to=api.world.ada.email)
    assert len(letters) == (1 if key == "a dead one" else 0)
