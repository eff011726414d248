"""Everything that people do leaves its trail: one entry for each change, by whom, on what."""

from datetime import timedelta

from tests.audit.trail import ANA, BETTER, INVITATIONS, NEWCOMER, Trail, is_by
from tests.client import API
from tests.world import PASSWORD
from vestibule.invitations import chores
from vestibule.kernel.ids import decode

ORG = f"{API}/organizations/analytical"


async def test_signing_up(trail: Trail) -> None:
    nobody = trail.client
    asked = await trail.only(await nobody.post(f"{API}/sign-ups", {"email": ANA}), "sign_up.asked")
    assert (asked["actor_kind"], asked["actor_id"]) == ("key_holder", None)
    assert asked["details"] == {"address": ANA}

    body = {"key": await trail.key(ANA), **NEWCOMER}
    answer = await nobody.post(f"{API}/sign-ups/complete", body)
    started = await trail.only(answer, "account.made", "session.started")
    user_id = decode("user", answer.json()["user"]["id"])
    assert (started["actor_kind"], started["actor_id"]) == ("account", user_id)
    assert started["subject_id"] == decode("ses", answer.json()["id"])


async def test_signing_in_and_out(trail: Trail) -> None:
    ada = trail.world.ada
    answer = await trail.client.post(f"{API}/sessions", {"email": ada.email, "password": PASSWORD})
    started = await trail.only(answer, "session.started")
    assert started["actor_id"] == ada.id

    answer = await trail.client.as_(ada).delete(f"{API}/sessions/current")
    ended = await trail.only(answer, "session.ended")
    assert is_by(ended, ada)
    assert ended["subject_id"] == ada.session_id


async def test_ending_sessions(trail: Trail) -> None:
    ada = trail.world.ada
    body = {"email": ada.email, "password": PASSWORD}
    begun = [(await trail.client.post(f"{API}/sessions", body)).json()["id"] for _ in range(3)]
    await trail.news()
    answer = await trail.client.as_(ada).delete(f"{API}/me/sessions/{begun[0]}")
    assert is_by(await trail.only(answer, "session.ended"), ada)

    browser = trail.client.as_(ada)
    answer = await browser.submit("/profile/sessions/end-others", page="/profile/sessions")
    ended = await trail.only(answer, "account.other_sessions_ended")
    assert ended["details"] == {"sessions": 2}


async def test_a_forgotten_password(trail: Trail) -> None:
    ada = trail.world.ada
    answer = await trail.client.post(f"{API}/password-resets", {"email": ada.email})
    asked = await trail.only(answer, "account.reset_asked")
    assert (asked["actor_kind"], asked["subject_id"]) == ("key_holder", ada.id)

    body = {"key": await trail.key(ada.email), "password": BETTER}
    answer = await trail.client.post(f"{API}/password-resets/complete", body)
    reset = await trail.only(answer, "account.password_reset")
    assert reset["subject_id"] == ada.id


async def test_a_change_of_password_and_of_address(trail: Trail) -> None:
    world, ada = trail.world, trail.client.as_(trail.world.ada)
    answer = await ada.post(f"{API}/me/password", {"current": PASSWORD, "new": BETTER})
    assert is_by(await trail.only(answer, "account.password_changed"), world.ada)

    new = "ada@new.example.com"
    answer = await ada.post(f"{API}/me/address", {"email": new, "password": BETTER})
    asked = await trail.only(answer, "account.address_change_asked")
    answer = await ada.post(f"{API}/me/address/complete", {"key": await trail.key(new)})
    changed = await trail.only(answer, "account.address_changed")
    for entry in (asked, changed):
        assert is_by(entry, world.ada)
        assert entry["details"] == {"before": world.ada.email, "after": new}


