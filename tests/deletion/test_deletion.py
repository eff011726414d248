"""Deleting an organization or an app: what goes at once, who is told, and what the trail says."""

import pytest

from tests.client import Mailbox
from tests.memberships.hall import ANALYTICAL, Hall
from tests.world import Person, calling
from vestibule.apps import actions as apps
from vestibule.apps import queries as app_queries
from vestibule.apps.closing_model import AppDeleted
from vestibule.apps.model import AppNotFound
from vestibule.audit.model import OPERATOR, Actor
from vestibule.deletion import app_deletion, organization_deletion
from vestibule.messages import actions as messages
from vestibule.messages.model import Mail
from vestibule.organizations import actions as organizations
from vestibule.organizations import landing, members
from vestibule.organizations.closing_model import OrganizationDeleted
from vestibule.organizations.model import NotPermitted, OrganizationNotFound


async def delete_organization(hall: Hall, by: Person) -> None:
    caller = await calling(hall.tx, by.id)
    seat = await organizations.lock_for_deleting(hall.tx, caller, ANALYTICAL)
    await organization_deletion.delete(hall.tx, seat.organization, by=by.actor, outbox=hall.outbox)


async def delete_app(hall: Hall, by: Person) -> None:
    seat = await apps.lock_for_managing(hall.tx, await calling(hall.tx, by.id), "shifts")
    await app_deletion.delete(hall.tx, seat.app, by=by.actor, outbox=hall.outbox)


async def test_of_the_built_in_roles_only_owners_delete_an_organization(hall: Hall) -> None:
    for name in ("bo", "cy", "di"):
        with pytest.raises(NotPermitted):
            await delete_organization(hall, getattr(hall.world, name))
    for name in ("eve", "flo"):
        with pytest.raises(OrganizationNotFound):
            await delete_organization(hall, getattr(hall.world, name))
    await delete_organization(hall, hall.world.ada)


async def test_apps_are_deleted_by_those_who_manage_them(hall: Hall) -> None:
    for name in ("cy", "di"):
        with pytest.raises(NotPermitted):
            await delete_app(hall, getattr(hall.world, name))
    with pytest.raises(AppNotFound):
        await delete_app(hall, hall.world.eve)
    await delete_app(hall, hall.world.bo)


async def test_the_trail_says_how_much_went_along(hall: Hall) -> None:
    await hall.invited("one@example.com", "viewer", by=hall.world.ada)
    await hall.invited("two@example.com", "Employee", by=hall.world.ada, app="shifts")
    await delete_organization(hall, hall.world.ada)

    [entry] = await hall.entries("organization.deleted")
    assert entry["subject_id"] == entry["organization_id"] == hall.world.analytical.id
    assert (entry["subject_name"], entry["actor_id"]) == ("Analytical", hall.world.ada.id)
    numbers = {"members": 4, "invitations": 2, "apps": 1, "app_members": 3}
    assert entry["details"] == {"name": "Analytical", "slug": "analytical", **numbers}


async def test_the_trail_says_how_much_went_along_with_an_app(hall: Hall) -> None:
    await hall.invited("one@example.com", "viewer", by=hall.world.ada)
    await hall.invited("two@example.com", "Employee", by=hall.world.ada, app="shifts")
    await delete_app(hall, hall.world.bo)

    [entry] = await hall.entries("app.deleted")
    assert entry["subject_id"] == hall.world.shifts.id
    assert entry["organization_id"] == hall.world.analytical.id
    numbers = {"members": 3, "invitations": 1}
    assert entry["details"] == {"name": "Shifts", "slug": "shifts", **numbers}


async def test_the_other_owners_are_told_and_nobody_else(hall: Hall) -> None:
    await hall.make(hall.world.bo, "owner")
    await delete_organization(hall, hall.world.ada)

    [letter] = await hall.letters(hall.world.bo)
    assert letter.subject == "Analytical was deleted"
    assert "Ada Abel deleted Analytical" in letter.text
    assert len(await hall.mailbox.letters(hall.tx)) == 1


async def test_the_owners_are_told_of_an_app_that_somebody_deleted(hall: Hall) -> None:
    await delete_app(hall, hall.world.bo)
    [letter] = await hall.letters(hall.world.ada)
    assert letter.subject == "Shifts of Analytical was deleted"
    assert "Bo Berg deleted the app Shifts of Analytical" in letter.text
    assert len(await hall.mailbox.letters(hall.tx)) == 1


async def test_the_operator_deletes_and_every_owner_is_told(hall: Hall) -> None:
    held = await organizations.lock_for_change(hall.tx, hall.world.analytical.id)
    await organization_deletion.delete(hall.tx, held, by=OPERATOR, outbox=hall.outbox)
    assert len(await hall.letters(hall.world.ada)) == 1
    [entry] = await hall.entries("organization.deleted")
    assert entry["actor_kind"] == "operator"


async def open_mails(hall: Hall) -> list[str]:
    rows = await hall.tx.fetch_all(
        """
        SELECT template || ' to ' || recipient AS mail FROM messages
         WHERE state IN ('queued', 'deferred', 'not_configured') ORDER BY id
        """
    )
    return [row["mail"] for row in rows]


async def ask_for_password(hall: Hall, of: Actor) -> None:
    """Put down a mail of the app that is about no invitation."""
    now = await hall.value("SELECT clock_timestamp() + interval '1 day'")
    mail = Mail(
        template="accounts/password_reset",
        recipient=f"{of.name}@crew.example.com",
        locale="en",
        parameters={},
        not_after=now,
        place_id=hall.world.shifts.id,
    )
    await messages.queue(hall.tx, mail, outbox=hall.outbox)


