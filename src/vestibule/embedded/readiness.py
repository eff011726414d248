"""Asks a server whether it takes connections, by making one: as little protocol as that needs."""

import socket
import struct
from dataclasses import dataclass
from enum import Enum

from vestibule.embedded import store

PROTOCOL = 3 << 16
STARTING = frozenset({"57P03", "57P01", "57P02"})  # cannot_connect_now, and shutdowns
CROWDED = "53300"  # too_many_connections: it is up
PATIENCE = 5.0  # seconds for one answer


class Readiness(Enum):
    """What the server said."""

    NOT_YET = "not yet"
    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, why, and the process that listens (0: nobody)."""

    readiness: Readiness
    reason: str = ""
    pid: int = 0


def ask(path: str) -> Answer:
    """Connect to the socket as our role, and part at once."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE)
            line.connect(path)
            return _converse(line)
    except OSError as fault:
        return Answer(Readiness.NOT_YET, str(fault))


def _converse(line: socket.socket) -> Answer:
    credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid = int(struct.unpack("3i", credentials)[0])
    words = ("user", store.ROLE, "database", store.DATABASE, "", "")
    body = struct.pack("!i", PROTOCOL) + "\0".join(words).encode()
    line.sendall(struct.pack("!i", len(body) + 4) + body)
    with line.makefile("rb") as stream:
        while head := stream.read(5):
            kind, length = struct.unpack("!ci", head.ljust(5, b"\0"))
            content = stream.read(max(length - 4, 0))
            if kind == b"E":
                return _refusal(content, pid)
            if kind == b"Z":
                line.sendall(b"X\0\0\0\4")
                return Answer(Readiness.READY, pid=pid)
    return Answer(Readiness.NOT_YET, "the server hung up", pid)


def _refusal(content: bytes, pid: int) -> Answer:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in content.split(b"\0")}
    code, reason = fields.get(b"C", ""), fields.get(b"M", "")
    if code in STARTING:
        return Answer(Readiness.NOT_YET, reason, pid)
    return Answer(Readiness.READY if code == CROWDED else Readiness.REFUSED, reason, pid)
