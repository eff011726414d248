"""Which language is spoken: within a block, within a request, and never across two."""

import asyncio
from gettext import NullTranslations

import pytest

from vestibule.kernel import i18n


class Marked(NullTranslations):
    """A catalogue that knows every sentence."""

    def gettext(self, message: str) -> str:
        return f"sv:{message}"


@pytest.fixture
def swedish(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second language, of one sentence: there is none in the house yet."""
    catalogue, english = Marked(), NullTranslations()
    monkeypatch.setattr(i18n, "locales", lambda: ("en", "sv"))
    monkeypatch.setattr(i18n, "_catalogue", lambda name: catalogue if name == "sv" else english)


@pytest.mark.parametrize("asked", ["en", "en-GB", "EN_us", "xx", "", "*", "../../etc", "\x00"])
def test_an_unknown_language_is_english(asked: str) -> None:
    assert i18n.supported(asked) == "en"
    with i18n.speaking(asked):
        assert i18n.current_locale() == "en"
        assert i18n.gettext("Sign in first.") == "Sign in first."


def test_every_language_that_is_listed_has_a_catalogue_that_can_be_read() -> None:
    assert i18n.locales()[0] == "en"
    for locale in i18n.locales():
        assert (i18n.LOCALES / locale / "LC_MESSAGES" / "vestibule.po").is_file()
        with i18n.speaking(locale):
            assert i18n.current_locale() == locale
            assert i18n.gettext("Sign in first.")


def test_the_form_fits_the_number() -> None:
    assert i18n.ngettext("{n} try", "{n} tries", 1) == "{n} try"
    assert i18n.ngettext("{n} try", "{n} tries", 2) == "{n} tries"
    assert i18n.ngettext("{n} try", "{n} tries", 0) == "{n} tries"


def test_a_marked_sentence_stays_as_it_is() -> None:
    assert i18n.mark("Hello, {name}.") == "Hello, {name}."


@pytest.mark.usefixtures("swedish")
def test_blocks_nest_and_restore_also_after_a_fault() -> None:
    with i18n.speaking("sv-FI"):
        assert i18n.gettext("Hello") == "sv:Hello"
        with i18n.speaking("en"):
            assert i18n.gettext("Hello") == "Hello"
        assert i18n.gettext("Hello") == "sv:Hello"
        with pytest.raises(LookupError), i18n.speaking("en"):
            raise LookupError
        assert i18n.current_locale() == "sv"
    assert i18n.current_locale() == "en"


@pytest.mark.usefixtures("swedish")
async def test_two_requests_at_once_do_not_mix_their_languages() -> None:
    async def request(locale: str) -> set[str]:
        said = set()
        with i18n.speaking(locale):
            for _ in range(20):
                await asyncio.sleep(0)
                said.add(i18n.gettext("Hello"))
        return said

    spoken = await asyncio.gather(*(request(("sv", "en")[n % 2]) for n in range(10)))
    assert spoken == [{"sv:Hello"}, {"Hello"}] * 5
