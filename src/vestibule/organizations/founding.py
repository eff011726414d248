"""Founding an organization: its slug, its first owner, and where they land."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, ActorKind, Entry
from vestibule.kernel import names
from vestibule.kernel.database import Transaction
from vestibule.organizations import resting, store
from vestibule.organizations.actions import admit
from vestibule.organizations.model import (
    Admission,
    Founded,
    FoundingClosed,
    NewOrganization,
    Organization,
    SlugTaken,
    clean_slug,
    suggest_slug,
)
from vestibule.organizations.permission_model import OWNER
from vestibule.organizations.resting_model import SlugKind
from vestibule.users import actions as users

_SUFFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without what reads as another
_SUFFIX_LENGTH = 6
_SUGGESTIONS = 4


async def found(
    tx: Transaction, new: NewOrganization, *, by: Actor, is_founding_open: bool
) -> Founded:
    """Found an organization; the founder is its first owner, and lands there from now on.

    A default organization that they have already stays.

    Raises FoundingClosed (the operator may always), InvalidName, InvalidSlug, SlugTaken.
    """
    if not is_founding_open and by.kind is not ActorKind.OPERATOR:
        raise FoundingClosed

    organization = await _insert(tx, replace(new, name=names.clean(new.name, path="name")))
    admission = Admission(organization_id=organization.id, user_id=new.founder, role=OWNER.name)
    membership = await admit(tx, admission)
    await users.prefer_organization(tx, new.founder, organization.id)
    founded = Founded(organization=organization, membership=membership)
    await audit.record(tx, _entry(founded, by=by))
    return founded


async def _insert(tx: Transaction, new: NewOrganization) -> Organization:
    """Add it under the slug asked for, or else under the first that is free of those suggested."""
    for slug in _slugs(new):
        organization = await store.insert(tx, new, slug)
        if organization is not None:
            await resting.ensure_free(tx, SlugKind.ORGANIZATION, slug, by=organization.id)
            return organization
    raise SlugTaken


def _slugs(new: NewOrganization) -> Iterator[str]:
    if new.slug is not None:
        yield clean_slug(new.slug)
        return
    suggested = suggest_slug(new.name)
    yield suggested
    for _ in range(_SUGGESTIONS):
        suffix = "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(_SUFFIX_LENGTH))
        yield f"{suggested}-{suffix}"


def _entry(founded: Founded, *, by: Actor) -> Entry:
    organization = founded.organization
    return Entry(
        event="organization.founded",
        by=by,
        subject_kind="organization",
        subject_id=organization.id,
        subject_name=organization.name,
        organization_id=organization.id,
        details={
            "name": organization.name,
            "slug": organization.slug,
            "owner": founded.membership.user_id,
        },
    )
