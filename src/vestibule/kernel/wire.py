"""The kinds of text that the API speaks, with examples, for its description.

They describe and check nothing: what was sent is checked where it is understood.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

_EXAMPLE = "01h455vb4pex5vsknk084sn02q"


def said(text: str = "", *, example: object = None, **schema: object) -> Meta:
    """Say what a field is. `schema` holds JSON Schema's own words (`maxLength=500`)."""
    return Meta(
        description=text or None,
        examples=None if example is None else [example],
        extra_json_schema=dict(schema) or None,
    )


def typed_id(prefix: str, text: str = "") -> Meta:
    """Say that a field is an id of this prefix."""
    pattern = f"^{prefix}_[0-7][0-9a-z]{{25}}$"
    return said(text, example=example_id(prefix), format="typeid", pattern=pattern)


def example_id(prefix: str) -> str:
    """Give an id for examples."""
    return f"{prefix}_{_EXAMPLE}"


def one_of(words: Mapping[str, str], *, example: str) -> Meta:
    """Say that a field is one of these words, and what each means."""
    text = " ".join(f"`{word}`: {meaning}." for word, meaning in words.items())
    return said(text, example=example, enum=list(words))


Email = Annotated[str, said(example="ana@example.com", format="email", maxLength=254)]
FirstName = Annotated[str, said(example="Ana")]
LastName = Annotated[str, said(example="Alva")]
Password = Annotated[str, said(example="seven swans on the lake", format="password")]
NewPassword = Annotated[Password, said("12 characters at least, and none that is guessed first.")]
MailedKey = Annotated[
    str,
    said(
        "What stands after `?key=` in a mailed link.",
        example="q8Zx3vN0kTgWm4yBpL7rJcHs2fDuA9eXiVoKt6EwRnM",
    ),
]
Phone = Annotated[
    str | None, said("With + and the country, or as dialled at home.", example="+442079460018")
]
Locale = Annotated[str, said("As BCP 47 names it.", example="en", format="language")]
Time = Annotated[datetime, said(example="2026-11-20T09:30:00Z", format="date-time")]
Until = Annotated[datetime, said(example="2026-11-25T09:30:00Z", format="date-time")]
Link = Annotated[str, said(example="https://shifts.example.com/welcome", format="uri")]
Metadata = Annotated[dict[str, Any], said(example={"team": "night shift"})]
