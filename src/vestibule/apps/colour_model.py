"""An app's colour as its pages wear it: light and dark, with the contrast computed. Pure.

Contrast is that of WCAG 2.2 (1.4.3, AA): text is told from its ground by at least 4.5 to 1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vestibule.apps.oklch_model import Colour, Oklch
from vestibule.kernel.errors import InvalidField
from vestibule.kernel.i18n import mark

# Text on its ground; and a little above it, so that rounding never falls below.
READABLE = 4.5
_ENOUGH = 4.55
# A button, which has text of its own, from the page around it.
STANDING_OUT = 1.5

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_STEP = 0.01
_HOVER_STEP = 0.05
_TINT = 0.09
# What stands on a button: the first that can be read.
_LETTERS = (Colour.of_hex("#ffffff"), Colour.of_hex("#17120e"))


class InvalidColour(InvalidField):
    """Not a colour as a browser's colour picker gives it."""

    sentence = mark("Write the colour as # and six digits or letters a to f, such as #7a1f4d.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The grounds of a light or a dark page, as `vestibule.css` has them."""

    paper: Oklch
    surface: Oklch
    sunk: Oklch
    is_dark: bool

    @property
    def grounds(self) -> tuple[Colour, ...]:
        """Give all that a link may stand on, but the tint."""
        return (self.paper.colour, self.surface.colour, self.sunk.colour)


LIGHT = Scheme(
    paper=Oklch(0.968, 0.010, 78),
    surface=Oklch(0.995, 0.004, 85),
    sunk=Oklch(0.950, 0.012, 78),
    is_dark=False,
)
DARK = Scheme(
    paper=Oklch(0.185, 0.010, 55),
    surface=Oklch(0.225, 0.012, 55),
    sunk=Oklch(0.265, 0.013, 55),
    is_dark=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accent:
    """A colour in one scheme: of buttons, of those pointed at, of text on them, of links, of tints.

    `ink` is read on every ground and on `tint`, `letters` on `fill` and on `hover`.
    """

    fill: Colour
    hover: Colour
    letters: Colour
    ink: Colour
    tint: Colour


def clean_colour(text: str, *, path: str = "colour") -> str:
    """Give the colour as it is kept: `#rrggbb`, in small letters. Raises InvalidColour."""
    if not _COLOUR.fullmatch(text):
        raise InvalidColour(path=path)
    return text.lower()


def accent(colour: str, scheme: Scheme) -> Accent:
    """Make the chosen colour readable in a scheme: as light or dark as it must be, its hue kept."""
    chosen = Oklch.of_colour(Colour.of_hex(colour))
    fill, letters = _filled(chosen, scheme)
    tint = scheme.surface.colour.mixed(fill, _TINT)
    return Accent(
        fill=fill,
        hover=_hovered(fill, letters),
        letters=letters,
        ink=_first_readable(_turned(chosen, scheme), [*scheme.grounds, tint]),
        tint=tint,
    )


@lru_cache(maxsize=256)
def look_css(colour: str) -> str:
    """Write the stylesheet that gives pages this colour; `colour` is one that was cleaned."""
    light, dark = accent(colour, LIGHT), accent(colour, DARK)
    pairs = {
        "accent": (light.fill, dark.fill),
        "accent-hover": (light.hover, dark.hover),
        "on-accent": (light.letters, dark.letters),
        "accent-ink": (light.ink, dark.ink),
        "tint": (light.tint, dark.tint),
    }
    lines = [f"  --{name}: light-dark({day}, {night});" for name, (day, night) in pairs.items()]
    return "\n".join([":root {", *lines, "}", ""])


def _filled(chosen: Oklch, scheme: Scheme) -> tuple[Colour, Colour]:
    """Give the button nearest to the colour that stands out and has readable text, and the text."""
    for colour in _turned(chosen, scheme):
        letters = next((each for each in _LETTERS if colour.contrast(each) >= _ENOUGH), None)
        if letters and colour.contrast(scheme.surface.colour) >= STANDING_OUT:
            return colour, letters
    raise AssertionError("black and white stand out")


def _hovered(fill: Colour, letters: Colour) -> Colour:
    """Give the button that is pointed at: a step away from its text."""
    step = -_HOVER_STEP if letters.luminance > fill.luminance else _HOVER_STEP
    return Oklch.of_colour(fill).lighter(step).colour


def _first_readable(colours: Iterable[Colour], grounds: Sequence[Colour]) -> Colour:
    for colour in colours:
        if all(colour.contrast(ground) >= _ENOUGH for ground in grounds):
            return colour
    raise AssertionError("black and white are readable")


def _turned(chosen: Oklch, scheme: Scheme) -> Iterator[Colour]:
    """Give the colour ever darker, on a dark page ever lighter, down to black or up to white."""
    way = _STEP if scheme.is_dark else -_STEP
    for count in range(round(1 / _STEP) + 1):
        yield chosen.lighter(count * way).colour
