"""Every route of the house: who may be called how, and what says who is calling."""

from litestar import Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from vestibule.accounts import api as accounts_api
from vestibule.accounts import pages as accounts_pages
from vestibule.accounts import profile_pages, sign_up_pages
from vestibule.accounts.realms import PLATFORM_PAGES
from vestibule.api_keys import caller as api_key_caller
from vestibule.apps import api as apps_api
from vestibule.apps import caller as app_caller
from vestibule.apps import (
    client_pages,
    definition_pages,
    look_pages,
    member_pages,
    members_api,
    settings_pages,
    version_pages,
)
from vestibule.apps import guards as app_guards
from vestibule.apps import studio_pages as apps_pages
from vestibule.apps.entrance import PAGES as APP_PAGES
from vestibule.apps.model import AppNotFound
from vestibule.apps.presentation import AppMemberBody
from vestibule.definitions import schema_pages
from vestibule.deletion import api as deletion_api
from vestibule.deletion import pages as deletion_pages
from vestibule.invitations import api as invitations_api
from vestibule.invitations import (
    batch_api,
    console_pages,
    key_api,
    mounted_pages,
    own_api,
    studio_pages,
)
from vestibule.invitations import pages as invitations_pages
from vestibule.invitations.destination_model import APP_LINK, ORGANIZATION_LINK
from vestibule.memberships import (
    account_deletion_api,
    account_deletion_pages,
    app_leaving_pages,
    organization_api,
    organization_pages,
    publish_pages,
    role_api,
    role_pages,
)
from vestibule.memberships import app_api as app_memberships_api
from vestibule.memberships import app_pages as app_memberships_pages
from vestibule.messages import pages as mailbox
from vestibule.organizations import api as organizations_api
from vestibule.organizations import audit_api, audit_pages, operator_api, operator_guards
from vestibule.organizations import pages as organizations_pages
from vestibule.organizations import settings_pages as organization_settings_pages
from vestibule.organizations.model import NotPermitted
from vestibule.programs import api as programs_api
from vestibule.programs import pages as programs_pages
from vestibule.users import api as users_api
from vestibule.users import caller
from vestibule.users import pages as users_pages
from vestibule.users.model import UserBody
from vestibule.web import api_reference, static_files
from vestibule.web.bodies import write_nothing

API = "/api/v1"
APP = "/apps/{app:str}"


def every_route() -> list[Router | HTTPRouteHandler]:
    """Give the routes of programs, of people, and the files that both may fetch."""
    return [
        static_files.static_file,
        *look_pages.handlers,
        *schema_pages.handlers,
        *client_pages.handlers,
        _api(),
        _pages(),
        _pages_of_apps(),
    ]


def operation_id(
    handler: HTTPRouteHandler, method: Method, path_components: list[str | PathParameterDefinition]
) -> str:
    """Name an operation as its function is: `resendInvitation`; under two paths, say which."""
    head, *rest = handler.handler_name.rpartition(".")[2].split("_")
    name = head + "".join(word.capitalize() for word in rest)
    if handler.fn.__module__ == accounts_api.__name__ and "apps" in path_components:
        return f"{name}InApp"
    is_second = len(handler.paths) > 1 and "me" in path_components
    return f"{name}OfCaller" if is_second else name


def _api() -> Router:
    """Give the routes of programs, which show a bearer token: a person's, or an API key."""
    return Router(
        path=API,
        route_handlers=[
            _api_of_accounts(),
            *users_api.handlers,
            *organizations_api.own_handlers,
            *organization_api.own_handlers,
            *account_deletion_api.handlers,
            *programs_api.handlers,
            *key_api.handlers,
            *own_api.handlers,
            api_reference.show_reference,
            _api_of_organizations(),
            _api_of_apps(),
            _api_of_app_members(),
            _api_of_operator(),
        ],
        dependencies={
            "caller": Provide(api_key_caller.provide_person),
            "maybe_caller": Provide(api_key_caller.provide_maybe_person),
        },
        after_request=write_nothing,
        opt={"unwelcome": (NotPermitted,)},
    )


def _api_of_accounts() -> Router:
    """Give the accounts of the platform."""
    return Router(
        path="/",
        route_handlers=[
            *accounts_api.sign_in_handlers,
            *accounts_api.reset_handlers,
            *accounts_api.handlers,
        ],
        signature_namespace={"Described": UserBody},
    )


