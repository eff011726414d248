"""What is an app's own about invitations: whose right counts, and whose account."""

import pytest

from tests.invitations import kinds
from tests.invitations.kinds import OF_APPS, ToAnalytical
from tests.invitations.life import ANA, Life
from tests.world import Member, Person
from vestibule.apps.model import AppNotFound, AppNotPublished
from vestibule.invitations import answers, offered_queries
from vestibule.invitations.accepters import SignedInAs
from vestibule.invitations.model import (
    AccountRequired,
    InvitationNotFound,
    InviterNotEntitled,
    State,
    WrongAccount,
)
from vestibule.invitations.offer_model import Changes
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.links import RedirectNotAllowed
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import NotPermitted, RoleNotAllowed

pytestmark = OF_APPS

WITHOUT = "UPDATE app_definitions SET definition = (definition::jsonb #- $1)::json"


@pytest.mark.parametrize("who", ["ada", "bo"])
@pytest.mark.parametrize("role", ["Boss", "Manager", "Employee"])
async def test_owners_and_admins_invite_with_any_role(life: Life, who: str, role: str) -> None:
    user: Person = getattr(life.world, who)
    invitation, key = await life.invited(role=role, by=user)
    acceptance = await life.accept(key)

    assert (invitation.inviter.id, invitation.inviter.name) == (user.id, user.name)
    assert acceptance.invitation.accepted_by is not None
    assert await life.destination.role_of(life.tx, acceptance.invitation.accepted_by) == role


@pytest.mark.parametrize("who", ["cy", "di", "emil"])
async def test_who_may_not_invite_is_told(life: Life, who: str) -> None:
    with pytest.raises(NotPermitted):
        await life.invite(by=getattr(life.world, who))


@pytest.mark.parametrize("who", ["eve", "flo", "rob"])
async def test_who_belongs_neither_to_the_app_nor_to_its_organization_finds_none(
    life: Life, who: str
) -> None:
    with pytest.raises(AppNotFound):
        await life.invite(by=getattr(life.world, who))


async def test_an_app_that_was_never_published_invites_nobody(life: Life) -> None:
    await life.tx.execute("UPDATE apps SET version = NULL")
    with pytest.raises(AppNotPublished):
        await life.invite(by=life.world.ada)


async def test_a_word_that_is_no_role_of_the_app_is_refused(life: Life) -> None:
    for word in ("viewer", "boss", "Employee "):
        with pytest.raises(InvalidRequest) as refusal:
            await life.invite(role=word)
        [fault] = refusal.value.errors
        assert fault.path == "role"
        assert "Employee, Manager, Boss" in fault.message


@pytest.mark.parametrize("who", ["bo", "mia"])
async def test_a_role_that_is_gone_from_the_definition_brings_nobody_in(
    life: Life, who: str
) -> None:
    invitation, key = await life.invited(by=getattr(life.world, who))
    await _without(life, "roles", "Employee")
    before = await life.counts()

    with pytest.raises(InviterNotEntitled):
        await life.accept(key)
    assert await life.counts() == before
    assert (await life.find(invitation.id)).state is State.PENDING


async def test_an_invitation_to_a_role_that_is_gone_may_be_revoked_or_changed(life: Life) -> None:
    changed, key = await life.invited()
    revoked, _ = await life.invited("b@example.com")
    await _without(life, "roles", "Employee")

    with pytest.raises(InvalidRequest):
        await life.resend(changed)
    assert (await life.revoke(revoked)).state is State.REVOKED
    await life.edit(changed, Changes(role="Manager"))
    assert (await life.accept(key)).invitation.destination.role == "Manager"


async def test_a_role_that_may_no_longer_invite_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited()
    await _without(life, "roles", "Manager", "canInvite")
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


async def test_a_user_who_may_no_longer_manage_apps_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited(by=life.world.bo)
    await ToAnalytical(life.world).give_role(life.tx, life.world.bo, "manager")
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


