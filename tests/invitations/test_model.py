"""The rules of invitations, as tables: no database, no clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vestibule.audit.model import ActorKind
from vestibule.invitations.model import (
    Delivery,
    Invitation,
    InvitationAlreadyAccepted,
    InvitationClosed,
    InvitationDeclined,
    InvitationExpired,
    InvitationRevoked,
    Inviter,
    ShownState,
    State,
    ToOrganization,
)
from vestibule.invitations.offer_model import (
    UNHURRIED,
    Expiry,
    Host,
    InvalidExpiry,
    InvalidMetadata,
    Pace,
    ResentTooOften,
    ensure_metadata,
    ensure_redirect,
)
from vestibule.kernel import addresses
from vestibule.kernel.errors import Gone, InvalidRequest
from vestibule.kernel.ids import InvitationId, OrganizationId, new_id
from vestibule.kernel.links import LOOPBACK, RedirectNotAllowed
from vestibule.messages.model import DeliveryState
from vestibule.organizations.model import RoleNotAllowed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def invitation(**facts: Any) -> Invitation:  # noqa: ANN401
    """An invitation of a day ago that lives for five, with these facts."""
    usual: dict[str, Any] = {
        "id": InvitationId(new_id()),
        "destination": ToOrganization(OrganizationId(new_id()), "viewer"),
        "email": addresses.parse("ana@example.com"),
        "inviter": Inviter(kind=ActorKind.USER, id=new_id(), name="Bo"),
        "state": State.PENDING,
        "locale": "en",
        "redirect_url": None,
        "metadata": {},
        "member_until": None,
        "send_count": 1,
        "asked_count": 0,
        "asked_at": None,
        "created_at": NOW - DAY,
        "last_sent_at": NOW - DAY,
        "expires_at": NOW + 4 * DAY,
        "closed_at": None,
        "accepted_by": None,
        "decline_reason": None,
        "is_expired": False,
        "read_at": NOW,
    }
    return Invitation(**{**usual, **facts})


@pytest.mark.parametrize(
    ("facts", "shown", "refusal"),
    [
        ({}, ShownState.PENDING, None),
        ({"is_expired": True}, ShownState.EXPIRED, InvitationExpired),
        ({"state": State.ACCEPTED}, ShownState.ACCEPTED, InvitationAlreadyAccepted),
        ({"state": State.DECLINED}, ShownState.DECLINED, InvitationDeclined),
        ({"state": State.REVOKED}, ShownState.REVOKED, InvitationRevoked),
    ],
)
def test_what_is_not_open_says_exactly_why(
    facts: dict[str, Any], shown: ShownState, refusal: type[Gone] | None
) -> None:
    one = invitation(**facts)
    assert one.shown_state is shown
    if refusal is None:
        one.ensure_open()
    else:
        with pytest.raises(refusal):
            one.ensure_open()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("is_expired", [False, True])
def test_what_is_pending_may_be_changed_expired_or_not(state: State, is_expired: bool) -> None:
    one = invitation(state=state, is_expired=is_expired and state is State.PENDING)
    if state is State.PENDING:
        one.ensure_changeable()
    else:
        with pytest.raises(InvitationClosed):
            one.ensure_changeable()


@pytest.mark.parametrize(
    ("lived", "renewed"),
    [
        (5 * DAY, 5 * DAY),
        (timedelta(minutes=1), HOUR),
        (-DAY, HOUR),
        (90 * DAY, 30 * DAY),
    ],
)
def test_a_renewal_lives_as_long_again_within_bounds(lived: timedelta, renewed: timedelta) -> None:
    one = invitation(last_sent_at=NOW, expires_at=NOW + lived)
    assert one.renewed_lifetime() == renewed


@pytest.mark.parametrize(
    ("sent", "count", "wait"),
    [
        (timedelta(0), 1, 900),
        (timedelta(minutes=14, seconds=59), 1, 1),
        (timedelta(minutes=15), 1, None),
        (DAY, 9, None),
        (DAY, 10, 4 * 86400),
        (timedelta(0), 10, 4 * 86400),
        (DAY, 11, 4 * 86400),
    ],
)
def test_mails_keep_their_distance_and_their_number(
    sent: timedelta, count: int, wait: int | None
) -> None:
    one, pace = invitation(last_sent_at=NOW - sent, send_count=count), Pace()
    assert pace.may_resend(one) is (wait is None)
    if wait is None:
        pace.ensure_resendable(one, None)
        return
    with pytest.raises(ResentTooOften) as refusal:
        pace.ensure_resendable(one, None)
    assert refusal.value.retry_after == wait
    assert refusal.value.code() == "rate_limited"


def test_a_used_up_and_expired_one_says_to_wait_a_second_at_least() -> None:
    one = invitation(send_count=10, expires_at=NOW - DAY, is_expired=True)
    with pytest.raises(ResentTooOften) as refusal:
        Pace().ensure_resendable(one, None)
    assert refusal.value.retry_after >= 1


def test_a_mail_has_left_once_a_mail_server_took_it() -> None:
    left = {state for state in DeliveryState if Delivery(state=state).has_left}
    assert left == {"sent", "delivered", "bounced", "complained"}


def test_without_limits_mails_may_follow_each_other() -> None:
    assert UNHURRIED.may_resend(invitation(last_sent_at=NOW, send_count=1000))


SKEW = timedelta(minutes=1)
OUT_OF_BOUNDS = [
    timedelta(0),
    -DAY,
    HOUR - SKEW - timedelta(seconds=1),
    30 * DAY + SKEW + timedelta(seconds=1),
    365 * DAY,
]


@pytest.mark.parametrize("lifetime", [HOUR, HOUR - SKEW, DAY, 30 * DAY, 30 * DAY + SKEW])
def test_an_expiry_within_bounds_is_taken(lifetime: timedelta) -> None:
    assert Expiry.at_time(NOW + lifetime, now=NOW).at == NOW + lifetime


@pytest.mark.parametrize("lifetime", OUT_OF_BOUNDS)
def test_an_expiry_out_of_bounds_is_refused(lifetime: timedelta) -> None:
    with pytest.raises(InvalidExpiry) as refusal:
        Expiry.at_time(NOW + lifetime, now=NOW)
    assert refusal.value.path == "expires_at"
    with pytest.raises(InvalidExpiry) as refusal:
        Expiry.in_days(lifetime / DAY)
    assert refusal.value.path == "expires_in_days"


@pytest.mark.parametrize("days", [1 / 24, 0.5, 1, 5, 30])
def test_days_may_be_a_part_of_one(days: float) -> None:
    assert Expiry.in_days(days).after == timedelta(days=days)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/welcome?from=mail&x=%20#top",
        "https://example.com:8443/",
        "https://xn--bcher-kva.example/",
        *[f"http://{f'[{host}]' if ':' in host else host}:3000/" for host in sorted(LOOPBACK)],
    ],
)
def test_people_may_be_sent_on_to(url: str) -> None:
    ensure_redirect(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/welcome",
        "//example.com",
        "http://example.com/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.1/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)//https://example.com",
        "data:text/html,x",
        "https:",
        "https://",
        "https:/example.com",
        "https:example.com",
        "https:///example.com",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://@example.com/",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://[::1/",
        "https://example.com\\@evil.example/",
        "https://example.com/ a",
        " https://example.com/",
        "https://example.com/\n",
        "https://exam\tple.com/",
        "https://example.com/\r\nLocation: https://evil.example",
        "https://ex\u200bample.com/",
        "https://b\u00fccher.example/",
        "https://example.com/" + "x" * 500,
    ],
)
def test_people_may_not_be_sent_on_to(url: str) -> None:
    with pytest.raises(RedirectNotAllowed):
        ensure_redirect(url)


def nested(depth: int) -> Any:  # noqa: ANN401
    """A list in a list in a list."""
    return [] if depth <= 1 else [nested(depth - 1)]


@pytest.mark.parametrize(
    "metadata",
    [{}, {"team": "x"}, {"a": "x" * 4000}, {"a": nested(10)}, {"a": [1.5, -3, 1e15, None, True]}],
)
def test_metadata_is_kept(metadata: dict[str, Any]) -> None:
    ensure_metadata(metadata)


@pytest.mark.parametrize(
    "metadata",
    [
        {"a": "x" * 4096},
        {"a": "\u00e5" * 2048},
        {"a": nested(100)},
        {"a": [1e300] * 500},
        {"a": 1e-300},
        {"a": 2**64},
        {"a": -(2**63) - 1},
    ],
)
def test_metadata_that_is_too_much_is_refused(metadata: dict[str, Any]) -> None:
    with pytest.raises(InvalidMetadata):
        ensure_metadata(metadata)


def test_a_host_grants_what_it_may() -> None:
    host = Host(
        organization_id=OrganizationId(new_id()),
        app_id=None,
        name="Analytical",
        slug="analytical",
        path="/organizations/analytical",
        lifetime=5 * DAY,
        roles=("viewer", "admin", "owner"),
        grantable=frozenset({"viewer"}),
        inviter=Inviter(kind=ActorKind.USER, id=new_id(), name="Bo"),
        account_id=None,
    )
    host.ensure_may_grant("viewer")
    for role in ("owner", "admin"):
        with pytest.raises(RoleNotAllowed):
            host.ensure_may_grant(role)
    for word in ("", "VIEWER", "manager"):
        with pytest.raises(InvalidRequest):
            host.ensure_may_grant(word)
