"""Whatever colour an app chooses, its pages can be read."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vestibule.apps import colour_model
from vestibule.apps.colour_model import (
    DARK,
    LIGHT,
    READABLE,
    STANDING_OUT,
    InvalidColour,
    Scheme,
    accent,
    clean_colour,
    look_css,
)
from vestibule.apps.oklch_model import Colour, Oklch
from vestibule.web import templating

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
schemes = st.sampled_from([LIGHT, DARK])
_LIGHT_DARK = re.compile(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")


@given(colour=colours, scheme=schemes)
@example(colour="#ffffff", scheme=LIGHT)
@example(colour="#000000", scheme=DARK)
@example(colour="#767676", scheme=LIGHT)
@example(colour="#ffff00", scheme=LIGHT)
@example(colour="#0000ff", scheme=DARK)
def test_text_on_the_colour_and_links_in_it_are_readable(colour: str, scheme: Scheme) -> None:
    made = accent(colour, scheme)

    assert made.letters.contrast(made.fill) >= READABLE
    assert made.letters.contrast(made.hover) >= READABLE
    for ground in (*scheme.grounds, made.tint):
        assert made.ink.contrast(ground) >= READABLE
    assert made.fill.contrast(scheme.surface.colour) >= STANDING_OUT


@given(colour=colours, scheme=schemes)
def test_the_hue_stays_what_was_chosen(colour: str, scheme: Scheme) -> None:
    chosen = Oklch.of_colour(Colour.of_hex(colour))
    made = accent(colour, scheme)
    for part in (made.fill, made.ink):
        got = Oklch.of_colour(part)
        # Eight bits a channel say little of the hue of what is nearly grey, black or white.
        if min(chosen.chroma, got.chroma) > 0.05:
            assert abs((got.hue - chosen.hue + 180) % 360 - 180) < 8


def test_a_colour_that_can_be_read_is_worn_as_it_is() -> None:
    assert str(accent("#7a1f4d", LIGHT).fill) == "#7a1f4d"
    assert str(accent("#7a1f4d", LIGHT).ink) == "#7a1f4d"
    assert str(accent("#7a1f4d", LIGHT).letters) == "#ffffff"
    assert str(accent("#ffd400", DARK).fill) == "#ffd400"
    assert accent("#ffd400", LIGHT).letters.luminance < 0.01


@given(colour=colours)
def test_the_stylesheet_says_so_to_a_browser_and_nothing_else(colour: str) -> None:
    css = look_css(colour)
    light, dark = accent(colour, LIGHT), accent(colour, DARK)
    assert _LIGHT_DARK.findall(css) == [
        (str(getattr(light, name)), str(getattr(dark, name)))
        for name in ("fill", "hover", "letters", "ink", "tint")
    ]
    assert re.fullmatch(r":root \{\n(  --[a-z-]+: light-dark\(#\w{6}, #\w{6}\);\n){5}\}\n", css)


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    css = (templating.STATIC / "vestibule.css").read_text()
    for name in ("paper", "surface", "sunk"):
        light, dark = getattr(LIGHT, name), getattr(DARK, name)
        found = re.search(rf"--{name}: light-dark\(oklch\((.*?)\), oklch\((.*?)\)\);", css)
        assert found
        assert [float(part) for part in found[1].split()] == [
            light.lightness,
            light.chroma,
            light.hue,
        ]
        assert [float(part) for part in found[2].split()] == [dark.lightness, dark.chroma, dark.hue]


def test_the_stylesheet_has_all_that_an_app_may_set() -> None:
    css = (templating.STATIC / "vestibule.css").read_text()
    for name in re.findall(r"(--[a-z-]+):", look_css("#7a1f4d")):
        assert f"{name}: " in css
        assert f"var({name})" in css


@pytest.mark.parametrize(
    ("colour", "lightness", "chroma"),
    [
        ("#ffffff", 1.0, 0.0),
        ("#000000", 0.0, 0.0),
        ("#ff0000", 0.628, 0.258),
        ("#0000ff", 0.452, 0.313),
    ],
)
def test_places_of_known_colours(colour: str, lightness: float, chroma: float) -> None:
    place = Oklch.of_colour(Colour.of_hex(colour))
    assert place.lightness == pytest.approx(lightness, abs=0.001)
    assert place.chroma == pytest.approx(chroma, abs=0.001)


@given(colour=colours)
def test_a_colour_comes_back_from_its_place(colour: str) -> None:
    read = Colour.of_hex(colour)
    assert str(read) == colour
    assert Oklch.of_colour(read).colour == read


def test_contrast_is_that_of_the_guidelines() -> None:
    white, black = Colour.of_hex("#ffffff"), Colour.of_hex("#000000")
    assert white.contrast(black) == black.contrast(white) == pytest.approx(21)
    assert white.contrast(Colour.of_hex("#767676")) == pytest.approx(4.54, abs=0.005)


def test_a_colour_is_kept_in_small_letters() -> None:
    assert clean_colour("#7A1f4D") == "#7a1f4d"


@pytest.mark.parametrize(
    "text",
    [
        *("", "#", "red", "7a1f4d", "#7a1f4", "#7a1f4dd", "#fff", "#7a1f4d\n", " #7a1f4d"),
        *("#\uff17a1f4d", "#gggggg", "#000;}", "url(x)", "oklch(.5 .1 20)"),
    ],
)
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(InvalidColour) as caught:
        clean_colour(text)
    assert caught.value.errors[0].path == "colour"
    assert "six digits" in caught.value.explain()


def test_a_stylesheet_is_written_once_for_each_colour() -> None:
    assert look_css("#123456") is look_css("#123456")
    assert colour_model.look_css.cache_info().maxsize