async def test_an_inviter_who_left_the_app_for_good_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited()
    await life.tx.execute("DELETE FROM accounts WHERE id = $1", life.world.mia.id)
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


@pytest.mark.parametrize("url", ["https://evil.example.com/", "https://shifts.example.com:8443/"])
async def test_a_member_leads_nobody_elsewhere_in_the_app_s_name(life: Life, url: str) -> None:
    with pytest.raises(RedirectNotAllowed):
        await life.invite(by=life.world.mia, redirect_url=url)
    by_a_user = await life.invite(by=life.world.bo, redirect_url=url)
    assert by_a_user.invitation.redirect_url == url


async def test_a_member_leads_to_where_the_app_lives(life: Life) -> None:
    await life.tx.execute("UPDATE apps SET home_url = 'https://shifts.example.com/start'")
    url = "https://shifts.example.com/welcome"
    invited = await life.invite(by=life.world.mia, redirect_url=url)
    assert invited.invitation.redirect_url == url


async def test_who_came_in_by_an_invitation_invites_in_turn(life: Life) -> None:
    _, key = await life.invited(role="Manager")
    joined = await life.accept(key)
    assert joined.session is not None
    nan = Member(
        id=joined.session.account_id,  # type: ignore[arg-type]
        app=life.world.shifts,
        name="Ana",
        role="Manager",
        email=ANA,
        session_id=joined.session.id,
        token=joined.session.token,
    )
    _, next_key = await life.invited("b@example.com", by=nan)
    assert (await life.accept(next_key)).invitation.inviter.name == "Ana"
    with pytest.raises(RoleNotAllowed):
        await life.invite("c@example.com", "Boss", by=nan)


async def test_a_member_gets_one_role_more_and_keeps_password_and_sessions(life: Life) -> None:
    emil = life.world.emil
    _, key = await life.invited(emil.email, role="Manager")
    before, account = await life.counts(), await _account(life, emil)
    acceptance = await life.accept_by_key_alone(key)
    after = await life.counts()

    assert acceptance.session is None
    assert await _roles(life, emil) == ["Employee", "Manager"]
    assert await _account(life, emil) == account
    assert after["app_member_roles"] == before["app_member_roles"] + 1
    for table in ("accounts", "users", "app_members", "sessions"):
        assert after[table] == before[table]


async def test_who_joined_gets_the_same_membership_again_whatever_they_are_by_now(
    life: Life,
) -> None:
    invitation, key = await life.invited()
    joined = await life.accept(key)
    await life.tx.execute(
        "UPDATE app_member_roles SET role = 'Manager' WHERE invitation_id = $1", invitation.id
    )

    again = await life.accept_by_key_alone(key)

    assert (again.membership, again.session) == (joined.membership, None)


async def test_an_address_has_one_account_in_each_app(life: Life) -> None:
    _, key = await life.invited(life.world.rob.email)
    acceptance = await life.accept(key)
    assert acceptance.invitation.accepted_by != life.world.rob.id
    _, key = await life.invited(life.world.flo.email)
    assert (await life.accept(key)).invitation.accepted_by != life.world.flo.id


@pytest.mark.parametrize("who", ["flo", "ada", "rob"])
async def test_being_signed_in_elsewhere_makes_no_difference(life: Life, who: str) -> None:
    somebody = getattr(life.world, who)
    person = await kinds.known(life.tx, somebody)
    _, key = await life.invited(life.world.emil.email, role="Manager")
    assert (await life.accept(key, SignedInAs(person))).invitation.accepted_by == life.world.emil.id

    _, key = await life.invited(somebody.email)
    with pytest.raises(AccountRequired):
        await life.accept(key, SignedInAs(person))


