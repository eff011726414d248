"""`python -m tools.schema` writes schema.sql: the sum of all migrations, as PostgreSQL tells it."""

import asyncio
import os
import re
import subprocess
import tempfile
from pathlib import Path

from vestibule.embedded import binaries
from vestibule.embedded.server import EmbeddedPostgres
from vestibule.migrations import runner

FILE = runner.FOLDER / "schema.sql"
HEAD = (
    "-- The sum of all migrations, written by `make schema`: to be read, and compared by a test.\n"
)

# What a dump says of itself rather than of the schema, and what differs between versions.
_NOISE = re.compile(r"--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*")
_VIEW = re.compile(r"^CREATE VIEW .*?;$", re.MULTILINE | re.DOTALL)


def dump(url: str) -> str:
    """Give the schema of a database as SQL, the same from every version of PostgreSQL."""
    program = binaries.find()[0].prefix / "bin" / "pg_dump"
    told = subprocess.run(
        [program, "--schema-only", "--no-owner", "--no-privileges", f"--dbname={url}"],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PGCLIENTENCODING": "UTF8"},
    )
    lines = [line for line in told.stdout.splitlines() if not _NOISE.fullmatch(line)]
    statements = re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
    statements = _VIEW.sub(_unqualified, statements.replace("public.", ""))
    return f"{HEAD}\n{statements}\n"


def _unqualified(view: re.Match[str]) -> str:
    """Give a view without the names before its columns: some versions write them, some do not."""
    return re.sub(r"\b[a-z_]+\.(?=[a-z_])", "", view[0])


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="vestibule-schema-") as folder,
        EmbeddedPostgres.start(Path(folder) / "data") as server,
    ):
        asyncio.run(runner.migrate(server.url))
        FILE.write_text(dump(server.url))
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    main()
