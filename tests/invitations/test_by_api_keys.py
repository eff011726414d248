"""Programs invite, with an API key: what that key and its maker may, now, and again at accept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.api_keys.cast import ALL_IN_APPS, Bot, add_key
from tests.client import API
from tests.invitations.api_kit import ACCOUNT, ANA, HERE, THERE, Api, assert_problem
from tests.world import ADA, BO, CY, ELSEWHERE, EVE, ROTA, SHIFTS

INVITER = Bot(1, maker=BO, permissions=("members:read", "invitations:read", "invitations:manage"))
ACCEPT, LOOK_UP = f"{API}/invitations/accept", f"{API}/invitations/lookup"
ASK = f"{API}/invitations/request-new"
SHOWN = "Deploy bot (Bo Berg)"


@pytest.fixture
async def bot(api: Api) -> Bot:
    """Bo's program, which may invite whom a key may that sees members."""
    return await made(api, INVITER)


async def made(api: Api, bot: Bot) -> Bot:
    async with api.database.transaction() as tx:
        return await add_key(tx, bot)


async def accept(api: Api) -> tuple[int, str | None]:
    """Join as Ana. Gives the status, and why not."""
    sent = {"key": await api.key(), "account": ACCOUNT}
    answer = await api.client.post(ACCEPT, sent)
    return answer.status_code, answer.json().get("code")


async def test_a_program_is_shown_as_the_inviter_everywhere(api: Api, bot: Bot) -> None:
    invitation = await api.invite(bot)
    assert invitation["inviter"] == {"type": "api_key", "id": bot.public_id, "name": SHOWN}
    seen = await api.client.as_(ADA).get(f"{HERE}/{invitation['id']}")
    assert seen.json()["inviter"] == invitation["inviter"]

    async with api.database.reader() as reader:
        letter = await api.mailbox.last(reader, to=ANA)
    assert letter.subject == f"{SHOWN} invites you to Analytical"
    assert f"{SHOWN} invites you, {ANA}, to join Analytical as a viewer." in letter.text
    looked = await api.client.post(LOOK_UP, {"key": await api.key()})
    assert looked.json()["inviter"] == {"type": "api_key", "name": SHOWN}
    assert await accept(api) == (200, None)


async def test_the_trail_tells_which_program_invited(api: Api, bot: Bot) -> None:
    await api.invite(bot)
    trail = await api.client.as_(ADA).get(f"{API}/organizations/analytical/audit")
    actor = trail.json()["data"][0]["actor"]
    assert actor == {"type": "api_key", "id": bot.public_id, "name": SHOWN}


async def test_a_program_grants_nothing_beyond_its_own_permissions(api: Api, bot: Bot) -> None:
    answer = await api.client.as_(bot).post(HERE, {"email": ANA, "role": "manager"})
    assert_problem(answer, 403, "role_not_allowed")


async def test_a_program_grants_nothing_beyond_its_makers(api: Api) -> None:
    bot = await made(api, Bot(2, maker=BO))
    answer = await api.client.as_(bot).post(HERE, {"email": ANA, "role": "owner"})
    assert_problem(answer, 403, "role_not_allowed")


async def test_what_the_maker_loses_the_program_loses_at_once(api: Api, bot: Bot) -> None:
    await api.run("UPDATE members SET role = 'viewer' WHERE user_id = $1", BO.id)
    answer = await api.client.as_(bot).post(HERE, {"email": ANA, "role": "viewer"})
    assert_problem(answer, 403, "not_permitted")
    await api.run("DELETE FROM members WHERE user_id = $1", BO.id)
    answer = await api.client.as_(bot).post(HERE, {"email": ANA, "role": "viewer"})
    assert_problem(answer, 401, "not_authenticated")


@pytest.mark.parametrize(
    "loss",
    [
        "UPDATE members SET role = 'manager' WHERE user_id = $1",
        "UPDATE members SET member_until = clock_timestamp() WHERE user_id = $1",
        "DELETE FROM members WHERE user_id = $1",
        "DELETE FROM api_keys WHERE user_id = $1",
        "UPDATE api_keys SET permissions = '{members:read}' WHERE user_id = $1",
        "UPDATE api_keys SET permissions = '{invitations:manage}' WHERE user_id = $1",
    ],
)
async def test_nobody_joins_by_what_the_program_may_no_longer_grant(
    api: Api, bot: Bot, loss: str
) -> None:
    await api.invite(bot)
    await api.run(loss, BO.id)
    page = await api.client.as_(None).http.get(
        f"/organization-invite?key={await api.key()}", follow_redirects=True
    )
    assert f"{SHOWN} may no longer invite people to Analytical." in page.text
    assert await accept(api) == (409, "inviter_not_entitled")


async def test_what_a_key_sent_in_time_outlives_it(api: Api, bot: Bot) -> None:
    await api.invite(bot)
    await api.run("UPDATE api_keys SET expires_at = clock_timestamp()")
    answer = await api.client.as_(bot).post(HERE, {"email": "two@example.com", "role": "viewer"})
    assert_problem(answer, 401, "not_authenticated")
    assert await accept(api) == (200, None)


async def test_a_new_invitation_is_asked_of_the_maker_while_they_may(api: Api, bot: Bot) -> None:
    await api.invite(bot)
    await api.run("UPDATE invitations SET expires_at = clock_timestamp()")
    await api.client.post(ASK, {"key": await api.key()})
    async with api.database.reader() as reader:
        assert "asks for a new one" in (await api.mailbox.last(reader, to=BO.email)).text


