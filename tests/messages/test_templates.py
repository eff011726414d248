"""Every mail of every room: written with hostile names, it says what it must and leads home."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from tests.messages import mailroom
from vestibule.messages import mime
from vestibule.messages.model import Letter, Parameter
from vestibule.web.templating import HOUSE, environment

MAILS = sorted(
    f"{path.parent.parent.parent.name}/{path.name.removesuffix('.subject.txt')}"
    for path in HOUSE.glob("*/templates/mail/*.subject.txt")
)
NAME = 'Urgent <a href="//evil.com">http://evil.com</a> pay@evil.com =?utf-8?q?x=0D=0ABcc:_a@b.c?='

# All that mails are told. A mail that needs more fails here, and says what.
PARAMETERS: dict[str, Parameter] = {
    "place_name": NAME,
    "inviter_name": NAME,
    "by_name": NAME,
    "app_name": NAME,
    "member_name": NAME,
    "role": "admin",
    "roles": NAME,
    "role_count": 2,
    "email": "bo@x.test",
    "expires_at": "2026-11-25T09:30:00+00:00",
    "happened_at": "2026-11-20T09:30:00+00:00",
    "ends_at": "2034-03-03T23:59:59+00:00",
}


def letter(template: str, **parameters: Parameter) -> Letter:
    mail = replace(
        mailroom.invitation(),
        template=template,
        parameters=PARAMETERS | parameters,
        not_after=datetime.now(UTC) + timedelta(days=1),
    )
    writer = replace(mailroom.writer(), templates=environment())
    return writer.write(mailroom.message(mail))


def test_the_mails_of_the_invitations_are_among_them() -> None:
    assert "invitations/invitation" in MAILS


@pytest.mark.parametrize("template", MAILS)
def test_a_mail_is_built_with_the_headers_that_we_mean(template: str) -> None:
    message = message_from_bytes(mime.build(letter(template)), policy=policy.default)

    assert sorted(message.keys()) == sorted(mime.HEADERS)
    assert message["To"] == "ana@x.test"


@pytest.mark.parametrize("template", MAILS)
def test_both_parts_of_a_mail_carry_its_link_or_neither_does(template: str) -> None:
    written = letter(template)

    assert (mailroom.LINK in written.text) is (mailroom.LINK in written.html)


@pytest.mark.parametrize("template", MAILS)
def test_no_name_brings_its_own_link_into_a_mail(template: str) -> None:
    written = letter(template)

    for part in (written.subject, written.text, written.html):
        assert "evil.com" not in part
        assert "=?" not in part
        assert "a@b.c" not in part


@pytest.mark.parametrize("kind", ["organization", "app"])
@pytest.mark.parametrize("template", MAILS)
def test_the_text_part_is_text(template: str, kind: str) -> None:
    name = 'Ada O\'Brien & "Sons"'
    names = ("place_name", "app_name", "inviter_name", "by_name", "member_name", "role", "roles")
    written = letter(template, kind=kind, **dict.fromkeys(names, name))

    assert "&#" not in written.text
    assert "&amp;" not in written.text
    assert "</" not in written.text
    assert 10 <= len(written.subject) <= 160
