"""Which pictures are taken as a logo: small PNG, JPEG and WebP, told by what they are."""

import base64
import struct
import zlib

import pytest

from vestibule.apps.logo_model import MOST_BYTES, InvalidLogo, logo_of_url, read_logo

# Each 3 × 2 pixels, as a browser wrote them.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////"
    "////////////////////////////2wBDAVVaWnhpeOuCguv//////////////////////////////////////////////"
    "///////////////////////////wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAA"
    "AAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQP/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRA"
    "xEAPwCABUf/2Q=="
)
LOSSY = base64.b64decode("VlA4ICAAAABwAQCdASoDAAIAB0CWJaACdAFAAAD+6MtrtVlqIeAAAA==")
LOSSLESS = base64.b64decode("VlA4TBEAAAAvAkAAAAfQj+q1qf+BiOh/AAA=")


def png(width: int, height: int, *, size: int = 0) -> bytes:
    """A grey picture; filled up to this size by a chunk that says nothing."""
    body = b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"\0" + b"\x80" * 8)),
            (b"IEND", b""),
        )
    )
    whole = b"\x89PNG\r\n\x1a\n" + body
    return whole + b"\0" * (size - len(whole))


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def extended(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X" + (10).to_bytes(4, "little") + b"\0" * 4 + canvas


def jpeg(width: int, height: int) -> bytes:
    return JPEG.replace(b"\x00\x02\x00\x03", struct.pack(">HH", height, width), 1)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


TAKEN = [
    ("image/png", png(1, 1)),
    ("image/png", png(1024, 1024)),
    ("image/png", png(10, 10, size=MOST_BYTES)),
    ("image/jpeg", JPEG),
    ("image/jpeg", jpeg(1024, 1)),
    ("image/jpeg", JPEG[:2] + b"\xff\xff" + JPEG[2:]),
    ("image/webp", webp(LOSSY)),
    ("image/webp", webp(LOSSLESS)),
    ("image/webp", webp(extended(1024, 1024), LOSSY)),
]
REFUSED = {
    "nothing": b"",
    "text": b"a logo",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "gif": b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
    "bmp": b"BM" + b"\0" * 60,
    "wide png": png(1025, 1),
    "high png": png(1, 1025),
    "huge png": png(0xFFFFFFFF, 0xFFFFFFFF),
    "flat png": png(0, 10),
    "heavy png": png(10, 10, size=MOST_BYTES + 1),
    "png without header": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    "cut png": png(10, 10)[:20],
    "wide jpeg": jpeg(1025, 2),
    "high jpeg": jpeg(2, 65535),
    "cut jpeg": JPEG[:40],
    "jpeg without frame": b"\xff\xd8\xff\xd9" + b"\0" * 40,
    "jpeg that leads nowhere": b"\xff\xd8\xff\xe0\x00\x00" + b"\0" * 40,
    "jpeg of filling": b"\xff\xd8" + b"\xff" * 1000,
    "wide webp": webp(extended(1025, 1)),
    "high webp": webp(extended(1, 16384)),
    "cut webp": webp(LOSSY)[:24],
    "lossy webp without its start": webp(LOSSY[:11] + b"\0\0\0" + LOSSY[14:]),
    "lossless webp without its start": webp(LOSSLESS[:8] + b"\0" * 13),
    "webp of another kind": webp(b"VP9 " + b"\0" * 40),
    "riff of another kind": b"RIFF" + b"\0" * 4 + b"WAVE" + b"\0" * 40,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "content"), TAKEN)
def test_a_small_picture_is_taken_and_its_type_is_what_it_is(kind: str, content: bytes) -> None:
    logo = read_logo(content)
    assert (logo.type, logo.content) == (kind, content)


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(InvalidLogo) as caught:
        read_logo(content)
    assert caught.value.errors[0].path == "logo"
    assert "at most 32 kB and 1024 × 1024 pixels" in caught.value.explain()


def test_a_logo_comes_by_the_api_as_a_data_url() -> None:
    content = png(1, 1)
    url = "data:image/png;base64," + base64.b64encode(content).decode()
    assert logo_of_url(url) == read_logo(content)
    # What is said of the type does not count: the bytes do.
    assert logo_of_url(url.replace("png", "webp")).type == "image/png"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/logo.png",
        "data:image/png,abc",
        "data:image/svg+xml;base64," + base64.b64encode(REFUSED["svg"]).decode(),
        "data:image/png;base64," + base64.b64encode(REFUSED["svg"]).decode(),
        "data:image/png;base64,iVBORw0KGgo",
        "data:image/png;base64,iVBO Rw0KGgo=",
        "data:image/png;base64,====",
        "data:image/png;charset=x;base64,iVBORw0KGgo=",
    ],
)
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidLogo):
        logo_of_url(url)