async def test_no_mail_of_a_deleted_organization_is_left_to_be_sent(hall: Hall) -> None:
    ada, eve = hall.world.ada, hall.world.eve
    await hall.invited("one@example.com", "viewer", by=ada)
    await hall.invited("two@example.com", "Employee", by=ada, app="shifts")
    await hall.change(hall.world.di, "manager", by=ada)
    await ask_for_password(hall, hall.world.mia.actor)
    other = Mail(
        template="accounts/password_changed",
        recipient=eve.email,
        locale="en",
        parameters={},
        not_after=await hall.value("SELECT clock_timestamp() + interval '1 day'"),
        place_id=hall.world.elsewhere.id,
    )
    await messages.queue(hall.tx, other, outbox=hall.outbox)
    assert len(await open_mails(hall)) == 5

    await delete_organization(hall, ada)
    assert await open_mails(hall) == [f"accounts/password_changed to {eve.email}"]
    seeds = "SELECT count(*) FROM messages WHERE key_seed IS NOT NULL"
    assert await hall.value(seeds) == 0


async def test_the_mails_of_a_deleted_app_go_and_those_of_its_organization_stay(hall: Hall) -> None:
    ada = hall.world.ada
    await hall.invited("one@example.com", "viewer", by=ada)
    await hall.invited("two@example.com", "Employee", by=ada, app="shifts")
    await ask_for_password(hall, hall.world.mia.actor)
    await delete_app(hall, ada)
    assert await open_mails(hall) == ["invitations/invitation to one@example.com"]


async def test_a_former_member_is_told_and_a_stranger_finds_nothing(hall: Hall) -> None:
    await delete_organization(hall, hall.world.ada)
    for reference in (ANALYTICAL, hall.world.analytical.public_id):
        for person in (hall.world.ada, hall.world.di):
            with pytest.raises(OrganizationDeleted) as told:
                await organizations.get_for_members(
                    hall.tx, await calling(hall.tx, person.id), reference
                )
            assert told.value.explain().startswith("Analytical was deleted")
            assert told.value.code() == "organization_not_found"
        for person in (hall.world.eve, hall.world.flo):
            with pytest.raises(OrganizationNotFound) as unknown:
                await organizations.get_for_seeing(
                    hall.tx, await calling(hall.tx, person.id), reference
                )
            assert not isinstance(unknown.value, OrganizationDeleted)


async def test_a_deleted_app_is_told_of_to_the_members_of_its_organization(hall: Hall) -> None:
    await delete_app(hall, hall.world.ada)
    for reference in ("shifts", hall.world.shifts.public_id):
        with pytest.raises(AppDeleted, match="app_not_found") as told:
            await apps.get_for_seeing(hall.tx, await calling(hall.tx, hall.world.cy.id), reference)
        assert told.value.explain().startswith("Shifts was deleted")
        with pytest.raises(AppNotFound) as unknown:
            await apps.get_for_seeing(hall.tx, await calling(hall.tx, hall.world.eve.id), reference)
        assert not isinstance(unknown.value, AppDeleted)


async def test_the_pages_of_an_app_that_was_never_published_were_nobodys(hall: Hall) -> None:
    await hall.tx.execute("UPDATE apps SET version = NULL WHERE slug = 'shifts'")
    await delete_app(hall, hall.world.ada)
    with pytest.raises(AppNotFound) as unknown:
        await apps.get_by_reference(hall.tx, "shifts")
    assert not isinstance(unknown.value, AppDeleted)


async def test_nothing_that_is_looked_up_finds_it(hall: Hall) -> None:
    tx, ada, shifts = hall.tx, hall.world.ada, hall.world.shifts
    await tx.execute(
        "UPDATE users SET default_organization_id = $1 WHERE id = $2",
        hall.world.analytical.id,
        ada.id,
    )
    await delete_organization(hall, ada)

    assert await landing.find_landing(tx, ada.id, ada.session_id) == "/"
    assert await landing.list_places(tx, ada.id) == []
    assert await members.list_belongings(tx, ada.id) == []
    assert await organizations.list_owners(tx, hall.world.analytical.id) == []
    for reference in ("shifts", shifts.public_id):
        with pytest.raises(AppNotFound):
            await apps.get_by_reference(tx, reference)
    assert await app_queries.find_definition(tx, shifts.id) is None
    assert await app_queries.find_logo(tx, "shifts") is None
    assert await apps.find_signed_in(tx, hall.world.mia.token) is None
    with pytest.raises(OrganizationNotFound):
        await organizations.lock_for_change(tx, hall.world.analytical.id)
    with pytest.raises(OrganizationNotFound):
        await organizations.lock_for_admitting(tx, hall.world.analytical.id, inviter=ada.id)


async def test_what_else_there_is_stays(hall: Hall, mailbox: Mailbox) -> None:
    await delete_organization(hall, hall.world.ada)
    eve = await calling(hall.tx, hall.world.eve.id)
    assert (await organizations.get_for_seeing(hall.tx, eve, "elsewhere")).role.owns
    assert await apps.find_signed_in(hall.tx, hall.world.rob.token) is not None
    assert (await apps.get_for_managing(hall.tx, eve, "rota")).app.name == "Rota"
    assert await mailbox.letters(hall.tx, to=hall.world.eve.email) == []
