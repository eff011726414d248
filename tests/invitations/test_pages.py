"""The pages of invitations: who gets which status, what is shown, what a form keeps."""

import pytest

from tests.client import API, Client
from tests.invitations.api_kit import ACCOUNT, ANA, HERE, Api
from tests.world import PASSWORD

LIST = "/organizations/analytical/invitations"
FORM = {"first_name": "Ana", "last_name": "Ahn", "phone": "", "password": ACCOUNT["password"]}


async def opened(api: Api, email: str = ANA, *, who: str | None = None) -> tuple[Client, str]:
    """Invite, and follow the link. Gives the browser, and the page's path."""
    await api.invite(api.world.ada, email=email)
    browser = api.client.as_(getattr(api.world, who) if who else None)
    arrived = await browser.get(f"/organization-invite?key={await api.key(email)}")
    return browser, arrived.headers["Location"]


async def test_nobody_signed_in_is_sent_to_sign_in(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    for path in (LIST, f"{LIST}/{invitation['id']}"):
        answer = await api.client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?next={path}")


async def test_a_stranger_does_not_learn_of_it(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    eve = api.client.as_(api.world.eve)
    for path in (LIST, f"{LIST}/{invitation['id']}"):
        answer = await eve.get(path)
        assert answer.status_code == 404
        assert ANA not in answer.text


async def test_inviting_shows_the_new_one_on_the_list(api: Api) -> None:
    ada = api.client.as_(api.world.ada)
    form = {"email": ANA, "role": "viewer", "expires_in_days": ""}
    answer = await ada.submit(LIST, form, page=LIST)

    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    assert ANA in (await ada.get(LIST)).text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"email": "ana@", "role": "viewer"}, 422),
        ({"email": "di@cast.example.com", "role": "viewer"}, 409),
        ({"email": "ana@example.com", "role": "owner"}, 403),
        ({"email": "ana@example.com", "role": "viewer", "expires_in_days": "99"}, 422),
    ],
)
async def test_a_form_that_fails_keeps_what_was_typed(
    api: Api, form: dict[str, str], status: int
) -> None:
    bo = api.client.as_(api.world.bo)
    answer = await bo.submit(LIST, form, page=LIST)

    assert answer.status_code == status
    assert f'value="{form["email"]}"' in answer.text
    assert (await bo.get(HERE)).json()["data"] == []


async def test_a_manager_sees_the_invitations_and_no_form(api: Api) -> None:
    await api.invite(api.world.ada)
    page = await api.client.as_(api.world.cy).get(LIST)
    assert ANA in page.text
    assert 'name="email"' not in page.text


async def test_a_newcomer_makes_an_account_and_lands_inside(api: Api) -> None:
    browser, path = await opened(api)
    page = await browser.get(path)
    assert 'name="first_name"' in page.text
    assert "Ada Abel" in page.text

    answer = await browser.submit(f"{path}/activate", FORM, page=path)
    assert answer.status_code == 303
    assert (await browser.get(answer.headers["Location"])).status_code == 200


async def test_activating_ends_the_session_that_the_browser_had(api: Api) -> None:
    browser, path = await opened(api, who="eve")
    answer = await browser.submit(f"{path}/activate", FORM, page=path)

    assert answer.status_code == 303
    assert (await api.client.as_(api.world.eve).get(f"{API}/me")).status_code == 401


async def test_a_weak_password_keeps_the_rest_of_the_form(api: Api) -> None:
    browser, path = await opened(api)
    answer = await browser.submit(f"{path}/activate", FORM | {"password": "short"}, page=path)

    assert answer.status_code == 422
    assert 'value="Ana"' in answer.text
    assert "short" not in answer.text.replace("shortcut", "")


