"""Invitations that offer access for a while, to each kind of place."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import ends
from tests.invitations.kinds import OF_APPS, OF_ORGANIZATIONS
from tests.invitations.life import ANA, Life
from vestibule.accounts import actions as accounts
from vestibule.apps import actions as apps
from vestibule.invitations import destinations
from vestibule.invitations.accepters import KeyAlone
from vestibule.invitations.answers import Acceptance
from vestibule.invitations.model import (
    AccessEnded,
    AccountRequired,
    InvitationAlreadyAccepted,
    InvitationExpired,
    InviterNotEntitled,
    ShownState,
)
from vestibule.invitations.offer_model import Changes, Expiry
from vestibule.kernel import addresses
from vestibule.organizations.end_model import End, InvalidMemberUntil, OwnersHaveNoEnd
from vestibule.organizations.model import AlreadyMember

WEEK = timedelta(days=7)
ZERO = timedelta(0)


def ahead(time: timedelta) -> datetime:
    return (datetime.now(UTC) + time).replace(microsecond=0)


async def joined(life: Life, time: timedelta = 10 * WEEK) -> Acceptance:
    """Have Ana join for so long."""
    _, key = await life.invited(member_until=ahead(time))
    return await life.accept(key)


async def test_whoever_accepts_is_a_member_until_then(life: Life) -> None:
    until = ahead(10 * WEEK)
    invitation, key = await life.invited(member_until=until)
    acceptance = await life.accept(key)

    assert invitation.member_until == until
    (row,) = await ends.ends_of(life.tx, acceptance.invitation.accepted_by)  # type: ignore[arg-type]
    assert row["member_until"] == until
    assert row["told_of_end_at"] is None


async def test_of_an_end_within_a_week_the_invitation_has_told_already(life: Life) -> None:
    acceptance = await joined(life, timedelta(days=6))
    (row,) = await ends.ends_of(life.tx, acceptance.invitation.accepted_by)  # type: ignore[arg-type]
    assert row["told_of_end_at"] is not None


async def test_the_mail_says_when_the_access_ends(life: Life) -> None:
    await life.invite(member_until=datetime(2034, 3, 3, 23, 59, 59, tzinfo=UTC))
    (letter,) = await life.letters()
    for part in (letter.text, letter.html):
        assert "Your access ends on 3 March 2034, at the end of the day (UTC)." in part

    await life.invite("bea@example.com")
    (letter,) = await life.letters("bea@example.com")
    assert "Your access ends" not in letter.text


async def test_an_invitation_expires_with_what_it_offers(life: Life) -> None:
    until = ahead(timedelta(days=2))
    invitation, _ = await life.invited(member_until=until)
    assert invitation.expires_at == until

    later = Changes(expiry=Expiry(after=timedelta(days=9)))
    assert (await life.edit(invitation, later)).expires_at == until
    sooner = Changes(end=End(ahead(timedelta(days=1))))
    assert (await life.edit(invitation, sooner)).expires_at == sooner.end.until  # type: ignore[union-attr]


async def test_what_it_offers_being_over_it_has_expired_whatever_it_said(life: Life) -> None:
    invitation, key = await life.invited(member_until=ahead(timedelta(days=2)))
    sql = """
        UPDATE invitations SET expires_at = clock_timestamp() - interval '1 second',
                               member_until = clock_timestamp() WHERE id = $1
    """
    await life.tx.execute(sql, invitation.id)

    with pytest.raises(InvitationExpired):
        await life.accept(key)
    assert (await life.find(invitation.id)).shown_state is ShownState.EXPIRED
    with pytest.raises(AccessEnded):
        await life.resend(invitation)


@pytest.mark.parametrize("time", [-WEEK, ZERO, timedelta(minutes=50), timedelta(days=3660)])
async def test_an_end_in_the_past_or_hardly_ever_is_refused(life: Life, time: timedelta) -> None:
    with pytest.raises(InvalidMemberUntil):
        await life.invite(member_until=ahead(time))
    invitation = (await life.invite()).invitation
    with pytest.raises(InvalidMemberUntil):
        await life.edit(invitation, Changes(end=End(ahead(time))))


@OF_ORGANIZATIONS
async def test_nobody_is_invited_to_own_for_a_while(life: Life) -> None:
    until = ahead(10 * WEEK)
    ada = life.cast.chief
    with pytest.raises(OwnersHaveNoEnd):
        await life.invite(role="owner", member_until=until, by=ada)
    invitation = (await life.invite(member_until=until, by=ada)).invitation
    with pytest.raises(OwnersHaveNoEnd):
        await life.edit(invitation, Changes(role="owner"), by=ada)

    edited = await life.edit(invitation, Changes(role="owner", end=End(None)), by=ada)
    assert (edited.destination.role, edited.member_until) == ("owner", None)


@OF_APPS
async def test_in_an_app_any_role_may_end(life: Life) -> None:
    until = ahead(10 * WEEK)
    made = await life.invite(
        role=life.destination.roles.top, member_until=until, by=life.cast.chief
    )
    assert made.invitation.member_until == until


async def test_editing_sets_changes_and_clears_the_end_and_the_trail_tells(life: Life) -> None:
    invitation = (await life.invite()).invitation
    until = ahead(10 * WEEK)
    assert (await life.edit(invitation, Changes(end=End(until)))).member_until == until
    assert (await life.edit(invitation, Changes(locale="sv"))).member_until == until
    assert (await life.edit(invitation, Changes(end=End(None)))).member_until is None

    details = (await life.last_entry())["details"]
    told = [datetime.fromisoformat(details["before"]["member_until"])]
    assert (told, details["after"]["member_until"]) == ([until], None)


async def test_an_end_that_is_near_by_now_keeps_nobody_from_other_changes(life: Life) -> None:
    invitation = (await life.invite(member_until=ahead(timedelta(days=2)))).invitation
    sql = """
        UPDATE invitations SET expires_at = clock_timestamp() + interval '1 minute',
                               member_until = clock_timestamp() + interval '1 minute' WHERE id = $1
    """
    await life.tx.execute(sql, invitation.id)
    assert (await life.edit(invitation, Changes(locale="sv"))).locale == "sv"
    with pytest.raises(InvalidMemberUntil):
        await life.edit(invitation, Changes(expiry=Expiry(after=timedelta(days=1))))


async def test_resending_keeps_the_end_and_inviting_again_replaces_it(life: Life) -> None:
    until = ahead(10 * WEEK)
    invitation = (await life.invite(member_until=until)).invitation
    assert (await life.resend(invitation)).member_until == until

    again = await life.invite()
    assert (again.is_new, again.invitation.member_until) == (False, None)


async def test_who_has_a_role_for_a_while_is_a_member_and_keeps_their_end(life: Life) -> None:
    acceptance = await joined(life)
    account = acceptance.invitation.accepted_by
    assert account is not None
    before = await ends.ends_of(life.tx, account)

    with pytest.raises(AlreadyMember):
        await life.invite(member_until=ahead(20 * WEEK))
    assert await ends.ends_of(life.tx, account) == before


async def test_whose_time_is_over_is_invited_and_comes_in_anew(life: Life) -> None:
    first = (await joined(life)).invitation.accepted_by
    assert first is not None
    await ends.let_end(life.tx, first)

    _, key = await life.invited(role=life.destination.roles.inviting, by=life.cast.inviter)
    again = await accept_anew(life, key)

    assert again.invitation.accepted_by is not None
    (row,) = await ends.ends_of(life.tx, again.invitation.accepted_by)
    assert row["member_until"] is None
    assert row["role"] == life.destination.roles.inviting
    told = [event for event in await life.events() if event.endswith((".ended", ".accepted"))]
    kind = (
        "member"
        if destinations.facts(again.invitation.destination).takes_own_account
        else "app_member"
    )
    assert told[-2:] == [f"{kind}.ended", "invitation.accepted"]
    assert await life.destination.role_of(life.tx, first) in (None, row["role"])


async def test_an_old_link_lets_nobody_in_whose_time_is_over(life: Life) -> None:
    _, key = await life.invited(member_until=ahead(10 * WEEK))
    account = (await life.accept(key)).invitation.accepted_by
    assert account is not None
    await ends.let_end(life.tx, account)

    with pytest.raises(InvitationAlreadyAccepted):
        await life.accept(key, KeyAlone())


async def test_coming_in_anew_brings_nothing_back_that_they_sent(life: Life) -> None:
    mia = life.cast.inviter
    sent = (await life.invite("guest@example.com", by=mia)).invitation
    await ends.let_end(life.tx, mia.id)
    _, key = await life.invited(mia.email, role=life.destination.roles.inviting, by=life.cast.chief)

    await accept_anew(life, key)

    events = await life.events()
    assert "invitation.revoked" in events
    state = await life.tx.fetch_value("SELECT state FROM invitations WHERE id = $1", sent.id)
    assert state == "revoked"


async def test_what_somebody_sent_whose_time_is_over_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited(by=life.cast.inviter)
    await ends.let_end(life.tx, life.cast.inviter.id)
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


@OF_APPS
async def test_who_is_out_of_an_app_has_no_account_there(life: Life) -> None:
    started = (await joined(life)).session
    assert started is not None
    assert await apps.find_signed_in(life.tx, started.token)
    await ends.let_end(life.tx, started.account_id)

    assert await apps.find_signed_in(life.tx, started.token) is None
    realm = life.world.shifts.id
    assert await accounts.find_by_address(life.tx, realm, addresses.parse(ANA)) is None  # type: ignore[arg-type]
    _, key = await life.invited()
    with pytest.raises(AccountRequired):
        await life.accept_by_key_alone(key)


@OF_APPS
async def test_a_role_of_several_that_is_over_can_be_given_anew(life: Life) -> None:
    emil = life.cast.member
    roles = life.destination.roles
    _, key = await life.invited(emil.email, role=roles.inviting, member_until=ahead(10 * WEEK))
    await life.accept_by_key_alone(key)
    sent = (await life.invite("guest@example.com", by=emil)).invitation
    await ends.let_role_end(life.tx, emil.id, roles.inviting)

    _, key = await life.invited(emil.email, role=roles.inviting, member_until=ahead(WEEK))
    await life.accept_by_key_alone(key)

    rows = await ends.ends_of(life.tx, emil.id)
    assert [(row["role"], row["member_until"] is None) for row in rows] == [
        (roles.low, True),
        (roles.inviting, False),
    ]
    state = await life.tx.fetch_value("SELECT state FROM invitations WHERE id = $1", sent.id)
    assert state == "revoked"
    assert "app_member.roles_changed" in await life.events()


async def accept_anew(life: Life, key: str) -> Acceptance:
    """Accept as who was there before: by their account, or, in an app, by making another."""
    if life.destination.name == "Shifts":
        return await life.accept(key)
    return await life.accept_by_key_alone(key)
