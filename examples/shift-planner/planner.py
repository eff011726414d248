"""A shift planner whose members are those of an app in Vestibule. Every page needs one of them.

What a role may do is decided here, for each request, by the roles that Vestibule says they have.
"""

import argparse
import asyncio
import re
import signal
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar import Litestar, Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import ResponseHeader, State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, URLEncodedBody
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Redirect, Template
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from members import Member, Members
from store import DAYS, Plan
from vestibule_api import Refused

HERE = Path(__file__).parent
COOKIE, BEGUN = "planner", "planner_sign_in"
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

AnyRequest = Request[Any, Any, Any]
Asked = NamedDependency[Member]
Shifts = NamedDependency[Plan]
Form = URLEncodedBody[dict[str, str]]


@get("/", sync_to_thread=True)
def show_week(member: Asked, plan: Shifts, *, members: NamedDependency[Members]) -> Template:
    """Show the plan, with what this member may do."""
    ensure(member.may_work)
    workers = members.everybody(member) if member.may_plan else []
    context = {"member": member, "week": plan.week(), "days": DAYS, "workers": workers}
    return Template("week.html", context=context)


@post("/shifts/{shift:int}/take", sync_to_thread=True)
def take_shift(shift: FromPath[int], member: Asked, *, plan: Shifts) -> Redirect:
    """Take a shift that is free."""
    ensure(member.may_work)
    if not plan.take(shift, member.id, member.name):
        raise HTTPException("Somebody else has just taken this shift.", status_code=409)
    return see_other("/")


@post("/shifts", sync_to_thread=True)
def add_shift(data: Form, member: Asked, *, plan: Shifts) -> Redirect:
    """Add a shift to the plan."""
    ensure(member.may_plan)
    day, starts, ends, task = (data.get(name, "") for name in ("day", "starts", "ends", "task"))
    are_times = TIME.fullmatch(starts) and TIME.fullmatch(ends) and starts < ends
    if day not in DAYS or not are_times or not 1 <= len(task.strip()) <= 60:
        raise HTTPException(
            "Choose a day, what to do, and an end after the start.", status_code=422
        )
    plan.add(DAYS.index(day), starts, ends, task.strip())
    return see_other("/")


@post("/shifts/{shift:int}/delete", sync_to_thread=True)
def delete_shift(shift: FromPath[int], member: Asked, *, plan: Shifts) -> Redirect:
    """Take a shift out of the plan."""
    ensure(member.may_plan)
    plan.delete(shift)
    return see_other("/")


@post("/shifts/{shift:int}/assign", sync_to_thread=True)
def assign_shift(
    shift: FromPath[int],
    data: Form,
    *,
    member: Asked,
    members: NamedDependency[Members],
    plan: Shifts,
) -> Redirect:
    """Give a shift to a member, or set it free."""
    ensure(member.may_plan)
    found = [each for each in members.everybody(member) if each["id"] == data.get("worker")]
    worker = found[0] if found else {"id": None, "name": None, "email": None}
    plan.assign(shift, worker["id"], worker["name"] or worker["email"])
    return see_other("/")


@get("/people", sync_to_thread=True)
def show_people(member: Asked, members: NamedDependency[Members]) -> Template:
    """Show who is in the app, and the form that invites: `assets/invite.js` does."""
    ensure(member.may_plan)
    everybody = members.everybody(member)
    return Template("people.html", context={"member": member, "everybody": everybody})


@post("/token", sync_to_thread=True, status_code=200)
def give_token(member: Asked) -> dict[str, str]:
    """Give our own pages the member's token, by which they call Vestibule."""
    return {"token": member.token}


@get("/sign-in", sync_to_thread=False)
def sign_in(members: NamedDependency[Members], home: NamedDependency[str]) -> Redirect:
    """Lead to the login page in Vestibule; this browser alone can come back from there."""
    begun = members.begin()
    answer = see_other(begun.address)
    keep(answer, BEGUN, f"{begun.state}.{begun.verifier}", home=home, seconds=600)
    return answer


@get("/back", sync_to_thread=True)
def come_back(
    request: AnyRequest, members: NamedDependency[Members], *, home: NamedDependency[str]
) -> Redirect:
    """Exchange the code for a session, if it is this browser that was sent for it."""
    answer = request.query_params
    state, _, verifier = request.cookies.get(BEGUN, "").partition(".")
    if not state or answer.get("state") != state:
        raise HTTPException("This sign-in did not begin here, or is over.", status_code=400)
    try:
        visit = members.finish(answer.get("code", ""), verifier)
    except Refused as refused:
        raise HTTPException("This sign-in is over. Begin again.", status_code=400) from refused
    onward = see_other("/")
    keep(onward, BEGUN, "", home=home, seconds=0)
    keep(onward, COOKIE, visit, home=home, seconds=12 * 3600)
    return onward


