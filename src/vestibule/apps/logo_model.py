"""An app's logo: which pictures are taken, told by their own bytes and not by what is said. Pure.

No SVG: it is a document that can hold scripts. Formats: the PNG specification (W3C, 3rd edition),
ITU T.81 (JPEG), RFC 9649 (WebP).
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from vestibule.kernel.errors import InvalidField
from vestibule.kernel.i18n import mark

MOST_BYTES = 32 * 1024
MOST_PIXELS = 1024

_Size: TypeAlias = tuple[int, int]

_DATA_URL = re.compile(r"data:image/(?:png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER = b"\x00\x00\x00\rIHDR"
_JPEG = b"\xff\xd8\xff"
# Start of frame: all but define Huffman table, the extension, and define arithmetic coding.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_FRAME_BYTES = 9
_WEBP_LOSSY_START = b"\x9d\x01\x2a"
_WEBP_LOSSLESS_START = b"\x2f"
_14_BITS = 0x3FFF


class InvalidLogo(InvalidField):
    """Not a small PNG, JPEG or WebP."""

    sentence = mark(
        "Choose a PNG, JPEG or WebP picture of at most {kilobytes} kB "
        "and {pixels} × {pixels} pixels."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture: PNG, JPEG or WebP."""

    type: str
    content: bytes = field(repr=False)


def read_logo(content: bytes, *, path: str = "logo") -> Logo:
    """Give the picture with its type, if it is one that is taken. Raises InvalidLogo."""
    kind = _kind_of(content)
    if kind is None or len(content) > MOST_BYTES or not _is_sized(_SIZES[kind], content):
        raise refusal(path)
    return Logo(type=kind, content=content)


def refusal(path: str) -> InvalidLogo:
    """Give what any other picture is refused by."""
    return InvalidLogo(path=path, kilobytes=MOST_BYTES // 1024, pixels=MOST_PIXELS)


def logo_of_url(text: str, *, path: str = "logo") -> Logo:
    """Give the picture that a data URL holds (`data:image/png;base64,…`). Raises InvalidLogo."""
    found = _DATA_URL.fullmatch(text)
    try:
        content = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        content = b""
    return read_logo(content, path=path)


def _kind_of(content: bytes) -> str | None:
    if content.startswith(_PNG):
        return "image/png"
    if content.startswith(_JPEG):
        return "image/jpeg"
    is_webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    return "image/webp" if is_webp else None


def _is_sized(size_of: Callable[[bytes], _Size | None], content: bytes) -> bool:
    size = size_of(content)
    return size is not None and all(0 < side <= MOST_PIXELS for side in size)


def _png_size(content: bytes) -> _Size | None:
    start = len(_PNG) + len(_PNG_HEADER)
    if content[len(_PNG) : start] != _PNG_HEADER or len(content) < start + 8:
        return None
    return _big(content[start : start + 4]), _big(content[start + 4 : start + 8])


def _jpeg_size(content: bytes) -> _Size | None:
    at = 2
    while at + _JPEG_FRAME_BYTES <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], _big(content[at + 2 : at + 4])
        if marker in _JPEG_FRAMES:
            return _big(content[at + 7 : at + 9]), _big(content[at + 5 : at + 7])
        at += 1 if marker == 0xFF else 2 + length  # before a marker may stand any number of 0xFF
    return None


def _webp_size(content: bytes) -> _Size | None:
    head = content[20:30]
    if len(head) < 10:
        return None
    match content[12:16]:
        case b"VP8 " if head[3:6] == _WEBP_LOSSY_START:
            return _little(head[6:8]) & _14_BITS, _little(head[8:10]) & _14_BITS
        case b"VP8L" if head.startswith(_WEBP_LOSSLESS_START):
            both = _little(head[1:5])
            return (both & _14_BITS) + 1, (both >> 14 & _14_BITS) + 1
        case b"VP8X":
            return _little(head[4:7]) + 1, _little(head[7:10]) + 1
        case _:
            return None


def _big(content: bytes) -> int:
    return int.from_bytes(content, "big")


def _little(content: bytes) -> int:
    return int.from_bytes(content, "little")


_SIZES: dict[str, Callable[[bytes], _Size | None]] = {
    "image/png": _png_size,
    "image/jpeg": _jpeg_size,
    "image/webp": _webp_size,
}
