"""What may go wrong on the command line: sentences on standard error, and an exit code.

Problems tell a member what to do next. The operator is none, and has other means: what they are
told instead stands here.
"""

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from vestibule.bootstrap import StartFault
from vestibule.embedded.faults import EmbeddedFault
from vestibule.kernel.database import DatabaseFault
from vestibule.kernel.errors import Invalid, InvalidRequest, Problem, Unavailable
from vestibule.kernel.i18n import gettext, mark
from vestibule.messages.mime import UnsafeMail
from vestibule.migrations.runner import MigrationFault
from vestibule.organizations.end_model import MembershipEnded
from vestibule.organizations.model import NotPermitted, OrganizationNotFound
from vestibule.organizations.seat_model import SeatLimitReached

Sentences = Mapping[type[Problem], str]

FAILED, MISUSED = 1, 2
_FAULTS = (StartFault, MigrationFault, EmbeddedFault, UnsafeMail, Problem, OSError, ValueError)

TO_OPERATOR: Sentences = {
    OrganizationNotFound: mark("There is no such organization. Check its id or web name (slug)."),
    SeatLimitReached: mark(
        "All seats are taken: {taken}. Allow more first (vestibule organization limit), or have "
        "somebody there revoke an invitation or remove a member."
    ),
    Unavailable: mark(
        "The database does not answer in time. Try again in a moment; vestibule doctor looks at it."
    ),
}
# Where the operator does something by the right of a user, who is named with --as.
IN_NAME_OF_USER: Sentences = {
    **TO_OPERATOR,
    OrganizationNotFound: mark(
        "There is no such organization, or the user named with --as is not a member of it."
    ),
    MembershipEnded: mark("The access of the user named with --as to {name} ended on {day} (UTC)."),
    NotPermitted: mark(
        "The role of the user named with --as does not allow this. Name an owner or admin."
    ),
}


@contextmanager
def told(sentences: Sentences = TO_OPERATOR) -> Iterator[None]:
    """Turn what may go wrong within the block into sentences and an exit code."""
    try:
        yield
    except Problem as problem:
        _end(*_explain(problem, sentences))
    except _FAULTS as fault:
        _end(str(fault))
    except DatabaseFault as fault:
        _end(f"The database refuses: {fault}.")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _end(*sentences: str) -> None:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(FAILED)


def _explain(problem: Problem, sentences: Sentences) -> Iterator[str]:
    """Give the sentence of a problem, and then what the sentence does not say yet."""
    own = sentences.get(type(problem))
    sentence = gettext(own).format(**problem.facts) if own else problem.explain()
    errors = problem.errors if isinstance(problem, Invalid) else []
    # The sentence of an invalid request says nothing but that a list follows.
    if type(problem) is not InvalidRequest:
        yield sentence
    # A definition's fault also stands in a line.
    lines = {each.path: each.line for each in getattr(problem, "faults", ())}
    for error in errors:
        if error.message != sentence:
            line = lines.get(error.path)
            where = error.path or gettext("the whole")
            yield f"{where}{f' (line {line})' if line else ''}: {error.message}"