async def test_a_change_of_the_profile(trail: Trail) -> None:
    ada = trail.client.as_(trail.world.ada)
    answer = await ada.patch(f"{API}/me", {"first_name": "Adah", "default_organization": None})
    changed = await trail.only(answer, "user.changed")
    assert is_by(changed, trail.world.ada)
    assert changed["details"]["first_name"] == {"before": "Ada", "after": "Adah"}
    assert changed["details"]["default_organization_id"]["after"] is None
    await trail.nothing(await ada.patch(f"{API}/me", {"first_name": "Adah"}))
    await trail.nothing(await ada.patch(f"{API}/me", {}))


async def test_founding_and_settings(trail: Trail) -> None:
    ada = trail.client.as_(trail.world.ada)
    answer = await ada.post(f"{API}/organizations", {"name": "New place"})
    founded = await trail.only(answer, "organization.founded")
    assert founded["organization_id"] == decode("org", answer.json()["id"])
    assert founded["details"]["slug"] == "new-place"

    answer = await ada.patch(ORG, {"name": "Renamed", "requires_sign_in": True})
    changed = await trail.only(answer, "organization.changed")
    assert changed["details"] == {
        "before": {"name": "Analytical", "requires_sign_in": False},
        "after": {"name": "Renamed", "requires_sign_in": True},
    }
    await trail.nothing(await ada.patch(ORG, {"name": "Renamed"}))
    await trail.nothing(await ada.patch(ORG, {}))


async def test_the_inviters_verbs(trail: Trail) -> None:
    world, bo = trail.world, trail.client.as_(trail.world.bo)
    answer = await bo.post(INVITATIONS, {"email": ANA, "role": "viewer"})
    made = await trail.only(answer, "invitation.made")
    one = f"{INVITATIONS}/{answer.json()['id']}"
    assert (made["details"]["address"], made["details"]["role"]) == (ANA, "viewer")
    assert made["organization_id"] == world.analytical.id

    answer = await bo.post(INVITATIONS, {"email": ANA, "role": "manager"})
    renewed = await trail.only(answer, "invitation.renewed")
    edited = await trail.only(await bo.patch(one, {"role": "viewer"}), "invitation.edited")
    resent = await trail.only(await bo.post(f"{one}/resend"), "invitation.resent")
    revoked = await trail.only(await bo.post(f"{one}/revoke"), "invitation.revoked")
    assert edited["details"]["before"]["role"] == "manager"
    assert edited["details"]["after"]["role"] == "viewer"
    for entry in (made, renewed, edited, resent, revoked):
        assert is_by(entry, world.bo)
        assert entry["subject_id"] == decode("inv", one.rpartition("/")[2])
    await trail.nothing(await bo.post(f"{one}/revoke"))


async def test_an_edit_that_changes_nothing_leaves_no_trace_but_another_inviter_does(
    trail: Trail,
) -> None:
    invitation, _ = await trail.invited()
    one = f"{INVITATIONS}/{invitation}"
    bo, ada = trail.client.as_(trail.world.bo), trail.client.as_(trail.world.ada)
    await trail.nothing(await bo.patch(one, {"role": "viewer"}))
    await trail.nothing(await bo.patch(one, {}))
    assert is_by(await trail.only(await ada.patch(one, {}), "invitation.edited"), trail.world.ada)


async def test_many_at_once_leave_an_entry_each(trail: Trail) -> None:
    invitations = [{"email": f"{n}@example.com", "role": "viewer"} for n in range(3)]
    invitations.append({"email": trail.world.cy.email, "role": "viewer"})
    body: dict[str, object] = {"invitations": invitations}
    answer = await trail.client.as_(trail.world.bo).post(f"{INVITATIONS}/batch", body)
    assert "already_member" in answer.text
    await trail.only(answer, *["invitation.made"] * 3)


