"""Removing members of an app, and leaving: what ends with the membership."""

from datetime import timedelta

import pytest

from tests.client import Mailbox
from tests.memberships.cast import ORIGIN, Stage
from vestibule.accounts import password_change
from vestibule.accounts.model import WrongPassword
from vestibule.apps import actions as apps
from vestibule.apps.model import AppMember, AppMemberNotFound
from vestibule.memberships import app_removal as removal
from vestibule.memberships.model import RoleBeyondReach
from vestibule.organizations.model import NotPermitted


async def leave(stage: Stage, member: AppMember) -> None:
    checked = await password_change.get_credentials(stage.tx, member.id)
    await removal.leave(stage.tx, member, checked, by=member.as_actor(ORIGIN))


async def test_removing_ends_account_roles_and_sessions(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    token = await stage.sign_in(emil)

    await stage.remove(emil, by=stage.world.bo)

    with pytest.raises(AppMemberNotFound):
        await stage.again(emil)
    assert await apps.find_signed_in(stage.tx, token) is None
    for table in ("accounts", "app_members", "app_member_roles"):
        column = "app_member_id" if table == "app_member_roles" else "id"
        sql = f"SELECT count(*) FROM {table} WHERE {column} = $1"
        assert await stage.tx.fetch_value(sql, emil.id) == 0
    (entry,) = await stage.entries("app_member.removed")
    assert entry["details"]["address"] == emil.email
    assert entry["organization_id"] == stage.world.analytical.id


async def test_a_member_who_manages_removes_whose_roles_they_all_manage(stage: Stage) -> None:
    mia = await stage.member("Mia", "Manager")
    emil = await stage.member("Emil", "Employee")
    pia = await stage.member("Pia", "Employee", "Planner")

    await stage.remove(emil, by=mia)
    with pytest.raises(RoleBeyondReach):
        await stage.remove(pia, by=mia)
    assert (await stage.again(pia)).id == pia.id


async def test_nobody_is_removed_by_who_may_not_manage_or_by_themselves(stage: Stage) -> None:
    mia = await stage.member("Mia", "Manager")
    planner = await stage.member("Pia", "Planner")

    for somebody in (planner, stage.world.cy, stage.world.di):
        with pytest.raises(NotPermitted):
            await stage.remove(mia, by=somebody)
    with pytest.raises(NotPermitted):
        await stage.remove(mia, by=mia)


async def test_a_developer_may_remove_the_member_that_they_continue_as(stage: Stage) -> None:
    ada = await stage.own_member(stage.world.ada)

    await stage.remove(ada)

    assert await stage.count_members() == 0


async def test_what_a_removed_member_invited_to_is_revoked(stage: Stage) -> None:
    mia = await stage.member("Mia", "Manager")
    open_one = await stage.invited("ana@example.com", "Employee", by=mia)
    expired = await stage.invited("b@example.com", "Employee", by=mia, lives=timedelta(hours=-1))
    others = await stage.invited("cid@example.com", "Employee")

    await stage.remove(mia)

    for ended in (open_one, expired):
        assert (await stage.invitation(ended))["state"] == "revoked"
        assert (await stage.invitation(ended))["mail"] == "failed"
    assert (await stage.invitation(others))["state"] == "pending"
    assert len(await stage.entries("invitation.revoked")) == 2


async def test_a_removed_member_is_told(stage: Stage, mailbox: Mailbox) -> None:
    emil = await stage.member("Emil", "Employee")

    await stage.remove(emil)

    letter = await mailbox.last(stage.tx, to=emil.email)
    assert letter.subject == "You are no longer a member of Rounds"
    assert "Ada Abel removed you" in letter.text


async def test_leaving_ends_the_account_and_what_it_invited_to(
    stage: Stage, mailbox: Mailbox
) -> None:
    mia = await stage.member("Mia", "Manager")
    token = await stage.sign_in(mia)
    invitation = await stage.invited("ana@example.com", "Employee", by=mia)

    await leave(stage, mia)

    with pytest.raises(AppMemberNotFound):
        await stage.again(mia)
    assert await apps.find_signed_in(stage.tx, token) is None
    assert (await stage.invitation(invitation))["state"] == "revoked"
    (entry,) = await stage.entries("app_member.left")
    assert entry["actor_id"] == mia.id
    assert await mailbox.letters(stage.tx, to=mia.email) == []


async def test_who_leaves_has_the_password_that_was_checked(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    checked = await password_change.get_credentials(stage.tx, emil.id)
    sql = "UPDATE accounts SET password_hash = 'another' WHERE id = $1"
    await stage.tx.execute(sql, emil.id)

    with pytest.raises(WrongPassword):
        await removal.leave(stage.tx, emil, checked, by=emil.as_actor(ORIGIN))


async def test_the_user_behind_a_member_stays_when_that_leaves(stage: Stage) -> None:
    emil = await stage.link(await stage.member("Emil", "Employee"), stage.world.bo)
    users = await stage.count("users")

    await leave(stage, emil)

    assert await stage.count("users") == users


async def test_who_was_removed_meanwhile_is_gone(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    checked = await password_change.get_credentials(stage.tx, emil.id)
    await stage.remove(emil)

    with pytest.raises(AppMemberNotFound):
        await removal.leave(stage.tx, emil, checked, by=emil.as_actor(ORIGIN))
