"""What pages say of the rules: to who invites, and to the invited whom they keep out."""

import pytest

from tests.client import Client
from tests.invitations.api_kit import ACCOUNT, ANA, Api
from tests.invitations.test_rules import CLOSED, FLO, ONLY_INVITED, OPENED, SENTENCE

LIST = "/organizations/analytical/invitations"


async def test_a_form_for_an_address_that_is_not_taken_says_why(api: Api) -> None:
    await api.run(CLOSED)
    ada = api.client.as_(api.world.ada)
    form = {"email": ANA, "role": "viewer", "expires_in_days": ""}
    answer = await ada.submit(LIST, form, page=LIST)

    assert answer.status_code == 403
    assert f'<a href="#email">{SENTENCE}</a>' in answer.text
    assert f'id="fault-email">{SENTENCE}<' in answer.text
    assert f'value="{ANA}"' in answer.text


async def test_pages_show_which_invitations_no_longer_fit(api: Api) -> None:
    invitation = await api.invite(api.world.ada)
    ada = api.client.as_(api.world.ada)
    one = f"{LIST}/{invitation['id']}"
    assert "Address not allowed" not in (await ada.get(LIST)).text
    await api.run(CLOSED)

    assert "Address not allowed" in (await ada.get(LIST)).text
    assert "nobody can join by this invitation" in (await ada.get(one)).text
    resent = await ada.submit(f"{one}/resend", page=one)
    assert (resent.status_code, SENTENCE in resent.text) == (403, True)


async def _opened(api: Api, email: str, *, who: str | None) -> tuple[Client, str]:
    await api.invite(api.world.ada, email=email)
    browser = api.client.as_(getattr(api.world, who) if who else None)
    arrived = await browser.get(f"/organization-invite?key={await api.key(email)}")
    return browser, arrived.headers["Location"]


@pytest.mark.parametrize(("email", "who"), [(ANA, None), (ANA, "flo"), (FLO, "flo"), (FLO, None)])
async def test_the_page_says_that_the_address_is_not_taken_any_more(
    api: Api, email: str, who: str | None
) -> None:
    browser, path = await _opened(api, email, who=who)
    await api.run(CLOSED)
    page = await browser.get(path)

    assert page.status_code == 403
    assert f"does not take {email} any more" in page.text
    assert SENTENCE in page.text
    assert f"{path}/request-new" in page.text
    assert f"{path}/accept" not in page.text
    asked = await browser.submit(f"{path}/request-new", page=path)
    assert asked.status_code == 303
    assert "We asked Ada Abel for a new invitation." in (await browser.get(path)).text


@pytest.mark.parametrize("rule", [CLOSED, OPENED, ONLY_INVITED])
async def test_a_button_that_was_shown_before_the_rule_leads_back_to_why(
    api: Api, rule: str
) -> None:
    browser, path = await _opened(api, ANA, who="flo")
    token = await browser.get(path)
    assert 'name="as"' in token.text
    await api.run(rule)
    answer = await browser.submit(f"{path}/accept", {"as": "me"}, page="/")

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert 'name="as"' not in (await browser.get(path)).text
    assert (await browser.get("/organizations/analytical")).status_code == 404


async def test_a_form_of_a_newcomer_that_was_shown_before_the_rule_leads_back_to_why(
    api: Api,
) -> None:
    browser, path = await _opened(api, ANA, who=None)
    form = {"first_name": "Ana", "last_name": "Ahn", "phone": "", "password": ACCOUNT["password"]}
    await browser.get(path)
    await api.run(CLOSED)
    answer = await browser.submit(f"{path}/activate", form)

    assert (answer.status_code, answer.headers["Location"]) == (303, path)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (ONLY_INVITED, "People join Analytical with the invited address only."),
        (OPENED, f"Analytical does not take {FLO}."),
    ],
)
async def test_another_account_is_not_offered_where_it_is_not_taken(
    api: Api, rule: str, sentence: str
) -> None:
    browser, path = await _opened(api, ANA, who="flo")
    await api.run(rule)
    page = (await browser.get(path)).text

    assert 'name="as"' not in page
    assert sentence in page
    assert f"{path}/other-account" in page


@pytest.mark.parametrize("takes", [True, False])
async def test_who_is_not_signed_in_is_offered_another_account_where_it_is_taken(
    api: Api, *, takes: bool
) -> None:
    browser, path = await _opened(api, ANA, who=None)
    await api.run("UPDATE organizations SET takes_other_accounts = $1", takes)
    assert ("I already have an account" in (await browser.get(path)).text) is takes


async def test_the_console_says_why_an_invitation_lets_nobody_in(api: Api) -> None:
    invitation = await api.invite(api.world.ada, email=FLO)
    await api.run(CLOSED)
    flo = api.client.as_(api.world.flo)
    answer = await flo.submit(f"/console/invitations/{invitation['id']}/accept", page="/")

    assert answer.status_code == 403
    assert SENTENCE in answer.text