async def test_accepting_as_a_newcomer(trail: Trail) -> None:
    _, key = await trail.invited()
    body = {"key": key, "account": NEWCOMER}
    answer = await trail.client.post(f"{API}/invitations/accept", body)
    assert answer.status_code == 200
    news = await trail.news()
    assert sorted(entry["event"] for entry in news) == [
        "account.made",
        "invitation.accepted",
        "session.started",
    ]
    assert len({entry["actor_id"] for entry in news}) == 1
    [accepted] = [entry for entry in news if entry["event"] == "invitation.accepted"]
    assert accepted["organization_id"] == trail.world.analytical.id


async def test_accepting_by_the_key_alone(trail: Trail) -> None:
    _, key = await trail.invited(trail.world.flo.email)
    answer = await trail.client.post(f"{API}/invitations/accept", {"key": key})
    await trail.only(answer, "invitation.accepted")
    await trail.nothing(await trail.client.as_(trail.world.flo).get(f"{API}/me"))


async def test_accepting_signed_in(trail: Trail) -> None:
    world = trail.world
    _, key = await trail.invited(world.flo.email)
    flo, eve = trail.client.as_(world.flo), trail.client.as_(world.eve)
    answer = await flo.post(f"{API}/invitations/accept", {"key": key})
    assert is_by(await trail.only(answer, "invitation.accepted"), world.flo)
    await trail.nothing(await flo.post(f"{API}/invitations/accept", {"key": key}))

    _, key = await trail.invited()
    answer = await eve.post(f"{API}/invitations/accept", {"key": key, "as": "me"})
    assert is_by(await trail.only(answer, "invitation.accepted"), world.eve)


async def test_answering_from_the_console(trail: Trail) -> None:
    flo, eve = trail.client.as_(trail.world.flo), trail.client.as_(trail.world.eve)
    invitation, _ = await trail.invited(trail.world.flo.email)
    answer = await flo.post(f"{API}/me/invitations/{invitation}/accept")
    assert is_by(await trail.only(answer, "invitation.accepted"), trail.world.flo)

    invitation, _ = await trail.invited(trail.world.eve.email)
    answer = await eve.post(f"{API}/me/invitations/{invitation}/decline", {"reason": "No time"})
    assert is_by(await trail.only(answer, "invitation.declined"), trail.world.eve)


async def test_declining_by_the_key(trail: Trail) -> None:
    _, key = await trail.invited()
    body = {"key": key, "reason": "Wrong person"}
    answer = await trail.client.post(f"{API}/invitations/decline", body)
    declined = await trail.only(answer, "invitation.declined")
    assert declined["actor_kind"] == "key_holder"
    await trail.client.post(f"{API}/invitations/decline", body)
    assert await trail.news() == []


async def test_asking_for_a_new_invitation(trail: Trail) -> None:
    invitation, key = await trail.invited()
    bo = trail.client.as_(trail.world.bo)
    await bo.post(f"{INVITATIONS}/{invitation}/revoke")
    await trail.news()
    answer = await trail.client.post(f"{API}/invitations/request-new", {"key": key})
    asked = await trail.only(answer, "invitation.asked_for")
    assert asked["actor_kind"] == "key_holder"
    for presented in (key, "unknown"):
        body = {"key": presented}
        await trail.nothing(await trail.client.post(f"{API}/invitations/request-new", body))


async def test_forgetting_what_is_over_is_the_servers_own_entry(trail: Trail) -> None:
    invitation, _ = await trail.invited()
    assert await chores.forget_ended(trail.database, retention=timedelta(days=30)) == 0
    assert await trail.news() == []
    async with trail.database.transaction() as tx:
        await tx.execute(
            """
            UPDATE invitations SET created_at = created_at - interval '99 days',
                                   expires_at = expires_at - interval '99 days'
            """
        )
    assert await chores.forget_ended(trail.database, retention=timedelta(days=30)) == 1
    [forgotten] = await trail.news()
    assert forgotten["event"] == "invitations.forgotten"
    assert (forgotten["actor_kind"], forgotten["network"]) == ("server", None)
    assert forgotten["details"] == {"invitations": [str(decode("inv", invitation))]}
