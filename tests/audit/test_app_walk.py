"""What is done to apps and in them leaves its entry, by whom and with what it was before."""

from tests.apps.cast import ASKED, SOURCE, VERIFIER, Stage
from tests.apps.test_codes import code_in
from tests.audit.trail import BETTER, Trail, is_by
from tests.client import API
from tests.world import PASSWORD, Member
from vestibule.apps import codes
from vestibule.kernel.ids import decode

PLACE = f"{API}/organizations/analytical/apps"
SHIFTS = f"{API}/apps/shifts"


def is_by_member(entry: dict[str, object], member: Member) -> bool:
    return (entry["actor_kind"], entry["actor_id"], entry["actor_name"]) == (
        "app_member",
        member.id,
        member.name,
    )


async def test_making_an_app_and_its_settings(trail: Trail) -> None:
    ada = trail.client.as_(trail.world.ada)
    answer = await ada.post(PLACE, {"name": "Rounds"})
    made = await trail.only(answer, "app.made")
    assert is_by(made, trail.world.ada)
    assert made["subject_id"] == decode("app", answer.json()["id"])
    assert made["organization_id"] == trail.world.analytical.id

    changed = await trail.only(await ada.patch(SHIFTS, {"colour": "#aa3300"}), "app.changed")
    assert changed["details"] == {"before": {"colour": None}, "after": {"colour": "#aa3300"}}
    await trail.nothing(await ada.patch(SHIFTS, {"colour": "#AA3300"}))
    await trail.nothing(await ada.patch(SHIFTS, {"logo": None}))


async def test_writing_and_publishing_a_definition(trail: Trail) -> None:
    ada = trail.client.as_(trail.world.ada)
    yaml = {"Content-Type": "application/yaml"}
    answer = await ada.put(f"{SHIFTS}/definition", content=SOURCE.encode(), headers=yaml)
    assert is_by(await trail.only(answer, "app.definition_saved"), trail.world.ada)

    moved = {"Boss": "Zeppelin", "Manager": "Zeppelin", "Employee": "Worker"}
    answer = await ada.post(f"{SHIFTS}/publish", {"roles": moved})
    assert answer.status_code == 200
    news = await trail.news()
    assert sorted({entry["event"] for entry in news}) == [
        "app.published",
        "app_member.roles_moved",
    ]
    assert all(is_by(entry, trail.world.ada) for entry in news)
    assert len(news) == 4
    await trail.nothing(await ada.post(f"{SHIFTS}/publish", {}))


async def test_what_a_member_does_with_themselves(trail: Trail) -> None:
    world, mia = trail.world, trail.client.as_(trail.world.mia)
    credentials = {"email": world.mia.email, "password": PASSWORD}
    answer = await trail.client.post(f"{SHIFTS}/sessions", credentials)
    started = await trail.only(answer, "session.started")
    assert started["details"]["account"] == str(world.mia.id)

    changed = await trail.only(await mia.patch(f"{SHIFTS}/me", {"name": "M"}), "app_member.changed")
    assert is_by_member(changed, world.mia)
    assert changed["organization_id"] == world.analytical.id
    assert changed["details"]["name"] == {"before": "Mia", "after": "M"}
    await trail.nothing(await mia.patch(f"{SHIFTS}/me", {"name": "M"}))

    body = {"current": PASSWORD, "new": BETTER}
    answer = await mia.post(f"{SHIFTS}/me/password", body)
    await trail.only(answer, "account.password_changed")
    answer = await mia.post(f"{SHIFTS}/me/deletion", {"password": BETTER})
    left = await trail.only(answer, "app_member.left")
    assert (left["subject_id"], left["details"]["roles"]) == (world.mia.id, ["Manager"])


async def test_a_code_and_its_replay(trail: Trail) -> None:
    async with trail.database.transaction() as tx:
        member = (await Stage(tx, trail.world).member(trail.world.mia)).member
        session_id = trail.world.mia.session_id
        code = code_in(await codes.issue(tx, member, ASKED, issued_in=session_id))
    body = {"code": code, "code_verifier": VERIFIER}
    started = await trail.only(
        await trail.client.post(f"{SHIFTS}/sessions", body), "session.started"
    )
    answer = await trail.client.post(f"{SHIFTS}/sessions", body)
    assert answer.status_code == 401
    [ended] = await trail.news()
    assert (ended["event"], ended["actor_kind"]) == ("session.ended", "key_holder")
    assert ended["subject_id"] == started["subject_id"]


async def test_continuing_from_the_studio(trail: Trail) -> None:
    world = trail.world
    async with trail.database.transaction() as tx:
        await tx.execute(
            "UPDATE app_members SET user_id = $1 WHERE id = $2", world.ada.id, world.bea.id
        )
    answer = await trail.client.as_(world.ada).post(f"{SHIFTS}/sessions", {"as": "me"})
    continued = await trail.only(answer, "session.started", "app_member.continued")
    assert is_by(continued, world.ada)
    assert continued["subject_id"] == world.bea.id


async def test_inviting_from_inside_and_registering(trail: Trail) -> None:
    world, mia = trail.world, trail.client.as_(trail.world.mia)
    offer = {"email": "new@example.com", "role": "Employee"}
    made = await trail.only(await mia.post(f"{SHIFTS}/invitations", offer), "invitation.made")
    assert is_by_member(made, world.mia)
    body = {"key": await trail.key("new@example.com"), "account": {"password": BETTER}}
    answer = await trail.client.post(f"{API}/invitations/accept", body)
    assert answer.status_code == 200
    assert sorted(entry["event"] for entry in await trail.news()) == [
        "account.made",
        "invitation.accepted",
        "session.started",
    ]

    async with trail.database.transaction() as tx:
        await Stage(tx, world).open(world.shifts.id)
    answer = await trail.client.post(f"{SHIFTS}/sign-ups", {"email": "own@example.com"})
    await trail.only(answer, "sign_up.asked")
    body = {"key": await trail.key("own@example.com"), "password": BETTER}
    answer = await trail.client.post(f"{SHIFTS}/sign-ups/complete", body)
    await trail.only(answer, "account.made", "app_member.joined", "session.started")
