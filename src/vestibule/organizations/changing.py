"""Changing what an organization is called, and its rules of who comes in, how and as what."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel import names
from vestibule.kernel.database import Transaction
from vestibule.organizations import policy, resting, store
from vestibule.organizations.model import (
    Changes,
    Organization,
    RoleNotAllowed,
    Seat,
    clean_slug,
    ensure_lifetime,
)
from vestibule.organizations.resting_model import SlugKind
from vestibule.organizations.rules_model import OwnerByDefault, clean_domains


async def change(tx: Transaction, seat: Seat, changes: Changes, *, by: Actor) -> Organization:
    """Change what `changes` names. The seat is of `lock_for_settings`; no change leaves no trace.

    Raises InvalidName, InvalidSlug, InvalidInvitationLifetime, SlugTaken; for domains as
    `clean_domains`; for the default role InvalidRequest, OwnerByDefault, RoleNotAllowed.
    """
    before = seat.organization
    after = _changed(seat, changes)
    if after == before:
        return before

    await store.update(tx, after)
    if after.slug != before.slug:
        await resting.ensure_free(tx, SlugKind.ORGANIZATION, after.slug, by=after.id)
        await resting.give_up(tx, SlugKind.ORGANIZATION, before.slug, by=after.id)
    await audit.record(tx, _entry(before, after, by=by))
    return after


def _changed(seat: Seat, changes: Changes) -> Organization:
    before = seat.organization
    clean: dict[str, Any] = {}
    if changes.name is not None:
        clean["name"] = names.clean(changes.name, path="name")
    if changes.slug is not None:
        clean["slug"] = clean_slug(changes.slug)
    if changes.invitation_lifetime is not None:
        clean["invitation_lifetime"] = _clean_lifetime(changes.invitation_lifetime)
    if changes.allowed_domains is not None:
        clean["allowed_domains"] = clean_domains(changes.allowed_domains)
    if changes.default_role is not None:
        clean["default_role"] = _clean_default_role(seat, changes.default_role)
    return _switched(replace(before, **clean), changes)


def _switched(organization: Organization, changes: Changes) -> Organization:
    """Give the organization with what is simply on or off."""
    needs, takes = changes.requires_sign_in, changes.takes_other_accounts
    return replace(
        organization,
        requires_sign_in=organization.requires_sign_in if needs is None else needs,
        takes_other_accounts=organization.takes_other_accounts if takes is None else takes,
    )


def _clean_lifetime(lifetime: timedelta) -> timedelta:
    ensure_lifetime(lifetime)
    return lifetime


def _clean_default_role(seat: Seat, name: str) -> str:
    """Give the role's name. One that is the default already may stay, whoever saves the rest."""
    if name == seat.organization.default_role:
        return name
    grantable = policy.grantable(seat.role, seat.organization.roles)
    offered = [one for one in grantable if not one.owns]
    role = seat.organization.get_role(name, path="default_role", offered=offered)
    if role.owns:
        raise OwnerByDefault(path="default_role")
    if not policy.may_grant(seat.role, role):
        raise RoleNotAllowed
    return role.name


def _entry(before: Organization, after: Organization, *, by: Actor) -> Entry:
    return Entry(
        event="organization.changed",
        by=by,
        subject_kind="organization",
        subject_id=after.id,
        subject_name=after.name,
        organization_id=after.id,
        details=_difference(before, after),
    )


def _difference(before: Organization, after: Organization) -> dict[str, Any]:
    old, new = _settings(before), _settings(after)
    changed = [name for name in old if old[name] != new[name]]
    return {
        "before": {name: old[name] for name in changed},
        "after": {name: new[name] for name in changed},
    }


def _settings(organization: Organization) -> dict[str, Any]:
    return {
        "name": organization.name,
        "slug": organization.slug,
        "invitation_lifetime": int(organization.invitation_lifetime.total_seconds()),
        "requires_sign_in": organization.requires_sign_in,
        "allowed_domains": list(organization.allowed_domains),
        "default_role": organization.default_role,
        "takes_other_accounts": organization.takes_other_accounts,
    }
