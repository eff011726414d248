"""All that differs between an invitation to an organization and one to an app: what each is.

Its neighbours say what each is to who invites (`host_`), to who joins (`place_`), and to who has no
account yet (`newcomer_destinations`). Nothing else matches on the kind. A third destination is one
type in `model.py` and one branch in each function here and there: mypy names those that lack it.
"""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from vestibule.accounts import actions as accounts
from vestibule.accounts.model import Account
from vestibule.accounts.realms import PLATFORM
from vestibule.apps import actions as apps
from vestibule.apps.entrance import PAGES
from vestibule.audit.model import ActorKind
from vestibule.definitions.model import Definition
from vestibule.invitations.bodies_model import (
    AnyDestination,
    AppDestination,
    OrganizationDestination,
    OrganizationOfDestination,
)
from vestibule.invitations.destination_model import (
    OF_APPS,
    OF_ORGANIZATIONS,
    Facts,
    Standing,
)
from vestibule.invitations.model import (
    AppRole,
    Destination,
    Invitation,
    Inviter,
    ToApp,
    ToOrganization,
)
from vestibule.invitations.offer_model import Host
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import AppId, InvitationId, OrganizationId, RealmId, encode
from vestibule.organizations import actions as organizations
from vestibule.organizations import role_model
from vestibule.organizations.end_model import OwnersHaveNoEnd
from vestibule.organizations.model import Organization
from vestibule.organizations.permission_model import (
    OWNER,
    Permission,
    Role,
    find_role,
    read_role,
    read_roles,
)


def facts(destination: Destination) -> Facts:
    """Give what is simply so for the kind."""
    match destination:
        case ToOrganization():
            return OF_ORGANIZATIONS
        case ToApp():
            return OF_APPS
        case _:
            assert_never(destination)


def page_path(destination: Destination, slug: str, invitation_id: InvitationId) -> str:
    """Give the path of the invitation's page. `slug` is that of the place."""
    match destination:
        case ToOrganization():
            return f"{OF_ORGANIZATIONS.link}/{encode('inv', invitation_id)}"
        case ToApp():
            return f"/apps/{slug}{PAGES.activation}/{encode('inv', invitation_id)}"
        case _:
            assert_never(destination)


def home_path(destination: Destination, slug: str) -> str:
    """Give where somebody who is in goes on to."""
    match destination:
        case ToOrganization():
            return f"/organizations/{slug}"
        case ToApp():
            return f"/apps/{slug}{PAGES.profile}"
        case _:
            assert_never(destination)


def from_row(row: Row) -> Destination:
    """Read the columns `organization_id`, `app_id` and `role`."""
    organization_id = OrganizationId(row["organization_id"])
    if row["app_id"] is None:
        return ToOrganization(organization_id, row["role"])
    return ToApp(organization_id, AppId(row["app_id"]), AppRole(row["role"]))


def with_role(destination: Destination, role: str) -> Destination:
    """Give the same destination with another of its roles."""
    match destination:
        case ToOrganization(organization_id, _):
            return ToOrganization(organization_id, role)
        case ToApp(organization_id, app_id, _):
            return ToApp(organization_id, app_id, AppRole(role))
        case _:
            assert_never(destination)


def ensure_may_end(destination: Destination, until: datetime | None) -> None:
    """Raise OwnersHaveNoEnd if who owns would be a member until then."""
    match destination:
        case ToOrganization(_, role):
            if until is not None and role == OWNER.name:
                raise OwnersHaveNoEnd(path="member_until")
        case ToApp():
            return
        case _:
            assert_never(destination)


def role_label(destination: Destination) -> str:
    """Give what people call the role."""
    match destination:
        case ToOrganization(_, role):
            return role_model.label(role)
        case ToApp(_, _, name):
            return name
        case _:
            assert_never(destination)


def api_path(destination: Destination) -> str:
    """Give where the place stands in the API."""
    match destination:
        case ToOrganization(organization_id, _):
            return f"/organizations/{encode('org', organization_id)}"
        case ToApp(_, app_id, _):
            return f"/apps/{encode('app', app_id)}"
        case _:
            assert_never(destination)


