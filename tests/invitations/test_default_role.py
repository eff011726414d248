"""The role of an invitation that names none: the place's default one, if it is theirs to grant."""

import pytest

from tests.invitations.api_kit import ANA, HERE, THERE, Api

LIST = "/organizations/analytical/invitations"


async def test_an_invitation_that_names_no_role_offers_the_default_one(api: Api) -> None:
    bo = api.client.as_(api.world.bo)
    first = await bo.post(HERE, {"email": ANA})
    await api.run("UPDATE organizations SET default_role = 'manager'")
    again = await bo.post(HERE, {"email": ANA})
    third = await bo.post(HERE, {"email": "b@example.com"})

    assert (first.status_code, first.json()["role"]) == (201, "viewer")
    assert (again.status_code, again.json()["role"]) == (200, "manager")
    assert third.json()["role"] == "manager"


async def test_a_default_that_is_not_theirs_to_grant_must_be_named_otherwise(api: Api) -> None:
    await api.run("UPDATE organizations SET custom_roles = $1", {"guide": ["invitations:manage"]})
    await api.run("UPDATE members SET role = 'guide' WHERE user_id = $1", api.world.cy.id)
    cy = api.client.as_(api.world.cy)
    refused = await cy.post(HERE, {"email": ANA})

    assert refused.status_code == 422
    assert [each["path"] for each in refused.json()["errors"]] == ["role"]
    assert (await cy.post(HERE, {"email": ANA, "role": "guide"})).status_code == 201


@pytest.mark.parametrize(
    ("who", "status", "role"),
    [("ada", 201, "Manager"), ("mia", 201, "Manager"), ("emil", 403, None)],
)
async def test_an_app_offers_the_default_role_of_its_definition(
    api: Api, who: str, status: int, role: str | None
) -> None:
    answer = await api.client.as_(getattr(api.world, who)).post(THERE, {"email": ANA})
    assert (answer.status_code, answer.json().get("role")) == (status, role), answer.text


async def test_the_form_begins_with_the_default_role(api: Api) -> None:
    await api.run("UPDATE organizations SET default_role = 'manager'")
    page = (await api.client.as_(api.world.bo).get(LIST)).text
    assert '<option value="manager" selected>' in page
