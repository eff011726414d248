"""A message becomes a letter (security, attacks 51 and 52): what it says, and where it leads."""

import pytest
from jinja2 import UndefinedError

from tests.messages import mailroom
from vestibule.kernel.addresses import InvalidEmail
from vestibule.messages.model import HostileMail, Mail, Message
from vestibule.messages.rendering import LinkForgotten


def note(template: str = "trial/note", **parameters: str) -> Message:
    mail = mailroom.invitation("o'neil&co@x.test")
    return mailroom.message(
        Mail(
            template=template,
            recipient=mail.recipient,
            locale="en",
            parameters={"note": "Hello", "email": "ana@x.test", **parameters},
            not_after=mail.not_after,
        )
    )


def test_both_parts_carry_the_same_link_and_no_other() -> None:
    letter = mailroom.writer().write(mailroom.message(mailroom.invitation()))

    assert letter.text.count("://") == 1
    assert mailroom.LINK in letter.text
    assert letter.html.count("://") == 1
    assert f'href="{mailroom.LINK}"' in letter.html


def test_a_letter_is_the_same_whenever_it_is_written() -> None:
    message = mailroom.message(mailroom.invitation())

    assert mailroom.writer().write(message) == mailroom.writer().write(message)


def test_a_hostile_name_links_nowhere_and_adds_no_markup() -> None:
    mail = mailroom.invitation(
        inviter_name="<a href=//e.test>x</a><img src=//e.test>",
        organization_name="Urgent http://evil.com pay@evil.com",
    )

    letter = mailroom.writer().write(mailroom.message(mail))

    for part in (letter.subject, letter.text, letter.html):
        assert "evil.com" not in part
        assert "//e.test" not in part
        assert "<img" not in part
    assert letter.html.count("<a ") == 1
    assert letter.text.count("@") == 1  # the recipient's own


def test_a_name_is_shown_at_forty_characters() -> None:
    mail = mailroom.invitation(organization_name="a" * 80)

    letter = mailroom.writer().write(mailroom.message(mail))

    assert letter.subject == "Bo Berg invites you to " + "a" * 40


@pytest.mark.parametrize("template", ["trial/astray", "trial/afar"])
def test_a_letter_that_leads_elsewhere_is_not_written(template: str) -> None:
    with pytest.raises(HostileMail):
        mailroom.writer().write(note(template))


def test_a_text_of_any_other_name_is_neutralised_too() -> None:
    letter = mailroom.writer().write(note(note="Pay at http://evil.com <b>now</b>!"))

    assert letter.text == "Pay at evilcom b now b o'neil&co@x.test\n"


def test_the_html_part_is_escaped() -> None:
    letter = mailroom.writer().write(note())

    assert letter.html == "<p>Hello o&#39;neil&amp;co@x.test</p>"


def test_an_address_in_a_mail_is_an_address() -> None:
    with pytest.raises(InvalidEmail):
        mailroom.writer().write(note(email="see evil.com"))


def test_a_subject_is_one_line() -> None:
    assert mailroom.writer().write(note()).subject == "A note to ana@x.test"


def test_the_mail_goes_to_the_typed_address_with_its_domain_in_ascii() -> None:
    letter = mailroom.writer().write(mailroom.message(mailroom.invitation("Ana@BÜCHER.test")))

    assert letter.recipient == "Ana@xn--bcher-kva.test"


def test_a_recipient_that_is_no_address_is_not_written_to() -> None:
    with pytest.raises(InvalidEmail):
        mailroom.writer().write(mailroom.message(mailroom.invitation("ana@x.test,eve@e.test")))


def test_a_wiped_seed_makes_no_link() -> None:
    mail = mailroom.invitation()
    settled = Mail(
        template=mail.template,
        recipient=mail.recipient,
        locale=mail.locale,
        parameters=mail.parameters,
        not_after=mail.not_after,
        link_path=mail.link_path,
        key_purpose=mail.key_purpose,
    )

    with pytest.raises(LinkForgotten):
        mailroom.writer().write(mailroom.message(settled))


def test_a_template_misses_no_parameter_in_silence() -> None:
    mail = mailroom.invitation()
    incomplete = Mail(
        template=mail.template,
        recipient=mail.recipient,
        locale="en",
        parameters={},
        not_after=mail.not_after,
    )

    with pytest.raises(UndefinedError):
        mailroom.writer().write(mailroom.message(incomplete))


def test_neither_a_message_nor_a_writer_tells_its_secrets_when_printed() -> None:
    shown = repr(mailroom.message(mailroom.invitation())) + repr(mailroom.writer())

    assert repr(mailroom.SEED) not in shown
    assert repr(mailroom.SECRET.value) not in shown
