"""The pages of invitations to apps: in the app's own name, and in the studio."""

import pytest

from tests.client import API, Client
from tests.invitations.api_kit import ACCOUNT, ANA, THERE, Api

INSIDE, STUDIO = "/apps/shifts/invitations", "/organizations/analytical/apps/shifts/invitations"
FORM = {"name": "Ana", "password": ACCOUNT["password"]}
TERMS = {"email": ANA, "role": "Employee", "expires_in_days": ""}


async def opened(
    api: Api, email: str = ANA, *, role: str = "Employee", who: str | None = None
) -> tuple[Client, str]:
    """Invite to the app, and follow the link. Gives the browser, and the page's path."""
    await api.invite_to_app(api.world.mia, email=email, role=role)
    browser = api.client.as_(getattr(api.world, who) if who else None)
    arrived = await browser.get(f"/app-invite?key={await api.key(email)}")
    return browser, arrived.headers["Location"]


@pytest.mark.parametrize(
    ("path", "sign_in"), [(INSIDE, "/apps/shifts/login"), (STUDIO, "/sign-in")]
)
async def test_nobody_signed_in_is_sent_to_sign_in(api: Api, path: str, sign_in: str) -> None:
    answer = await api.client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{sign_in}?next={path}")


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("eve", STUDIO, 404),
        ("di", STUDIO, 403),
        ("cy", STUDIO, 200),
        ("emil", INSIDE, 403),
        ("ada", STUDIO.replace("analytical", "elsewhere"), 404),
        ("eve", STUDIO.replace("analytical", "elsewhere"), 404),
    ],
)
async def test_who_may_not_see_them_does_not(api: Api, who: str, path: str, status: int) -> None:
    await api.invite_to_app(api.world.mia)
    page = await api.client.as_(getattr(api.world, who)).get(path)
    assert page.status_code == status
    assert (ANA in page.text) is (status == 200)


@pytest.mark.parametrize(("who", "path", "roles"), [("mia", INSIDE, 2), ("bo", STUDIO, 3)])
async def test_inviting_shows_the_new_one_on_the_list(
    api: Api, who: str, path: str, roles: int
) -> None:
    browser = api.client.as_(getattr(api.world, who))
    empty = (await browser.get(path)).text
    answer = await browser.submit(path, TERMS, page=path)
    shown = (await browser.get(path)).text

    assert empty.count("<option") == roles
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert ANA in shown
    [one] = (await browser.get(THERE)).json()["data"]
    page = await browser.get(f"{path}/{one['id']}")
    assert "Employee" in page.text
    for button in ("resend", "revoke"):
        pressed = await browser.submit(f"{path}/{one['id']}/{button}", page=path)
        assert pressed.headers["Location"] == f"{path}/{one['id']}"


async def test_a_newcomer_chooses_a_password_and_is_in(api: Api) -> None:
    browser, path = await opened(api)
    page = await browser.get(path)
    assert path.startswith("/apps/shifts/activation/inv_")
    assert 'name="name"' in page.text
    assert 'name="first_name"' not in page.text
    assert "Mia invites you to join Shifts as Employee." in page.text

    answer = await browser.submit(f"{path}/activate", FORM, page=path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/apps/shifts/profile")
    assert (await browser.get("/apps/shifts/profile")).status_code == 200
    assert (await browser.get("/")).headers["Location"].startswith("/sign-in")


async def test_where_the_app_lives_elsewhere_they_go_there(api: Api) -> None:
    await api.run("UPDATE apps SET home_url = 'https://shifts.example.com/start'")
    browser, path = await opened(api)
    page = await browser.get(path)
    answer = await browser.submit(f"{path}/activate", FORM, page=path)

    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://shifts.example.com;" in policy
    assert answer.headers["Location"] == "https://shifts.example.com/start"


@pytest.mark.parametrize("who", [None, "flo", "rob"])
async def test_a_member_presses_one_button(api: Api, who: str | None) -> None:
    browser, path = await opened(api, api.world.emil.email, role="Manager", who=who)
    page = await browser.get(path)
    assert 'type="password"' not in page.text
    answer = await browser.submit(f"{path}/accept", page=path)

    assert answer.headers["Location"] == "/apps/shifts/profile"
    assert "session_apps_shifts" not in answer.headers.get("Set-Cookie", "")
    emil = await api.client.as_(api.world.emil).get(f"{API}/apps/shifts/me")
    assert set(emil.json()["roles"]) == {"Employee", "Manager"}


async def test_a_member_who_opens_somebody_elses_link_uses_another_account(api: Api) -> None:
    browser, path = await opened(api, who="emil")
    page = await browser.get(path)
    assert api.world.emil.email in page.text
    assert "has an account of its own" not in page.text

    left = await browser.submit(f"{path}/other-account", page=path)
    assert left.headers["Location"] == path
    assert 'name="name"' in (await browser.get(path)).text


async def test_who_has_the_role_already_is_told(api: Api) -> None:
    browser, path = await opened(api, api.world.emil.email, role="Manager", who="emil")
    await browser.submit(f"{path}/accept", page=path)
    arrived = await browser.get(f"/app-invite?key={await api.key(api.world.emil.email)}")
    page = await browser.get(arrived.headers["Location"])
    assert page.status_code == 200
    assert 'href="/apps/shifts/profile"' in page.text


async def test_a_weak_password_keeps_the_name(api: Api) -> None:
    browser, path = await opened(api)
    answer = await browser.submit(f"{path}/activate", FORM | {"password": "short"}, page=path)
    assert answer.status_code == 422
    assert 'value="Ana"' in answer.text


async def test_each_invitation_has_its_page_at_its_own_place_alone(api: Api) -> None:
    browser, path = await opened(api)
    invitation = path.rpartition("/")[2]
    for other in ("/organization-invite", "/apps/rota/activation"):
        assert (await browser.get(f"{other}/{invitation}")).status_code == 404
        pressed = await browser.submit(f"{other}/{invitation}/activate", FORM, page=path)
        assert pressed.status_code == 404


async def test_a_used_link_leads_to_the_apps_own_login(api: Api) -> None:
    browser, path = await opened(api)
    await browser.submit(f"{path}/activate", FORM, page=path)
    other = api.client.as_(None)
    await other.get(f"/app-invite?key={await api.key()}")
    page = await other.get(path)
    assert page.status_code == 410
    assert 'href="/apps/shifts/login"' in page.text


async def test_a_mailed_key_is_good_for_the_link_of_its_kind_alone(api: Api) -> None:
    await api.invite_to_app(api.world.mia)
    for link, status in (("/organization-invite", 404), ("/app-invite", 303)):
        answer = await api.client.get(f"{link}?key={await api.key()}")
        assert answer.status_code == status
