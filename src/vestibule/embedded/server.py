"""A PostgreSQL of our own, for the machine that has none: lives and dies with this process."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from vestibule.embedded import (
    address,
    binaries,
    copies,
    folders,
    leftovers,
    lock,
    owners,
    readiness,
    store,
)
from vestibule.embedded.address import Address
from vestibule.embedded.cluster import Cluster
from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.lock import Lock
from vestibule.embedded.log import Log
from vestibule.embedded.programs import Launch, Postmaster
from vestibule.embedded.readiness import Readiness
from vestibule.kernel.i18n import gettext as _

LOG = "postgresql.log"
STOP_PATIENCE = 60.0  # seconds
ATTACH_PATIENCE = 60.0  # seconds for the other's server to answer


@dataclass(slots=True)
class EmbeddedPostgres:
    """A running server: ours (we hold the lock, and stop it), or another Vestibule's."""

    address: Address
    postmaster: Postmaster | None = None
    lock: Lock | None = None
    _stopped: bool = field(default=False, init=False)

    @classmethod
    def start(cls, data_dir: Path, *, attach: bool = False) -> Self:
        """Start the server of this folder, made if need be, and wait until it takes connections.

        attach: if another Vestibule runs it already, use that one, instead of raising.
        """
        folder = folders.prepare(data_dir)
        try:
            return cls._own_or_join(Cluster(folder), attach=attach)
        except OSError as fault:
            raise EmbeddedFault(Cluster(folder).explain([str(fault)])) from fault

    @property
    def url(self) -> str:
        """The URL of our database, as its owner, who is nothing beyond it."""
        return self.address.url(role=store.ROLE, database=store.DATABASE)

    @property
    def server_url(self) -> str:
        """The URL of our database for serving, as a role that owns nothing in it."""
        return self.address.url(role=store.SERVER_ROLE, database=store.DATABASE)

    @property
    def administrator_url(self) -> str:
        """The URL for who makes other databases: the superuser. Not for serving."""
        return self.address.url(role=store.SUPERUSER, database="postgres")

    @property
    def owns(self) -> bool:
        """Say whether the server is ours, and ends with us."""
        return self.postmaster is not None

    def stop(self) -> None:
        """Shut down, if the server is ours. Connections are dropped; nothing committed is lost."""
        if self._stopped:
            return
        self._stopped = True
        try:
            if self.postmaster is not None and not self.postmaster.stop(patience=STOP_PATIENCE):
                raise EmbeddedFault(_("PostgreSQL does not stop: see its log."))
        finally:
            self.address.close()
            if self.lock is not None:
                self.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @classmethod
    def _own_or_join(cls, cluster: Cluster, *, attach: bool) -> Self:
        deadline = time.monotonic() + ATTACH_PATIENCE
        while True:
            held = lock.take(cluster.data_dir)
            if held is not None:
                return cls._own(cluster, held)
            found = cls._join(cluster) if attach else None
            if found is not None:
                return found
            if not attach or time.monotonic() > deadline:
                raise EmbeddedFault(_taken(cluster.data_dir, attach=attach))
            time.sleep(0.05)

    @classmethod
    def _own(cls, cluster: Cluster, held: Lock) -> Self:
        started = None
        try:
            where, postgres = _prepare(cluster)
            way = address.of(cluster.folder)
            started = cls(way, Postmaster(where, postgres, Log(cluster.data_dir / LOG)), held)
            _wait(started, cluster)
        except BaseException:
            if started is None:
                held.release()
            else:
                started.stop()
            raise
        return started

    @classmethod
    def _join(cls, cluster: Cluster) -> Self | None:
        if not cluster.folder.exists():
            return None
        way = address.of(cluster.folder)
        answer = readiness.ask(way.socket)
        if answer.readiness is Readiness.READY:
            return cls(way)
        way.close()
        if answer.readiness is Readiness.REFUSED:
            raise EmbeddedFault(cluster.explain([answer.reason]))
        return None


def _prepare(cluster: Cluster) -> tuple[Launch, Path]:
    """Make all ready for the server: how it is launched, and its program."""
    programs = binaries.choose(binaries.find(), cluster.major())
    owner = owners.choose(cluster.data_dir, cluster.folder)
    programs = copies.make_reachable(programs, owner, copies.places())
    if cluster.folder.exists():
        leftovers.end(cluster.folder)
    cluster.ensure(programs, owner)
    return Launch(cluster.folder, owner), programs.postgres


def _wait(started: EmbeddedPostgres, cluster: Cluster) -> None:
    """Wait for the first connection, for as long as a recovery takes and the server lives."""
    postmaster = started.postmaster
    while postmaster is not None:
        answer = readiness.ask(started.address.socket)
        if answer.readiness is Readiness.READY and answer.pid == postmaster.pid:
            return
        if answer.readiness is Readiness.REFUSED:
            raise EmbeddedFault(cluster.explain([answer.reason]))
        if postmaster.has_ended():
            raise EmbeddedFault(cluster.explain(postmaster.log.tail()))
        time.sleep(0.01)


def _taken(folder: Path, *, attach: bool) -> str:
    pid = lock.holder(folder)
    if attach:
        return _(
            "Another Vestibule (process {pid}) holds the data folder {folder}, and its "
            "PostgreSQL does "
            "not answer: stop that process and start again."
        ).format(pid=pid, folder=folder)
    return _(
        "Another Vestibule (process {pid}) runs on the data folder {folder}: stop it first, or set "
        "VESTIBULE_DATA_DIR to another folder."
    ).format(pid=pid, folder=folder)