async def test_who_has_an_account_signs_in_and_comes_back(api: Api) -> None:
    browser, path = await opened(api, api.world.flo.email)
    assert 'name="first_name"' not in (await browser.get(path)).text
    wrong = await browser.submit(f"{path}/sign-in", {"password": "wrong"}, page=path)
    assert wrong.status_code == 401
    right = await browser.submit(f"{path}/sign-in", {"password": PASSWORD}, page=path)
    assert (right.status_code, right.headers["Location"]) == (303, path)
    joined = await browser.submit(f"{path}/accept", page=path)
    assert joined.headers["Location"] == "/organizations/analytical?done=joined"
    shown = await browser.get(joined.headers["Location"])
    assert "You have joined the organization." in shown.text


@pytest.mark.parametrize(("email", "may_join"), [(ANA, True), ("flo@cast.example.com", False)])
async def test_another_account_is_asked_first(api: Api, email: str, may_join: bool) -> None:
    browser, path = await opened(api, email, who="eve")
    page = await browser.get(path)
    assert email in page.text
    assert api.world.eve.email in page.text
    assert ('name="as"' in page.text) is may_join

    answer = await browser.submit(f"{path}/accept", {"as": "me"}, page=path)
    there = await browser.get(f"{API}/organizations/analytical")
    assert (answer.headers["Location"] != path) is may_join
    assert there.status_code == (200 if may_join else 404)


DEAD = {
    "UPDATE invitations SET expires_at = clock_timestamp()": True,
    "UPDATE invitations SET state = 'revoked', closed_at = clock_timestamp()": True,
    "UPDATE invitations SET state = 'declined', closed_at = clock_timestamp()": False,
    "UPDATE keys SET superseded_at = clock_timestamp()": True,
}


@pytest.mark.parametrize("sql", DEAD)
async def test_a_dead_link_says_so_and_offers_to_ask(api: Api, sql: str) -> None:
    browser, path = await opened(api)
    await api.run(sql)
    page = await browser.get(path)
    assert page.status_code == 410
    assert ("request-new" in page.text) is DEAD[sql]


async def test_without_the_cookie_the_page_tells_nothing(api: Api) -> None:
    _, path = await opened(api)
    page = await api.client.as_(None).get(path)
    assert page.status_code == 404
    for word in (ANA, "Analytical", "Ada"):
        assert word not in page.text


async def test_two_links_in_two_tabs_do_not_mix(api: Api) -> None:
    browser, first = await opened(api)
    await api.invite(api.world.ada, email="b@example.com")
    arrived = await browser.get(f"/organization-invite?key={await api.key('b@example.com')}")
    second = arrived.headers["Location"]

    assert first != second
    assert ANA in (await browser.get(first)).text
    assert "b@example.com" in (await browser.get(second)).text


async def test_who_invited_reads_why_it_was_declined(api: Api) -> None:
    browser, path = await opened(api)
    await browser.submit(f"{path}/decline", {"reason": "No time & no money"}, page=path)

    bo = api.client.as_(api.world.bo)
    [declined] = (await bo.get(f"{HERE}?state=declined")).json()["data"]
    page = await bo.get(f"{LIST}/{declined['id']}")
    assert "No time &amp; no money" in page.text


async def test_an_old_link_in_another_tab_takes_no_newer_ones_place(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    old = await api.key(ANA)
    await api.client.as_(api.world.ada).post(f"{HERE}/{invitation['id']}/resend")
    browser = api.client.as_(None)
    arrived = await browser.get(f"/organization-invite?key={await api.key(ANA)}")
    path = arrived.headers["Location"]

    await browser.get(f"/organization-invite?key={old}")
    answer = await browser.submit(f"{path}/activate", FORM, page=path)

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/organizations/analytical?done=joined",
    )


async def test_a_member_who_opens_somebody_elses_link_may_let_them_go_on(api: Api) -> None:
    browser, path = await opened(api, who="bo")
    page = await browser.get(path)
    assert page.status_code == 200
    assert ANA in page.text
    assert f"{path}/other-account" in page.text

    own, path = await opened(api, email="flo@cast.example.com", who="flo")
    await own.submit(f"{path}/accept", {"as": ""}, page=path)
    arrived = await own.get(f"/organization-invite?key={await api.key('flo@cast.example.com')}")
    assert "other-account" not in (await own.get(arrived.headers["Location"])).text
