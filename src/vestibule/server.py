"""The ASGI application: the routes of the house, what they are handed, and what guards them."""

from typing import Any, cast

from litestar import Litestar, Request, Router, get
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from vestibule.accounts import guards
from vestibule.apps.origin_guards import Origins
from vestibule.audit.model import Actor
from vestibule.audit.origin import origin_of
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.http import FormExpired
from vestibule.kernel.settings import SignUps
from vestibule.kernel.wire import example_id
from vestibule.organizations import landing
from vestibule.routes import API, every_route, operation_id
from vestibule.users.entrance import platform
from vestibule.web import api_reference, parameters, problems, same_origin, templating
from vestibule.web.api_reference import Description
from vestibule.web.bodies import StrictRequest
from vestibule.web.cookies import Jar
from vestibule.web.description import Words
from vestibule.web.form_tokens import FormTokens
from vestibule.web.injected import Injected
from vestibule.web.shell import Application, Shell

BODY_BYTES = 64 * 1024
DESCRIPTION = Words(
    title="Vestibule",
    version="1",
    text=(
        "Brings people in: invitations by mail, one-time links, memberships and roles.\n\n"
        "JSON in and out. Unknown fields in a request are refused; answers may get new ones. "
        "Times are ISO 8601 in UTC. Lists are newest first, and go on by cursors. "
        "The header `Idempotency-Key` is reserved on every POST: it does nothing yet.\n\n"
        "Whoever calls shows the token of a session, or the secret of an API key "
        "(`Authorization: Bearer …`). One that is no longer good is a 401, also where none is "
        "needed. An API key where only people act is a 403 `not_permitted`.\n\n"
        "A refusal is a problem (RFC 9457) with a stable `code`; nothing was changed. Besides what "
        "is listed with a call, any may answer `method_not_allowed` (405), `request_too_large` "
        "(414: the address), `misdirected_request` (421: the host name) and `internal_error` (500)."
    ),
    tags={
        "Accounts": "Sign in and out, passwords, addresses, sessions.",
        "Users": "Sign up, and what people say of themselves.",
        "Organizations": "Found one, change it, see who is a member.",
        "API keys": "Keys for programs, which may do what a permission allows. For people.",
        "Audit trail": "What happened in an organization and its apps. For owners and admins.",
        "Apps": "Make one, set it up, write its security definition. For those who manage it.",
        "App members": "Come into an app, and look after oneself there. A realm of its own.",
        "Invitations": "Invite, and look after what was sent. For those who may.",
        "Invitations, by key": "For who holds a mailed key. It proves that the mail was read.",
        "Invitations to the caller": "Their own address is the proof: no key is needed.",
        "For the operator": "With the operator's key as the token; 404 where none is set up.",
    },
    parameters={
        "org": ("An organization: its id or its slug.", "acme"),
        "app": ("An app: its id or its slug.", "shift-planner"),
        "version": ("The number of a published version.", "3"),
        "invitation": ("The id of an invitation.", example_id("inv")),
        "session": ("The id of a session.", example_id("ses")),
        "api_key": ("The id of an API key.", example_id("key")),
        "member": ("The id of an app member.", example_id("apm")),
        "user": ("The id of the user who is a member.", example_id("user")),
        "role": ("The name of a role.", "Billing clerk"),
    },
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def make_application(house: House) -> Shell:
    """Make the application of an open house."""
    application = Origins(
        application=cast("Application", _litestar(house)),
        database=house.database,
        base_url=house.settings.base_url,
    )
    return Shell(application, house.settings)


def _litestar(house: House) -> Litestar:
    jar = Jar.of(house.settings)
    return Litestar(
        route_handlers=[healthz, readyz, *every_route()],
        dependencies=_injected(house),
        exception_handlers={Exception: problems.answer_problem},
        guards=[ensure_same_origin, parameters.ensure_known],
        middleware=[DefineMiddleware(FormTokens, config=_form_tokens(house, jar))],
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(templating.environment())
        ),
        openapi_config=OpenAPIConfig(
            title=DESCRIPTION.title,
            version=DESCRIPTION.version,
            openapi_router=Router(
                API,
                route_handlers=[],
                include_in_schema=False,
                before_request=api_reference.give_document,
            ),
            render_plugins=[JsonRenderPlugin()],
            operation_id_creator=operation_id,
        ),
        request_class=StrictRequest,
        request_max_body_size=BODY_BYTES,
        state=State(
            {
                "settings": house.settings,
                "description": Description(DESCRIPTION, base=API, server=house.settings.base_url),
            }
        ),
        logging_config=None,
    )


def _form_tokens(house: House, jar: Jar) -> CSRFConfig:
    return CSRFConfig(
        secret=house.secret.sign("csrf", ""),
        cookie_name=jar.name(problems.CSRF_COOKIE),
        cookie_httponly=True,
        cookie_secure=jar.is_https,
        cookie_samesite="lax",
        exclude=[f"^{API}/", "^/healthz$", "^/readyz$", "^/static/"],
    )


def _injected(house: House) -> dict[str, Provide]:
    """Give what handlers may ask for by name."""

    def provide_origin(request: Request[Any, Any, Any]) -> Actor:
        return origin_of(request, house.settings)

    def always(thing: object) -> Provide:
        return Provide(lambda: thing, sync_to_thread=False)

    return {
        "settings": always(house.settings),
        "database": always(house.database),
        "outbox": always(house.outbox),
        "limiter": always(house.limiter),
        "passwords": always(house.passwords),
        "operator_key": always(house.operator_key),
        "jar": always(Jar.of(house.settings)),
        "writer": always(house.writer),
        "places": always(landing.list_places),
        "entrance": always(
            platform(
                landing=landing.find_landing,
                takes_sign_ups=house.settings.sign_ups is SignUps.OPEN,
                shows_mailbox=house.settings.shows_mailbox,
            )
        ),
        "origin": Provide(provide_origin, sync_to_thread=False),
        "desk": Provide(guards.provide_desk, sync_to_thread=False),
        "browser": Provide(guards.provide_browser, sync_to_thread=False),
    }


def ensure_same_origin(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Raise FormExpired unless a form was sent from a page of ours: beside the token."""
    if connection.scope.get("method") in SAFE_METHODS or connection.url.path.startswith(API):
        return
    if not same_origin.is_ours(connection):
        raise FormExpired


@get("/healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    """Tell that requests are served."""
    return {"status": "ok"}


@get("/readyz", include_in_schema=False)
async def readyz(database: Injected[Database]) -> dict[str, str]:
    """Tell that the database answers too; 503 when it does not."""
    await database.ping()
    return {"status": "ok"}
