"""The token that goes with a form (CSRF): the framework's check, which takes text for granted."""

from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Empty, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from vestibule.web import cookies


class FormTokens(CSRFMiddleware):
    """Refuses what is no token as it refuses a wrong one: a file, or letters beyond ASCII."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a good form through. A refused one's files are closed, as the handler's would be."""
        # Where the framework looks before it reads them by itself, less strictly.
        ScopeState.from_scope(scope).cookies = cookies.sent(ASGIConnection(scope))
        try:
            await super().__call__(scope, receive, send)
        finally:
            form = ScopeState.from_scope(scope).form
            if form is not Empty:
                await FormMultiDict.from_form_data(form).close()

    def _csrf_tokens_match(self, request_csrf_token: object, cookie_csrf_token: object) -> bool:
        match request_csrf_token, cookie_csrf_token:
            case str(shown), str(kept) if shown.isascii() and kept.isascii():
                return super()._csrf_tokens_match(shown, kept)
            case _:
                return False
