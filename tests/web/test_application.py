"""The application as a whole."""

from tests.client import Client
from vestibule.bootstrap import House
from vestibule.server import make_application


async def test_the_application_is_made_without_a_warning(house: House) -> None:
    make_application(house)


async def test_head_is_answered_like_get_without_a_body(client: Client) -> None:
    whole = await client.get("/sign-in")
    head = await client.request("HEAD", "/sign-in")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert (await client.request("HEAD", "/sign-out")).status_code == 405
