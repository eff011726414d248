"""What publishing a definition changes, in sentences: what a list of lines does not say at once."""

from collections.abc import Iterator

from vestibule.definitions.model import Definition
from vestibule.kernel.i18n import gettext, ngettext


def changes(before: Definition | None, after: Definition) -> Iterator[str]:
    """Say what is new, the widest first. `before` None: this is the first that is published."""
    if before is None:
        yield from _first(after)
        return
    if before.name != after.name:
        sentence = gettext("The app is called “{new}”, no longer “{old}”.")
        yield sentence.format(new=after.name, old=before.name)
    if before.enable_self_registration != after.enable_self_registration:
        yield _registration(after)
    if before.default_role != after.default_role:
        sentence = gettext("The default role is {new}, no longer {old}.")
        yield sentence.format(new=after.default_role, old=before.default_role)
    yield from _roles(before, after)


def _first(after: Definition) -> Iterator[str]:
    yield gettext("The app opens: people can be invited, and can sign in.")
    sentence = gettext("You become its first member, as {role}, and can go on to it from here.")
    yield sentence.format(role=after.default_role)
    if after.enable_self_registration:
        yield _registration(after)


def _registration(after: Definition) -> str:
    if after.enable_self_registration:
        sentence = gettext("Anybody may register by themselves, and is {role} then.")
        return sentence.format(role=after.default_role)
    return gettext("Nobody may register by themselves any more: people come by invitation.")


def _roles(before: Definition, after: Definition) -> Iterator[str]:
    new = [name for name in after.roles if name not in before.roles]
    gone = [name for name in before.roles if name not in after.roles]
    stayed = [name for name in after.roles if name in before.roles]
    changed = [name for name in stayed if _rights(before, name) != _rights(after, name)]
    if new:
        sentence = ngettext("A new role: {names}.", "New roles: {names}.", len(new))
        yield sentence.format(names=", ".join(new))
    if gone:
        sentence = ngettext("A role is gone: {names}.", "Roles are gone: {names}.", len(gone))
        yield sentence.format(names=", ".join(gone))
    if changed:
        sentence = ngettext(
            "What a role may do changes: {names}.",
            "What roles may do changes: {names}.",
            len(changed),
        )
        yield sentence.format(names=", ".join(changed))


def _rights(definition: Definition, name: str) -> tuple[frozenset[str], ...]:
    """Give what comes with a role, whatever is said of it: what it holds, and whom it reaches."""
    return (
        definition.held_by([name]),
        definition.invitable_by([name]),
        definition.manageable_by([name]),
    )