async def test_a_new_invitation_is_asked_of_the_owners_when_the_maker_may_not(
    api: Api, bot: Bot
) -> None:
    await api.invite(bot)
    await api.run("UPDATE members SET role = 'viewer' WHERE user_id = $1", BO.id)
    await api.client.post(ASK, {"key": await api.key()})
    async with api.database.reader() as reader:
        assert await api.mailbox.letters(reader, to=BO.email) == []
        assert len(await api.mailbox.letters(reader, to=ADA.email)) == 1


async def test_whoever_edits_what_a_program_sent_answers_for_it(api: Api, bot: Bot) -> None:
    invitation = await api.invite(bot)
    where = f"{HERE}/{invitation['id']}"
    edited = await api.client.as_(ADA).patch(where, {"role": "manager"})
    assert edited.json()["inviter"]["name"] == "Ada Abel"
    refused = await api.client.as_(bot).patch(where, {"role": "viewer"})
    assert_problem(refused, 403, "role_not_allowed")


async def test_a_program_sends_again_revokes_and_invites_many(api: Api, bot: Bot) -> None:
    program = api.client.as_(bot)
    where = f"{HERE}/{(await api.invite(bot, expires_in_days=1))['id']}"
    assert (await program.post(f"{where}/resend")).json()["send_count"] == 2
    assert (await program.post(f"{where}/revoke")).json()["state"] == "revoked"
    rows = [{"email": ANA, "role": role} for role in ("viewer", "owner")]
    batch = await program.post(f"{HERE}/batch", {"invitations": rows})
    assert [row["status"] for row in batch.json()["data"]] == [201, 403]


async def test_a_program_writes_in_its_makers_language_unless_it_says_otherwise(
    api: Api, bot: Bot
) -> None:
    await api.run("UPDATE accounts SET locale = 'sv' WHERE id = $1", BO.id)
    assert (await api.invite(bot))["locale"] == "sv"
    assert (await api.invite(bot, email="two@example.com", locale="en"))["locale"] == "en"


async def test_a_program_with_apps_to_manage_invites_to_all_of_them(api: Api) -> None:
    bot = await made(api, Bot(2, maker=BO, permissions=ALL_IN_APPS))
    invitation = await api.invite_to_app(bot, role="Boss")
    assert invitation["inviter"]["id"] == bot.public_id
    refused = await api.client.as_(bot).post(HERE, {"email": ANA, "role": "viewer"})
    assert_problem(refused, 403, "not_permitted")


async def test_inviting_to_the_organization_is_not_inviting_to_its_apps(api: Api, bot: Bot) -> None:
    refused = await api.client.as_(bot).post(THERE, {"email": ANA, "role": "Employee"})
    assert_problem(refused, 403, "not_permitted")


async def test_a_program_of_one_app_is_known_in_no_other_place(api: Api) -> None:
    bot = await made(api, Bot(2, maker=BO, app=SHIFTS, permissions=ALL_IN_APPS))
    assert (await api.invite_to_app(bot))["inviter"]["id"] == bot.public_id
    program = api.client.as_(bot)
    sent = {"email": ANA, "role": "viewer"}
    assert_problem(await program.post(HERE, sent), 404, "organization_not_found")
    elsewhere = await program.post(f"{API}/apps/{ROTA.slug}/invitations", sent)
    assert_problem(elsewhere, 404, "app_not_found")
    assert_problem(
        await program.get(f"{API}/organizations/analytical"), 404, "organization_not_found"
    )


async def test_who_was_invited_to_an_app_by_a_program_joins_while_its_maker_may(api: Api) -> None:
    bot = await made(api, Bot(2, maker=BO, app=SHIFTS, permissions=ALL_IN_APPS))
    for email in (ANA, "two@example.com"):
        await api.invite_to_app(bot, email=email)
    sent = {"account": {"password": ACCOUNT["password"]}}
    joined = await api.client.post(ACCEPT, {"key": await api.key(), **sent})
    assert joined.status_code == 200
    await api.run("UPDATE members SET role = 'manager' WHERE user_id = $1", BO.id)
    refused = await api.client.post(ACCEPT, {"key": await api.key("two@example.com"), **sent})
    assert_problem(refused, 409, "inviter_not_entitled")


async def test_a_program_accepts_declines_and_looks_up_nothing_for_anybody(
    api: Api, bot: Bot
) -> None:
    await api.invite(bot)
    key = {"key": await api.key()}
    for path in (LOOK_UP, ACCEPT):
        assert_problem(await api.client.as_(bot).post(path, key), 403, "not_permitted")


async def test_a_program_of_another_organization_finds_nothing_here(api: Api) -> None:
    bot = await made(api, Bot(2, maker=EVE, place=ELSEWHERE))
    sent = {"email": ANA, "role": "viewer"}
    assert_problem(await api.client.as_(bot).post(HERE, sent), 404, "organization_not_found")
    assert_problem(await api.client.as_(bot).post(THERE, sent), 404, "app_not_found")


async def test_a_key_reaches_one_organization_though_its_maker_is_in_several(api: Api) -> None:
    bot = await made(api, replace(INVITER, number=2, maker=CY))
    await api.run(
        """
        INSERT INTO members (id, organization_id, user_id, role)
        VALUES (gen_random_uuid(), $1, $2, 'owner')
        """,
        ELSEWHERE.id,
        CY.id,
    )
    sent = {"email": ANA, "role": "viewer"}
    elsewhere = await api.client.as_(bot).post(f"{API}/organizations/elsewhere/invitations", sent)
    assert_problem(elsewhere, 404, "organization_not_found")


async def test_an_expired_key_is_no_key(api: Api) -> None:
    bot = await made(api, replace(INVITER, number=2, expires_in=timedelta(seconds=-1)))
    assert_problem(await api.client.as_(bot).get(HERE), 401, "not_authenticated")
