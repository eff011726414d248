"""Every sentence goes through the catalogue, it is up to date, and a translation reaches people."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flit_core import buildapi  # type: ignore[import-untyped]

from tests import refusals
from tests.client import Client
from tests.messages import mailroom
from tests.world import World
from tools import messages, untranslated
from vestibule.kernel import i18n
from vestibule.web.templating import HOUSE, environment

TEMPLATES = sorted(HOUSE.glob("*/templates/**/*.*"))
# A language that exists, so that dates can be written in it; its sentences are ours in brackets.
LANGUAGE = "eo"
SPEAKING = {"Accept-Language": f"{LANGUAGE}-001, en;q=0.5"}


@pytest.fixture
def brackets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language in which every sentence of ours stands in brackets."""
    path = tmp_path / LANGUAGE / "LC_MESSAGES" / "vestibule.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, _bracketed(messages.extract()))
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    _forget_catalogues()
    yield
    _forget_catalogues()


def test_the_catalogues_hold_the_sentences_of_today() -> None:
    template = messages.extract()
    stale = [
        path.name
        for path, content in [
            (messages.TEMPLATE, messages.written(template)),
            *(
                (messages.path_of(each), messages.written(messages.updated(each, template)))
                for each in messages.languages()
            ),
        ]
        if path.read_bytes() != content
    ]
    assert stale == [], "run `make messages`"


def test_every_refusal_explains_itself_through_the_catalogue() -> None:
    known = {str(message.id) for message in messages.extract()}
    assert [kind.__name__ for kind in refusals.every() if kind.sentence not in known] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_template_has_no_words_that_stay_english(path: Path) -> None:
    assert untranslated.find(path) == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hello {{ name }}</p>", "Hello"),
        ("<p>{% if a %}\nWelcome{% endif %}</p>", "Welcome"),
        ('<a title="Close it" href="/">{{ _("Close") }}</a>', "Close it"),
        ('{{ ui.button("Save it") }}', "Save it"),
        ("{% trans %}Yes{% endtrans %} and no", "and no"),
    ],
)
def test_a_word_that_stays_english_is_found(template: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(template)
    assert [fault.words for fault in untranslated.find(path)] == [words]


@pytest.mark.usefixtures("brackets")
@pytest.mark.parametrize("page", ["/sign-in", "/sign-up", "/forgotten-password", "/nowhere"])
async def test_a_page_speaks_the_language_of_its_reader(client: Client, page: str) -> None:
    shown = (await client.get(page, headers=SPEAKING)).text

    assert f'<html lang="{LANGUAGE}"' in shown
    assert _outside_of_brackets(shown) <= untranslated.NAMES


@pytest.mark.usefixtures("brackets")
async def test_a_form_that_is_shown_again_says_so_in_the_language_of_its_reader(
    client: Client,
) -> None:
    form = {"email": "ana", "_csrf_token": await client.form_token()}
    headers = SPEAKING | {"Sec-Fetch-Site": "same-origin"}
    shown = (await client.http.post("/sign-up", data=form, headers=headers)).text

    assert "⟦Enter one mail address, such as ana@example.com.⟧" in shown


@pytest.mark.usefixtures("brackets")
async def test_the_studio_speaks_the_language_of_its_reader(client: Client, world: World) -> None:
    ada = client.as_(world.ada)

    members = (await ada.get("/organizations/analytical/members", headers=SPEAKING)).text
    names = {word for person in world.people for word in (person.first_name, person.last_name)}

    assert "⟦Members⟧" in members
    assert _outside_of_brackets(members) <= untranslated.NAMES | names | {"Analytical"}


@pytest.mark.usefixtures("brackets")
async def test_a_problem_speaks_the_language_of_its_reader(client: Client, world: World) -> None:
    ada = client.as_(world.ada)

    answer = await ada.post("/api/v1/organizations", {"name": "!", "nick": 1}, headers=SPEAKING)
    refused = await client.get("/api/v1/me", headers=SPEAKING)

    assert answer.json()["detail"].startswith("⟦")
    assert refused.json()["detail"] == "⟦Sign in first.⟧"


@pytest.mark.usefixtures("brackets")
def test_a_mail_speaks_the_language_of_the_invitation() -> None:
    mail = replace(
        mailroom.invitation(),
        template="invitations/invitation",
        locale=LANGUAGE,
        parameters={
            "place_name": "Acme",
            "inviter_name": "Bo",
            "role": "admin",
            "expires_at": "2026-11-25T09:30:00+00:00",
        },
    )
    letter = replace(mailroom.writer(), templates=environment()).write(mailroom.message(mail))

    assert letter.subject == "⟦Bo invites you to Acme⟧"
    assert f'<html lang="{LANGUAGE}"' in letter.html
    text = letter.text.replace(mailroom.LINK, "").replace(mailroom.BASE_URL, "")
    assert _outside_of_brackets(text) == set()
    assert _outside_of_brackets(letter.html.replace(mailroom.LINK, "")) <= {"Acme"}


def test_the_package_that_is_installed_has_its_catalogues_and_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(messages.SOURCE.parents[1])
    with ZipFile(tmp_path / buildapi.build_wheel(str(tmp_path))) as wheel:
        packed = set(wheel.namelist())
    wanted = {*messages.LOCALES.rglob("*.po"), *TEMPLATES}
    assert sorted({f"vestibule/{path.relative_to(HOUSE)}" for path in wanted} - packed) == []


def _bracketed(catalogue: Catalog) -> Catalog:
    translated = Catalog(locale=LANGUAGE, fuzzy=False)
    for message in catalogue:
        if message.id:
            translated.add(message.id, _in_brackets(message.id))
    return translated


def _in_brackets(sentence: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    if isinstance(sentence, str):
        return f"⟦{sentence}⟧"
    return tuple(f"⟦{form}⟧" for form in sentence)


def _outside_of_brackets(shown: str) -> set[str]:
    """The words that no sentence of the catalogue holds. Times and addresses have none."""
    text = re.sub(r"<(script|style|time)\b.*?</\1>", " ", shown, flags=re.DOTALL)
    text = re.sub(r"[^\s⟦⟧]+@[^\s⟦⟧]+", " ", unescape(re.sub(r"<[^>]*>", " ", text)))
    while "⟦" in text and (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = less
    return set(re.findall(r"[^\W\d_]{2,}", text))


def _forget_catalogues() -> None:
    i18n.locales.cache_clear()
    i18n._catalogue.cache_clear()