async def test_signed_in_to_the_app_itself_the_address_must_be_theirs(life: Life) -> None:
    for email in (ANA, life.cast.guest.email):
        _, key = await life.invited(email)
        with pytest.raises(WrongAccount):
            await life.accept_signed_in(key, life.world.emil)
    _, key = await life.invited(life.world.emil.email, role="Manager")
    acceptance = await life.accept_signed_in(key, life.world.emil)
    assert acceptance.invitation.accepted_by == life.world.emil.id


@pytest.mark.parametrize("who", ["flo", "emil"])
async def test_nobody_joins_an_app_with_an_account_of_another_address(life: Life, who: str) -> None:
    _, key = await life.invited()
    with pytest.raises(InvalidRequest):
        await life.accept_signed_in(key, getattr(life.world, who), as_me=True)


async def test_an_app_does_not_ask_for_what_its_organization_asks(life: Life) -> None:
    await life.tx.execute("UPDATE organizations SET requires_sign_in = true")
    _, key = await life.invited(life.world.emil.email, role="Manager")
    assert (await life.accept_by_key_alone(key)).session is None


async def test_no_user_finds_an_app_s_invitation_on_their_console(life: Life) -> None:
    invitation, _ = await life.invited(life.world.flo.email)
    with pytest.raises(InvitationNotFound):
        await life.accept_waiting(invitation, life.world.flo)
    with pytest.raises(InvitationNotFound):
        await life.decline_waiting(invitation, life.world.flo)


@pytest.mark.parametrize(
    ("who", "page"),
    [("mia", "/apps/shifts/invitations"), ("bo", "/organizations/analytical/apps/shifts/inv")],
)
async def test_who_is_asked_for_a_new_one_is_led_to_where_they_look_after_them(
    life: Life, who: str, page: str
) -> None:
    inviter = getattr(life.world, who)
    invitation, key = await life.invited(by=inviter)
    await life.expire(invitation)
    await life.ask(key)
    [letter] = await life.letters(inviter.email)
    assert page in letter.text


async def test_an_app_that_is_gone_takes_its_invitations_along(life: Life) -> None:
    _, key = await life.invited()
    await life.tx.execute("DELETE FROM apps WHERE id = $1", life.world.shifts.id)
    with pytest.raises(KeyNotFound):
        await life.accept(key)


async def test_the_trail_says_which_app(life: Life) -> None:
    await life.invite()
    entry = await life.last_entry()
    assert entry["organization_id"] == life.world.analytical.id
    assert entry["details"]["app"] == str(life.world.shifts.id)


async def _without(life: Life, *path: str) -> None:
    """Publish the definition without this, by SQL alone: nobody is asked what becomes of it."""
    await life.tx.execute(WITHOUT, ["security", *path])
    order = """
        UPDATE app_definitions SET definition = jsonb_set(definition::jsonb, '{order}', (
            SELECT jsonb_agg(name) FROM jsonb_object_keys(
                definition::jsonb #> '{security,roles}') AS name))::json
    """
    await life.tx.execute(order)


async def _account(life: Life, member: Member) -> dict[str, object]:
    row = await life.tx.fetch_one("SELECT * FROM accounts WHERE id = $1", member.id)
    assert row is not None
    return dict(row)


async def _roles(life: Life, member: Member) -> list[str]:
    sql = "SELECT role FROM app_member_roles WHERE app_member_id = $1 ORDER BY role"
    return [row["role"] for row in await life.tx.fetch_all(sql, member.id)]


async def test_whom_a_user_may_no_longer_continue_as_is_no_member_there(life: Life) -> None:
    _, key = await life.invited()
    before = await offered_queries.find_offered(life.tx, answers.hashes_of(key))
    for sql in (
        "UPDATE app_members SET user_id = $1 WHERE id = $2",
        "UPDATE accounts SET password_hash = NULL WHERE id = $2 AND $1::uuid IS NOT NULL",
    ):
        await life.tx.execute(sql, life.world.di.id, life.cast.member.id)
    after = await offered_queries.find_offered(life.tx, answers.hashes_of(key))
    assert before is not None
    assert after is not None
    assert after.member_count == before.member_count - 1
