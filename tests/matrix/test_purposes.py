"""A key is good for one purpose: every kind of key at every end that takes one."""

import pytest

from tests.client import API
from tests.matrix.examples import HOLDERS, LINKS
from tests.matrix.scene import Scene, person

NEWCOMER: dict[str, object] = {
    "first_name": "Pat",
    "last_name": "Park",
    "password": "another lamp by the stairs",
}
IN_APP: dict[str, object] = {"password": NEWCOMER["password"]}
# Where keys are spent, or opened: which kind is good there, who comes with it, what else they send.
ENDS: dict[str, tuple[str, str, dict[str, object]]] = {
    "sign-ups/complete": ("sign_up", "nobody", NEWCOMER),
    "password-resets/complete": ("reset", "nobody", {"password": NEWCOMER["password"]}),
    "me/address/complete": ("address", "ada", {}),
    "invitations/lookup": ("ana", "nobody", {}),
    "invitations/accept": ("ana", "nobody", {"account": NEWCOMER}),
    "invitations/decline": ("ana", "nobody", {}),
    "apps/shifts/sign-ups/complete": ("app_sign_up", "nobody", IN_APP),
    "apps/shifts/password-resets/complete": ("app_reset", "nobody", IN_APP),
    "apps/shifts/me/address/complete": ("app_address", "emil", {}),
}
KINDS = ("sign_up", "reset", "address", "ana", "nan", "app_sign_up", "app_reset", "app_address")
INVITATIONS = {"ana", "nan"}  # to an organization and to an app: they are answered at the same ends
WRONG = [
    (end, kind)
    for end, (right, _, _) in ENDS.items()
    for kind in KINDS
    if kind != right and not {kind, right} <= INVITATIONS
]


@pytest.mark.parametrize("end", ENDS)
async def test_a_key_opens_what_it_is_for(scene: Scene, end: str) -> None:
    kind, who, sent = ENDS[end]
    client = scene.client.as_(person(scene.world, who))
    answer = await client.post(f"{API}/{end}", {"key": scene.keys[kind], **sent})
    assert 200 <= answer.status_code < 300, answer.text


@pytest.mark.parametrize(("end", "kind"), WRONG)
async def test_a_key_opens_nothing_else(still: Scene, end: str, kind: str) -> None:
    _, who, sent = ENDS[end]
    before = await still.rows()
    client = still.client.as_(person(still.world, who))
    wrong = await client.post(f"{API}/{end}", {"key": still.keys[kind], **sent})
    unknown = await client.post(f"{API}/{end}", {"key": "x" * 43, **sent})

    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "key_not_found"
    assert await still.rows() == before


@pytest.mark.parametrize("end", ENDS)
async def test_what_is_no_key_opens_nothing(still: Scene, end: str) -> None:
    """Not an id, not a session's token, not what the database keeps of a key."""
    _, who, sent = ENDS[end]
    client = still.client.as_(person(still.world, who))
    async with still.database.reader() as reader:
        rows = await reader.fetch_all(
            "SELECT key_hash AS bytes FROM keys UNION SELECT key_seed FROM messages"
        )
    kept = [row["bytes"].hex() for row in rows if row["bytes"]]
    before = await still.rows()
    for key in (*still.places.values(), still.world.ada.token, *kept):
        answer = await client.post(f"{API}/{end}", {"key": key, **sent})
        assert answer.status_code == 404, key
    assert await still.rows() == before


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_link_shows_what_its_key_is_for(still: Scene, link: str, kind: str) -> None:
    client = still.client.as_(person(still.world, HOLDERS.get(link, "nobody")))
    answer = await client.get(f"{link}?key={still.keys[kind]}")
    assert answer.status_code == (303 if LINKS[link] == kind else 404)
    assert (
        "Set-Cookie" in answer.headers and still.keys[kind] in answer.headers["Set-Cookie"]
    ) is (LINKS[link] == kind)


async def test_a_key_in_the_wrong_cookie_opens_nothing(still: Scene) -> None:
    """What one page carries, another does not take: not even for another invitation."""
    client = still.client.as_(None)
    await client.get(f"/organization-invite?key={still.keys['ana']}")
    [name] = [name for name in client.http.cookies if name.startswith("invitation_")]

    other = still.client.as_(None)
    other.http.cookies.set(name, still.keys["flo"])
    page = await other.get(f"/organization-invite/{still.places['invitation']}")
    assert page.status_code == 404
    assert still.world.flo.email not in page.text


async def test_an_address_is_changed_only_in_the_session_that_asked(still: Scene) -> None:
    before = await still.rows()
    for who in (still.world.bo, still.world.eve):
        sent = {"key": still.keys["address"]}
        answer = await still.client.as_(who).post(f"{API}/me/address/complete", sent)
        assert answer.status_code in {403, 404}
    assert await still.rows() == before
