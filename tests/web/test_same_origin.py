"""A form of a stranger's page is refused, and leaves the open forms of the person as they were."""

import pytest

from tests.client import FROM_OUR_PAGE, Client
from tests.world import World


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {},
    ],
)
async def test_a_form_of_a_strangers_page_does_not_break_the_open_ones(
    client: Client, world: World, headers: dict[str, str]
) -> None:
    token = await client.form_token()
    refused = await client.http.post("/sign-in", data={"email": "x"}, headers=headers)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers

    form = {"email": world.ada.email, "password": world.ada.password, "next": ""}
    data = {**form, "_csrf_token": token}
    answer = await client.http.post("/sign-in", data=data, headers=FROM_OUR_PAGE)
    assert answer.status_code == 303
