"""What the documents point at is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FILE = re.compile(r"`((?:src|tests|tools|docs|requirements|\.ci)/[A-Za-z0-9_./-]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = [link for link in _links(document) if not _is_there(document, link)]
    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(document: Path) -> None:
    named = set(_FILE.findall(document.read_text()))
    # A name with NNNN in it stands for any number.
    assert sorted(name for name in named if "NNNN" not in name and not (ROOT / name).exists()) == []


def _links(document: Path) -> Iterator[str]:
    for link in _LINK.findall(document.read_text()):
        if not link.startswith(("http://", "https://", "mailto:")):
            yield link


def _is_there(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = document.parent / path if path else document
    if not target.exists():
        return False
    return not anchor or anchor in {_slug(title) for title in _HEADING.findall(target.read_text())}


def _slug(title: str) -> str:
    """The anchor that readers of Markdown give to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower().replace("`", "")).strip().replace(" ", "-")
