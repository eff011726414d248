"""A Vestibule in miniature: starts the embedded PostgreSQL, says so, and waits to be told to end.

    python keeper.py DATA_DIR

Writes one line of JSON: the URL and the postmaster's process id, or the fault. Then a line on
standard input ends it, in good order.
"""

import json
import os
import sys
from pathlib import Path

from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.server import EmbeddedPostgres


def main(data_dir: Path) -> None:
    try:
        with EmbeddedPostgres.start(data_dir) as postgres:
            pid = postgres.postmaster.pid if postgres.postmaster else 0
            say({"url": postgres.url, "postmaster": pid, "pid": os.getpid()})
            sys.stdin.readline()
    except EmbeddedFault as fault:
        say({"fault": str(fault)})


def say(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
