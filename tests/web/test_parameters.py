"""What a call that ends something does not know is refused: a typo must not end more."""

from tests.client import API, Client
from tests.world import World

MEMBERS = f"{API}/organizations/analytical/members"


async def test_a_typo_in_what_shall_be_kept_ends_nothing(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    at = f"{MEMBERS}/{world.bo.public_id}"
    answer = await ada.delete(f"{at}?invitation=keep")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [one["path"] for one in answer.json()["errors"]] == ["invitation"]
    assert (await ada.get(at)).status_code == 200
    assert (await ada.delete(f"{at}?invitations=keep")).status_code == 204


async def test_no_call_that_ends_something_takes_what_it_does_not_know(
    client: Client, world: World
) -> None:
    paths = (
        f"{API}/me/sessions/ses_01h455vb4pex5vsknk084sn02q",
        f"{API}/sessions/current",
        f"{API}/organizations/analytical",
        f"{API}/apps/shifts",
        f"{API}/apps/shifts/members/{world.emil.public_id}",
    )
    ada = client.as_(world.ada)
    for path in paths:
        answer = await ada.delete(f"{path}?dry_run=yes")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), path
    assert (await ada.get(f"{API}/apps/shifts")).status_code == 200