def describe(destination: Destination, name: str, organization_name: str) -> AnyDestination:
    """Give the destination as the API shows it."""
    match destination:
        case ToOrganization(organization_id, _):
            return OrganizationDestination(id=encode("org", organization_id), name=name)
        case ToApp(organization_id, app_id, _):
            organization = OrganizationOfDestination(
                id=encode("org", organization_id), name=organization_name
            )
            return AppDestination(id=encode("app", app_id), name=name, organization=organization)
        case _:
            assert_never(destination)


def standing_from_row(row: Row) -> Standing:
    """Read the columns of STANDING. An API key's inviter is its maker, within its permissions."""
    role, definition, custom = row["inviter_role"], row["definition"], row["custom_roles"]
    return Standing(
        organization_role=_narrowed(read_role(custom, role), row) if role else None,
        custom_roles=read_roles(custom),
        app_roles=tuple(row["inviter_roles"]),
        definition=Definition.from_json(definition) if definition else None,
    )


def _narrowed(role: Role, row: Row) -> Role:
    """Give what the inviter is: by an API key its maker's role, within the key's permissions."""
    permissions = row["inviter_permissions"]
    return role if permissions is None else role.within([Permission(one) for one in permissions])


def may_grant(destination: Destination, inviter: Inviter, standing: Standing) -> bool:
    """Tell whether an inviter may grant the invitation's role by what they are there now."""
    is_operator = inviter.kind is ActorKind.OPERATOR
    match destination:
        case ToOrganization(_, role):
            present, offered = standing.organization_role, find_role(standing.custom_roles, role)
            if offered is None or is_operator:
                return offered is not None
            return present is not None and organizations.may_grant(present, offered)
        case ToApp(_, _, app_role):
            if standing.definition is None:
                return False
            every = frozenset(standing.definition.roles)
            return app_role in (every if is_operator else _invitable(standing))
        case _:
            assert_never(destination)


def may_still_grant(
    destination: Destination, organization: Organization, role: Role | None
) -> bool:
    """Tell whether a user who is this in the organization now may grant the invitation's role.

    None: they are no member any more. An app's roles are for whoever manages its apps.
    """
    if role is None:
        return False
    match destination:
        case ToOrganization(_, offered):
            return organizations.may_grant(role, organization.role(offered))
        case ToApp():
            return organizations.may_manage_apps(role)
        case _:
            assert_never(destination)


def place_id(destination: Destination) -> UUID:
    """Give the place, with which the invitation and its mails go."""
    match destination:
        case ToOrganization(organization_id, _):
            return organization_id
        case ToApp(_, app_id, _):
            return app_id
        case _:
            assert_never(destination)


def is_of(destination: Destination, host: Host) -> bool:
    """Tell whether the invitation leads to what the host has in hand."""
    match destination:
        case ToOrganization(organization_id, _):
            return organization_id == host.organization_id and host.app_id is None
        case ToApp(_, app_id, _):
            return app_id == host.app_id
        case _:
            assert_never(destination)


def realm_id(destination: Destination) -> RealmId:
    """Give the realm whose accounts such an invitation lets in."""
    match destination:
        case ToOrganization():
            return PLATFORM.id
        case ToApp(_, app_id, _):
            return RealmId(app_id)
        case _:
            assert_never(destination)


async def find_account(reader: Reader, invitation: Invitation) -> Account | None:
    """Give the account of the invited address, in the realm that counts there."""
    realm = realm_id(invitation.destination)
    return await accounts.find_by_address(reader, realm, invitation.email)


def traced(destination: Destination) -> dict[str, UUID]:
    """Give what the audit trail notes of a place beside its organization."""
    match destination:
        case ToOrganization():
            return {}
        case ToApp(_, app_id, _):
            return {"app": app_id}
        case _:
            assert_never(destination)


def _invitable(standing: Standing) -> frozenset[str]:
    return apps.invitable(standing.definition, standing.organization_role, standing.app_roles)
