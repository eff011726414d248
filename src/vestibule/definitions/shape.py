"""Whether a tree has the shape of a definition: the published JSON Schema, in sentences of ours."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from vestibule.definitions.findings_model import FaultCode, Findings, Path, shortened
from vestibule.definitions.tree import Number, Value
from vestibule.kernel.i18n import gettext as _
from vestibule.kernel.i18n import mark

SCHEMA_TEXT = resources.files("vestibule.definitions").joinpath("schema.json").read_bytes()
SCHEMA: dict[str, Any] = json.loads(SCHEMA_TEXT)

# A place, what is wrong there, and the sentence for it.
Found = tuple[Path, FaultCode, str]

_VALIDATOR = Draft202012Validator(SCHEMA)
_MISSING = {
    "name": mark("“name” is missing: say what the app is called."),
    "security": mark("“security” is missing: say which roles there are."),
    "default": mark("“default” is missing: say which role people get who were invited to none."),
    "role": mark("“role” is missing: name one of the roles."),
    "roles": mark("“roles” is missing: list the roles of the app."),
}
_WANTED = {
    "array": mark("Write a list of roles here, like [Employee]."),
    "boolean": mark("Write true or false here."),
    "boolean|array": mark("Write true, false, or a list of roles here, like [Employee]."),
    "object": mark("Write keys and their values here."),
    "object|null": mark("Write keys and their values here, or nothing at all."),
    "string": mark("Write a text here."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Breach:
    """One rule of the schema that does not hold, in the words of the schema."""

    path: Path
    rule: str
    wanted: Any
    instance: Any
    known: list[str]
    is_of_key: bool


def check(root: Value, findings: Findings) -> None:
    """Note what does not fit, but where something is refused already."""
    for fault in _VALIDATOR.iter_errors(root):
        for path, code, sentence in _tell(_breach(fault)):
            if code is FaultCode.MISSING_KEY or not findings.is_faulty(path):
                findings.add(path, code, sentence)


def _breach(fault: ValidationError) -> _Breach:
    return _Breach(
        path=tuple(fault.absolute_path),
        rule=str(fault.validator),
        wanted=fault.validator_value,
        instance=fault.instance,
        known=list(fault.schema.get("properties", ())) if isinstance(fault.schema, dict) else [],
        is_of_key="propertyNames" in fault.absolute_schema_path,
    )


def _tell(breach: _Breach) -> Iterator[Found]:
    if breach.is_of_key:
        path = (*breach.path, breach.instance)
        yield path, FaultCode.INVALID_ROLE_NAME, role_name_sentence()
    elif breach.rule == "required":
        yield from _missing(breach)
    elif breach.rule == "additionalProperties":
        yield from _unknown(breach)
    elif breach.rule != "pattern":  # of the letters of texts, checking_meaning knows more
        code, sentence = _READINGS[breach.rule](breach)
        yield breach.path, code, sentence


def role_name_sentence() -> str:
    """Say what a role may be called."""
    return _(
        "Name a role with 1 to 50 characters: a letter first, "
        "then letters, digits, single spaces, “_” and “-”."
    )


def _missing(breach: _Breach) -> Iterator[Found]:
    for key in breach.wanted:
        if key not in breach.instance:
            yield (*breach.path, key), FaultCode.MISSING_KEY, _(_MISSING[key])


def _unknown(breach: _Breach) -> Iterator[Found]:
    for key in breach.instance:
        if key not in breach.known:
            sentence = _unknown_sentence(key, _meant(key, breach.known), breach.known)
            yield (*breach.path, key), FaultCode.UNKNOWN_KEY, sentence


def _meant(key: str, known: list[str]) -> str:
    plain = {each.casefold(): each for each in known}
    written = shortened(key).replace("_", "").replace("-", "").casefold()
    close = get_close_matches(written, plain, n=1)
    return plain[close[0]] if close else ""


def _unknown_sentence(key: str, meant: str, known: list[str]) -> str:
    key = shortened(key)
    if meant:
        return _("“{key}” is no key here. Did you mean “{meant}”?").format(key=key, meant=meant)
    sentence = _("“{key}” is no key here. There may be: {known}.")
    return sentence.format(key=key, known=", ".join(known))


def _wrong_type(breach: _Breach) -> tuple[FaultCode, str]:
    wanted = breach.wanted if isinstance(breach.wanted, str) else "|".join(breach.wanted)
    if not breach.path:
        sentence = _("Write “name” here, and “security” with the roles below it.")
    elif wanted == "string" and isinstance(breach.instance, bool | Number):
        sentence = _("Write a text here. If this is one, put it in quotes.")
    else:
        sentence = _(_WANTED[wanted])
    return FaultCode.WRONG_TYPE, sentence


def _too_short(_breach: _Breach) -> tuple[FaultCode, str]:
    return FaultCode.EMPTY, _("Write something here.")


def _too_long(breach: _Breach) -> tuple[FaultCode, str]:
    sentence = _("Write at most {most} characters here.")
    return FaultCode.TOO_LONG, sentence.format(most=breach.wanted)


def _too_few(_breach: _Breach) -> tuple[FaultCode, str]:
    return FaultCode.EMPTY, _("Write at least one role here.")


def _too_many(breach: _Breach) -> tuple[FaultCode, str]:
    return FaultCode.TOO_MANY, _("Write at most {most} roles here.").format(most=breach.wanted)


def _repeated(_breach: _Breach) -> tuple[FaultCode, str]:
    return FaultCode.REPEATED_ROLE, _("Write each role once here.")


_READINGS: dict[str, Callable[[_Breach], tuple[FaultCode, str]]] = {
    "type": _wrong_type,
    "minLength": _too_short,
    "maxLength": _too_long,
    "minProperties": _too_few,
    "maxProperties": _too_many,
    "maxItems": _too_many,
    "uniqueItems": _repeated,
}
