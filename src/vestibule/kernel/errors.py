"""The kinds of refusal that an action may raise, each with a stable code and a sentence for people.

Rooms subclass a kind beside the rule that it guards. What a kind means in HTTP stands in
`kernel/http.py` alone.
"""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.wire import said


class Problem(Exception):
    """Something that the caller may not do, or that cannot be done now.

    Raising it rolls the transaction back. `facts` fill the sentence's braces. `headline` stands
    over the sentence where what every problem of its status is called would mislead.
    """

    headline: ClassVar[str] = ""
    sentence: ClassVar[str] = mark("This cannot be done.")

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code())
        self.facts = facts

    @classmethod
    def code(cls) -> str:
        """Give the stable name that programs compare: the class's name in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def explain(self) -> str:
        """Give the sentence in the reader's language."""
        return gettext(self.sentence).format(**self.facts)


class NotAuthenticated(Problem):
    """No credentials, or none that are known."""

    sentence = mark("Sign in first.")


class Forbidden(Problem):
    """The caller is known, and may not."""


class NotFound(Problem):
    """It is not there, or the caller may not know of it."""

    sentence = mark("There is nothing here.")


class Conflict(Problem):
    """What is there already stands against it."""


class Gone(Problem):
    """It was there, the caller proved to know it, and it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One fault in what was sent. `path` is dotted (`account.password`), `message` for a person."""

    path: Annotated[
        str, said("The field at fault, dotted; empty: the whole.", example="account.password")
    ]
    code: Annotated[str, said("Which rule is broken: stable.", example="weak_password")]
    message: Annotated[str, said("For a person, in their language.", example="Choose a name.")]


class Invalid(Problem):
    """What was sent breaks a rule. `path` names the field at fault; "" is the whole."""

    def __init__(self, *, path: str = "", **facts: object) -> None:
        super().__init__(**facts)
        self.path = path

    @property
    def errors(self) -> list[FieldError]:
        """List every fault found."""
        return [FieldError(path=self.path, code=self.code(), message=self.explain())]


class InvalidField(Invalid):
    """One field breaks a rule of its own.

    The whole answers as `invalid_request`; the field says which rule.
    """


class InvalidRequest(Invalid):
    """What was sent does not have the shape that is asked for."""

    sentence = mark("Something in the request is not right. See the list of errors.")

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__()
        self._errors = errors

    @property
    def errors(self) -> list[FieldError]:
        """List every fault found."""
        return self._errors

    @classmethod
    def at(cls, path: str, message: str, *, code: str = "invalid_request") -> "InvalidRequest":
        """Make one of a single fault."""
        return cls([FieldError(path=path, code=code, message=message)])


class TooMany(Problem):
    """Too much of it in too short a time. `retry_after` is in whole seconds."""

    def __init__(self, *, retry_after: int, **facts: object) -> None:
        super().__init__(**facts)
        self.retry_after = max(1, retry_after)


class RateLimited(TooMany):
    """A limit on how often something may be tried is used up."""

    sentence = mark("That was tried too often. Wait a while and try again.")


class Unavailable(Problem):
    """The server cannot answer at this moment; nothing is known to have changed."""

    sentence = mark("The server is busy. Try again in a moment.")
