"""No file names the host of a package registry, or a folder of somebody's machine.

Both are spelled in pieces here, so that this lint does not report itself.
"""

import re
from collections.abc import Iterator

from tools.lints.source import Fault, Source

_HOSTS = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("registry.npmjs", "org"),
    ("registry.yarnpkg", "com"),
    ("deb.debian", "org"),
    ("proxy.golang", "org"),
)
_FOLDERS = ("work", "root", "home", "Users")

HOST = re.compile("|".join(re.escape(".".join(pieces)) for pieces in _HOSTS))
FOLDER = re.compile(rf"(?<![\w.~$}}*<>-])/(?:{'|'.join(_FOLDERS)})/\w")


def check(source: Source) -> Iterator[Fault]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if HOST.search(line):
            yield source.fault(number, "names the host of a package registry")
        if FOLDER.search(line):
            yield source.fault(number, "names a folder of one machine")
