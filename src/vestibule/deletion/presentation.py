"""How the end of an organization reads: what it took along, and what it would."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from vestibule.deletion.model import Extent
from vestibule.kernel.i18n import gettext, ngettext
from vestibule.kernel.ids import encode
from vestibule.organizations.model import Organization


class DeletedOrganizationBody(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that the operator deleted, and how many went along."""

    object: Literal["organization_deletion"]
    id: str
    name: str
    slug: str
    members: int
    invitations: int
    apps: int
    app_members: int


def present_deleted(organization: Organization, extent: Extent) -> DeletedOrganizationBody:
    """Give what is gone."""
    return DeletedOrganizationBody(
        object="organization_deletion",
        id=encode("org", organization.id),
        name=organization.name,
        slug=organization.slug,
        **extent.numbers(),
    )


def foretell(foreseen: DeletedOrganizationBody) -> str:
    """Say at a terminal, as the page does, which organization would be gone, and what with it."""
    sentence = gettext(
        "{name} ({slug}) will be gone at once, for everybody, and cannot be brought back. "
        "With it go:"
    )
    return "\n".join(
        [
            sentence.format(name=foreseen.name, slug=foreseen.slug),
            *(f"- {line}" for line in _lines(foreseen)),
        ]
    )


def _lines(foreseen: DeletedOrganizationBody) -> Iterator[str]:
    yield ngettext(
        "{count} member, who keeps their account",
        "{count} members, who keep their accounts",
        foreseen.members,
    ).format(count=foreseen.members)
    if foreseen.invitations:
        yield ngettext(
            "{count} open invitation, whose link then says that it was deleted",
            "{count} open invitations, whose links then say that it was deleted",
            foreseen.invitations,
        ).format(count=foreseen.invitations)
    if foreseen.apps:
        yield ngettext("{count} app", "{count} apps", foreseen.apps).format(count=foreseen.apps)
    if foreseen.app_members:
        yield ngettext(
            "{count} member of an app, with their account there",
            "{count} members of apps, with their accounts there",
            foreseen.app_members,
        ).format(count=foreseen.app_members)
