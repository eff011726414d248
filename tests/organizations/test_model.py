"""Slugs, and how long invitations may live."""

from datetime import timedelta

import pytest

from vestibule.organizations.model import (
    InvalidInvitationLifetime,
    InvalidSlug,
    clean_slug,
    ensure_lifetime,
    suggest_slug,
)

SHORT_OF = timedelta(seconds=1)


@pytest.mark.parametrize("slug", ["abc", "a-1", "a" * 40, "42-", "---"])
def test_a_slug_is_3_to_40_small_letters_digits_and_hyphens(slug: str) -> None:
    assert clean_slug(slug) == slug


@pytest.mark.parametrize(
    "text",
    [
        *("", "ab", "a" * 41, "Acme", "a_b", "org_01h455vb4pex5vsknk084sn02q", "new"),
        *("ä-b", "a b", "abc\n", "a\x00bc", "../x", "абв"),
    ],
)
def test_what_is_no_slug_or_is_reserved_is_refused(text: str) -> None:
    with pytest.raises(InvalidSlug) as refusal:
        clean_slug(text)
    assert refusal.value.path == "slug"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Analytical Engines", "analytical-engines"),
        ("  Ada & Söhne, GmbH. ", "ada-sohne-gmbh"),
        ("ﬁne №5", "fine-no5"),
        ("A" * 80, "a" * 33),
        ("a" * 32 + " b", "a" * 32),
        ("株式会社", "organization"),
        ("X", "organization"),
        ("New", "organization"),
    ],
)
def test_a_slug_is_suggested_from_the_name_with_room_for_a_suffix(name: str, slug: str) -> None:
    assert suggest_slug(name) == slug
    assert clean_slug(slug + "-abcdef")


@pytest.mark.parametrize("lifetime", [timedelta(hours=1), timedelta(days=5), timedelta(days=30)])
def test_invitations_live_from_an_hour_to_30_days(lifetime: timedelta) -> None:
    ensure_lifetime(lifetime)


@pytest.mark.parametrize(
    "lifetime",
    [timedelta(0), timedelta(hours=1) - SHORT_OF, timedelta(days=30) + SHORT_OF, -timedelta(1)],
)
def test_no_invitation_lives_shorter_or_longer(lifetime: timedelta) -> None:
    with pytest.raises(InvalidInvitationLifetime):
        ensure_lifetime(lifetime)