def _api_of_organizations() -> Router:
    """Give what a permission allows: to who has it, and to an API key of theirs that has it too."""
    return Router(
        path="/",
        route_handlers=[
            *organizations_api.handlers,
            *audit_api.handlers,
            *organization_api.handlers,
            *role_api.handlers,
            *deletion_api.organization_handlers,
            *apps_api.organization_handlers,
            *invitations_api.handlers(invitations_api.OF_ORGANIZATIONS),
            *batch_api.handlers(invitations_api.OF_ORGANIZATIONS),
        ],
        dependencies={"caller": Provide(api_key_caller.provide_caller)},
        opt={"unwelcome": ()},
    )


def _api_of_operator() -> Router:
    """Give what the operator's programs call: they show a key of its own, and are no user."""
    return Router(
        path="/operator",
        route_handlers=[*operator_api.handlers],
        dependencies={"caller": Provide(operator_guards.provide_operator)},
        opt={"unwelcome": ()},
    )


def _api_of_apps() -> Router:
    """Give what users of the organization and members of the app call."""
    return Router(
        path=APP,
        route_handlers=[
            *apps_api.handlers,
            *members_api.entering_handlers,
            *accounts_api.reset_handlers,
            *invitations_api.handlers(invitations_api.OF_APPS),
            *batch_api.handlers(invitations_api.OF_APPS),
            *app_memberships_api.handlers,
            *deletion_api.app_handlers,
        ],
        dependencies={
            "caller": Provide(app_caller.provide_caller),
            "maybe_caller": Provide(app_caller.provide_maybe_caller),
            "entrance": Provide(app_guards.provide_api_entrance),
        },
        opt={"unseen": (AppNotFound,), "unwelcome": ()},
    )


def _api_of_app_members() -> Router:
    """Give what members of the app call on themselves: accounts, mounted once more."""
    return Router(
        path=APP,
        route_handlers=[
            *accounts_api.handlers,
            *members_api.own_handlers,
            *app_memberships_api.own_handlers,
        ],
        dependencies={
            "caller": Provide(app_guards.provide_member),
            "entrance": Provide(app_guards.provide_api_entrance),
        },
        signature_namespace={"Described": AppMemberBody},
        opt={"unseen": (AppNotFound, NotPermitted)},
    )


def _pages() -> Router:
    """Give the routes of people on the platform, who show themselves by a cookie."""
    return Router(
        path="/",
        route_handlers=[
            *accounts_pages.handlers(PLATFORM_PAGES),
            *profile_pages.handlers(PLATFORM_PAGES),
            *sign_up_pages.handlers(PLATFORM_PAGES),
            *users_pages.handlers,
            *organizations_pages.handlers,
            *organization_settings_pages.handlers,
            *organization_pages.handlers,
            *role_pages.handlers,
            *programs_pages.handlers,
            *account_deletion_pages.handlers,
            *deletion_pages.handlers,
            *audit_pages.handlers,
            *apps_pages.handlers,
            *definition_pages.handlers,
            *version_pages.handlers,
            *settings_pages.handlers,
            *publish_pages.handlers,
            *app_memberships_pages.handlers(app_memberships_pages.IN_STUDIO),
            *studio_pages.handlers(mounted_pages.OF_ORGANIZATIONS),
            *studio_pages.handlers(mounted_pages.OF_APPS),
            *invitations_pages.link_handlers(ORGANIZATION_LINK),
            *invitations_pages.link_handlers(APP_LINK),
            *invitations_pages.handlers(f"{ORGANIZATION_LINK}/{{invitation:str}}"),
            *console_pages.handlers,
            *mailbox.handlers,
        ],
        dependencies={
            "visitor": Provide(caller.provide_visitor),
            "maybe_visitor": Provide(caller.provide_maybe_visitor),
        },
    )


def _pages_of_apps() -> Router:
    """Give the pages that each app has, in its own name: accounts, mounted once more."""
    return Router(
        path=APP,
        route_handlers=[
            *accounts_pages.handlers(APP_PAGES),
            *profile_pages.handlers(APP_PAGES),
            *sign_up_pages.handlers(APP_PAGES),
            *member_pages.handlers,
            *invitations_pages.handlers(f"{APP_PAGES.activation}/{{invitation:str}}"),
            *studio_pages.handlers(mounted_pages.INSIDE_APPS),
            *app_memberships_pages.handlers(app_memberships_pages.IN_APP),
            *app_leaving_pages.handlers,
        ],
        dependencies={
            "door": Provide(app_guards.provide_door),
            "entrance": Provide(app_guards.provide_entrance, sync_to_thread=False),
            "visitor": Provide(app_guards.provide_visitor, sync_to_thread=False),
            "maybe_visitor": Provide(app_guards.provide_maybe_visitor, sync_to_thread=False),
        },
    )
