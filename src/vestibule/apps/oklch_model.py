"""Colours as screens show them and as eyes order them: sRGB, OKLab and OKLCH. Pure.

After Björn Ottosson, https://bottosson.github.io/posts/oklab/ (2020); luminance and contrast after
WCAG 2.2.
"""

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

_Three: TypeAlias = tuple[float, float, float]
_Matrix: TypeAlias = tuple[_Three, _Three, _Three]

_RGB_TO_CONES: _Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_CONES_TO_LAB: _Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_LAB_TO_CONES: _Matrix = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_CONES_TO_RGB: _Matrix = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_LUMINANCE: _Three = (0.2126, 0.7152, 0.0722)
_FLARE = 0.05
_CHROMA_STEPS = 12
_ROUNDING = 0.5 / 255


@dataclass(frozen=True, slots=True)
class Colour:
    """What a screen shows: red, green and blue, each from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def of_hex(cls, text: str) -> "Colour":
        """Read `#rrggbb`."""
        return cls(*bytes.fromhex(text.removeprefix("#")))

    def __str__(self) -> str:
        """Write `#rrggbb`."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def light(self) -> _Three:
        """Give its linear light, each from 0 to 1."""
        return (_linear(self.red), _linear(self.green), _linear(self.blue))

    @property
    def luminance(self) -> float:
        """Give how bright it is: 0 is black, 1 is white."""
        return _dot(_LUMINANCE, self.light)

    def contrast(self, other: "Colour") -> float:
        """Give how far both are apart, from 1 to 21."""
        dim, bright = sorted((self.luminance, other.luminance))
        return (bright + _FLARE) / (dim + _FLARE)

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """Mix a share of the other in, as `color-mix(in oklab)` does."""
        pairs = zip(_lab(self.light), _lab(other.light), strict=True)
        lightness, a, b = (mine * (1 - share) + theirs * share for mine, theirs in pairs)
        return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a))).colour


@dataclass(frozen=True, slots=True)
class Oklch:
    """How an eye orders colours: lightness from 0 to 1, chroma from 0, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def of_colour(cls, colour: Colour) -> "Oklch":
        """Give the place of a colour."""
        lightness, a, b = _lab(colour.light)
        return cls(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)))

    @property
    def colour(self) -> Colour:
        """Give the colour; one that no screen shows loses chroma until one does."""
        light = self._light
        if not _is_shown(light):
            light = self._with_less_chroma()._light
        red, green, blue = (round(255 * _encoded(part)) for part in light)
        return Colour(red, green, blue)

    def lighter(self, step: float) -> "Oklch":
        """Move up, or down by a step below zero, no further than white and black."""
        return replace(self, lightness=min(1.0, max(0.0, self.lightness + step)))

    @property
    def _light(self) -> _Three:
        angle = math.radians(self.hue)
        lab = (self.lightness, self.chroma * math.cos(angle), self.chroma * math.sin(angle))
        long, middle, short = (part**3 for part in _times(_LAB_TO_CONES, lab))
        return _times(_CONES_TO_RGB, (long, middle, short))

    def _with_less_chroma(self) -> "Oklch":
        least, most = 0.0, self.chroma
        for _ in range(_CHROMA_STEPS):
            middle = (least + most) / 2
            is_shown = _is_shown(replace(self, chroma=middle)._light)
            least, most = (middle, most) if is_shown else (least, middle)
        return replace(self, chroma=least)


def _lab(light: _Three) -> _Three:
    long, middle, short = (math.cbrt(part) for part in _times(_RGB_TO_CONES, light))
    return _times(_CONES_TO_LAB, (long, middle, short))


def _is_shown(light: _Three) -> bool:
    return all(-_ROUNDING / 12.92 <= part <= 1 + _ROUNDING for part in light)


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _encoded(light: float) -> float:
    share = min(1.0, max(0.0, light))
    return share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055


def _times(matrix: _Matrix, three: _Three) -> _Three:
    first, second, third = (_dot(row, three) for row in matrix)
    return (first, second, third)


def _dot(one: _Three, other: _Three) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
