"""Becomes PostgreSQL: ties this process to its parent's life, drops root, and executes the program.

Run as a file in an isolated interpreter, so that nothing is done between fork and exec of a process
with threads. It must not import anything of Vestibule.

    python -I -S launch.py PARENT SIGNAL UID GID PROGRAM ARGUMENT…      UID -1: stay who we are

Works in the folder that it is started in.
"""

import ctypes
import os
import signal
import sys

# The cluster folder, held open for the program: /proc/self/fd/9 leads there without a walk through
# the folders above, which may be closed to its user.
FOLDER = 9

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38

CANNOT_LAUNCH = 71
ORPHANED = 72


def main(arguments: list[str]) -> None:
    """Never returns: executes the program, or exits with a line on standard error."""
    parent, death_signal, uid, gid = (int(text) for text in arguments[:4])
    program = arguments[4:]
    os.umask(0o077)
    try:
        _hold_folder()
        if uid >= 0:
            _drop_root(uid, gid)
        _die_with(parent, death_signal)
        os.execv(program[0], program)  # noqa: S606 - no shell is wanted
    except OSError as fault:
        sys.stderr.write(f"cannot launch {program[0]} as user {os.geteuid()}: {fault}\n")
        sys.exit(CANNOT_LAUNCH)


def _hold_folder() -> None:
    os.dup2(os.open(".", os.O_PATH | os.O_DIRECTORY), FOLDER)
    os.chdir("/")  # up to version 15 the programs walk away and back to look for themselves


def _drop_root(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _die_with(parent: int, death_signal: int) -> None:
    """Let the kernel send this signal when the thread that started us ends, kill -9 included.

    After root is dropped, because the kernel forgets the wish when the user changes.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((PR_SET_NO_NEW_PRIVS, 1), (PR_SET_PDEATHSIG, death_signal)):
        words = (ctypes.c_ulong(word) for word in (value, 0, 0, 0))
        if libc.prctl(option, *words) != 0:
            raise OSError(ctypes.get_errno(), "prctl failed")
    if os.getppid() != parent:
        sys.exit(ORPHANED)  # it died before we could ask


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main(sys.argv[1:])
