"""Hashing and checking passwords.

Argon2id in two threads of their own, never while a connection is held.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from vestibule.accounts.password_policy import ensure_strong, is_hashable, normal
from vestibule.kernel.errors import Unavailable

T = TypeVar("T")

THREADS = 2
QUEUE = 64  # half a second of work; who comes after is told to try again


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    `renewed_hash`: the same password by today's parameters, if its hash is of older ones.
    """

    is_right: bool
    renewed_hash: str | None = None


class Passwords:
    """The one who hashes.

    Made once per server; `minimum` is the least number of characters of a new password.
    """

    def __init__(self, *, minimum: int) -> None:
        self.minimum = minimum
        # OWASP's second row: 19 MiB, two passes. Measured here: 16 ms, where 64 MiB took 117.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._nobodys = self._hasher.hash("nobody")
        self._at_work = 0

    async def hash(
        self, password: str, *, about: Iterable[str] = (), path: str = "password"
    ) -> str:
        """Hash a new password.

        Raises WeakPassword, at the path, and Unavailable when too many wait.
        """
        ensure_strong(password, minimum=self.minimum, about=about, path=path)
        return await self._run(lambda: self._hasher.hash(normal(password)))

    async def check(self, password: str, password_hash: str | None) -> Verdict:
        """Check a password. Without a hash (no such account) it takes as long, and is wrong."""
        if not is_hashable(password):
            return Verdict(is_right=False)
        return await self._run(lambda: self._check(normal(password), password_hash))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, password: str, password_hash: str | None) -> Verdict:
        try:
            self._hasher.verify(self._nobodys if password_hash is None else password_hash, password)
        except (VerificationError, InvalidHashError):
            return Verdict(is_right=False)
        if password_hash is None:
            return Verdict(is_right=False)
        is_old = self._hasher.check_needs_rehash(password_hash)
        return Verdict(is_right=True, renewed_hash=self._hasher.hash(password) if is_old else None)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._at_work >= THREADS + QUEUE:
            raise Unavailable
        self._at_work += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._at_work -= 1