@post("/sign-out", sync_to_thread=True)
def sign_out(
    request: AnyRequest, members: NamedDependency[Members], home: NamedDependency[str]
) -> Redirect:
    """End the session here and in Vestibule."""
    try:
        members.sign_out(request.cookies.get(COOKIE, ""))
    except Refused as refused:
        if refused.status != 401:  # it has ended there already
            raise
    answer = see_other("/signed-out")
    keep(answer, COOKIE, "", home=home, seconds=0)
    return answer


@get("/signed-out", sync_to_thread=False)
def show_signed_out() -> Template:
    """Say so, and how to come in again."""
    answer = note("You are signed out", "See you soon.", status=200)
    answer.context["is_over"] = True
    return answer


def provide_member(request: AnyRequest, members: NamedDependency[Members]) -> Member:
    """Give who is signed in. Raises NotAuthorizedException, which leads to signing in."""
    member = members.find(request.cookies.get(COOKIE, ""))
    if member is None:
        raise NotAuthorizedException
    return member


def ensure(may: bool) -> None:  # noqa: FBT001  it is the question
    """Raise unless the member's role allows it, whatever was shown to them."""
    if not may:
        raise PermissionDeniedException("Your role does not allow this. Ask a Manager.")


def ensure_own_page(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Raise unless a change comes from a page of ours: browsers say from where they post."""
    is_ours = connection.headers.get("origin") == connection.app.state.home
    if connection.scope.get("method") == "POST" and not is_ours:
        raise PermissionDeniedException("This did not come from a page of the planner.")


def see_other(path: str) -> Redirect:
    """Lead on by GET."""
    return Redirect(path, status_code=303)


def keep(answer: Response[Any], name: str, value: str, *, home: str, seconds: int) -> None:
    """Have the browser keep a cookie, out of the reach of scripts; 0 seconds: forget it."""
    is_https = home.startswith("https:")
    answer.set_cookie(
        key=name, value=value, max_age=seconds, httponly=True, secure=is_https, samesite="lax"
    )


def note(title: str, sentence: str, *, status: int) -> Template:
    """Give a page that says one thing."""
    context = {"title": title, "sentence": sentence}
    return Template("note.html", context=context, status_code=status)


def answer_fault(request: AnyRequest, fault: Exception) -> Response[Any]:
    """Answer a fault: sign in first; or a page that says what is wrong."""
    if isinstance(fault, NotAuthorizedException) and request.method == "GET":
        return see_other("/sign-in")
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    sentence = fault.detail if isinstance(fault, HTTPException) else "Try again in a moment."
    if isinstance(fault, Refused):
        status, sentence = fault.status, str(fault)
    title = "Not for your role" if status == 403 else "That did not work"
    answer = note(title, sentence, status=status)
    answer.headers.update(request.app.state.headers)
    return answer


def make_application(plan: Plan, members: Members, home: str) -> Litestar:
    """Wire it. `home` is where browsers find this planner."""

    def always(thing: object) -> Provide:
        return Provide(lambda: thing, sync_to_thread=False)

    told = headers(members.vestibule)
    templates = JinjaTemplateEngine(HERE / "templates")
    templates.engine.globals.update(vestibule=members.vestibule, app=members.app)
    return Litestar(
        [
            *(show_week, take_shift, add_shift, delete_shift, assign_shift, show_people),
            *(give_token, sign_in, come_back, sign_out, show_signed_out),
            create_static_files_router("/assets", [HERE / "assets"]),
        ],
        dependencies={
            "plan": always(plan),
            "members": always(members),
            "home": always(home),
            "member": Provide(provide_member, sync_to_thread=True),
        },
        exception_handlers={Exception: answer_fault},
        guards=[ensure_own_page],
        response_headers=[ResponseHeader(name=name, value=told[name]) for name in told],
        state=State({"home": home, "headers": told}),
        template_config=TemplateConfig(instance=templates),
        openapi_config=None,
        logging_config=None,
    )


def headers(vestibule: str) -> dict[str, str]:
    """Give what browsers are told: scripts and calls of ours and of Vestibule, of nobody else."""
    policy = (
        f"default-src 'none'; script-src 'self' {vestibule}; connect-src 'self' {vestibule}; "
        f"style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


async def serve(application: Any, port: int) -> None:  # noqa: ANN401  an ASGI application
    """Serve to this machine until SIGTERM or Ctrl-C."""
    server = Server(
        application,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    await server.serve()


def main() -> None:
    """Read the command line, and serve."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--port", type=int, default=8100)
    reader.add_argument("--vestibule", default="http://localhost:8000")
    reader.add_argument("--app", default="shift-planner")
    reader.add_argument("--shifts", type=Path, default=HERE / "data" / "shifts.sqlite")
    given = reader.parse_args()
    home = f"http://127.0.0.1:{given.port}"
    plan = Plan(given.shifts)
    plan.open()
    members = Members(given.vestibule, given.app, back=f"{home}/back")
    asyncio.run(serve(make_application(plan, members, home), given.port))


if __name__ == "__main__":
    main()
