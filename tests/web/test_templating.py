"""How times read, what is escaped, and the addresses of static files."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from jinja2 import DictLoader, UndefinedError

from vestibule.kernel import clock, i18n
from vestibule.web import templating

AT = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
HOSTILE = "<b>\"'&"


@pytest.mark.parametrize("name", ["a.html", "mail/a.html", "a.htm", "a.xml", "a"])
def test_what_people_wrote_is_escaped_in_pages(name: str) -> None:
    assert written(name) == "&lt;b&gt;&#34;&#39;&amp;"


@pytest.mark.parametrize("name", ["a.txt", "mail/a.txt", "a.subject.txt"])
def test_and_stays_as_it_is_in_the_text_of_a_mail(name: str) -> None:
    assert written(name) == HOSTILE


def written(name: str) -> str:
    house = templating.environment()
    other = house.overlay(loader=DictLoader({name: "{{ word }}"}))
    return other.get_template(name).render(word=HOSTILE)


def test_a_name_that_a_template_is_not_given_is_a_fault() -> None:
    with pytest.raises(UndefinedError):
        templating.environment().from_string("{{ nobody }}").render()


def test_no_template_marks_what_people_wrote_as_safe() -> None:
    """The text of a mail is no HTML: there it keeps shared macros from writing `&amp;`."""
    for path in templating.HOUSE.glob("*/templates/**/*"):
        if path.is_file() and path.suffix != ".txt":
            text = path.read_text().replace(" ", "").replace("csrf_input|safe", "")
            assert "|safe" not in text, path
            assert "autoescapefalse" not in text, path


def test_a_time_is_written_in_full_with_its_zone() -> None:
    assert templating.when(AT) == "Wednesday 25 November 2026, 14:05 UTC"
    assert i18n.day(AT) == "25 November 2026"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=1))])
def test_the_end_of_a_day_is_told_as_that_day_wherever_it_is_read(zone: tzinfo) -> None:
    end = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC).astimezone(zone)
    assert templating.is_end_of_day(end)
    assert templating.ending(end) == "31 December 2026, at the end of the day (UTC)"


def test_another_end_is_told_in_full() -> None:
    assert not templating.is_end_of_day(AT)
    assert templating.ending(AT) == templating.when(AT)


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    from_india = AT.astimezone(tz=datetime.strptime("+0530", "%z").tzinfo)
    assert templating.when(from_india) == "Wednesday 25 November 2026, 14:05 UTC"


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(minutes=-3), "3 minutes ago"),
        (timedelta(hours=-2, minutes=-10), "2 hours ago"),
        (timedelta(days=-3), "3 days ago"),
    ],
)
def test_what_was_is_so_long_ago(distance: timedelta, words: str) -> None:
    assert templating.ago(clock.present() + distance) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(minutes=10, seconds=5), "in 10 minutes"),
        (timedelta(hours=5, seconds=5), "in 5 hours"),
        (timedelta(days=4, seconds=5), "in 4 days"),
    ],
)
def test_what_will_be_is_so_far_ahead(distance: timedelta, words: str) -> None:
    assert templating.until(clock.present() + distance) == words


def test_a_static_address_changes_with_the_file_and_only_then() -> None:
    address = templating.static("vestibule.css")
    assert address == templating.static("vestibule.css")
    start, version, name = address.rsplit("/", 2)
    assert (start, name) == ("/static", "vestibule.css")
    assert len(version) == 12
    assert version != templating.static("vestibule.js").rsplit("/", 2)[1]


def test_a_static_file_that_is_not_there_is_noticed_when_the_page_is_written() -> None:
    with pytest.raises(FileNotFoundError):
        templating.static("nothing.css")
