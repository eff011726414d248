"""The main journey through the API alone, with mail caught by a real SMTP server."""

from tests.journeys.town import Town, address, key_in, link_in
from tests.world import PASSWORD


async def test_a_newcomer_is_invited_and_joins(town: Town) -> None:
    ada = await town.sign_up("Ada Abel")
    acme = await town.found(ada)
    ana = address("ana")

    invitation, link = await town.invite(ada, acme, ana, role="manager")
    assert invitation["state"] == "pending"
    assert invitation["inviter"]["name"] == "Ada Abel"
    view = await town.expect(200, "POST", "/invitations/lookup", {"key": key_in(link)})
    assert view["next"] == "create_account"
    joined = await town.expect(
        200,
        "POST",
        "/invitations/accept",
        {
            "key": key_in(link),
            "account": {"first_name": "Ana", "last_name": "Alva", "password": PASSWORD},
        },
    )
    assert joined["invitation"]["state"] == "accepted"
    token = {"Authorization": f"Bearer {joined['session']['token']}"}
    me = (await town.http.get("/api/v1/me", headers=token)).json()
    assert me["email"] == ana
    assert me["default_organization"] == acme["id"]
    members = await town.expect(200, "GET", f"/organizations/{acme['id']}/members", by=ada)
    assert [(each["user"]["email"], each["role"]) for each in members["data"]] == [
        (ana, "manager"),
        (ada.email, "owner"),
    ]


async def test_the_inviter_sees_that_the_mail_was_sent(town: Town) -> None:
    ada = await town.sign_up()
    acme = await town.found(ada)
    invitation, _ = await town.invite(ada, acme, address("ana"))

    seen = await town.look_at(ada, acme, invitation)
    assert seen["delivery"]["state"] == "sent"
    assert seen["delivery"]["attempts"] == 1


async def test_the_key_alone_lets_the_owner_of_an_account_in_and_they_are_told(town: Town) -> None:
    ada, bo = await town.sign_up(), await town.sign_up("Bo Berg")
    acme = await town.found(ada)
    _, link = await town.invite(ada, acme, bo.email)
    key = {"key": key_in(link)}

    view = await town.expect(200, "POST", "/invitations/lookup", key)
    assert view["next"] == "accept"
    joined = await town.expect(200, "POST", "/invitations/accept", key)
    assert joined.get("session") is None
    await town.mail_about(bo.email, acme["name"])
    again = await town.expect(200, "POST", "/invitations/accept", key, by=bo)
    assert again["membership"]["id"] == joined["membership"]["id"]


async def test_somebody_who_signed_up_by_themselves_finds_the_invitation(town: Town) -> None:
    ada = await town.sign_up()
    acme = await town.found(ada)
    email = address("cy")
    await town.invite(ada, acme, email)

    cy = await town.sign_up("Cy Cole", email=email)
    waiting = await town.expect(200, "GET", "/me/invitations", by=cy)
    assert [each["destination"]["name"] for each in waiting["data"]] == [acme["name"]]
    await town.expect(200, "POST", f"/me/invitations/{waiting['data'][0]['id']}/accept", by=cy)
    mine = await town.expect(200, "GET", "/me/organizations", by=cy)
    assert [each["id"] for each in mine["data"]] == [acme["id"]]


async def test_a_dead_link_says_why(town: Town) -> None:
    ada = await town.sign_up()
    acme = await town.found(ada)
    path = f"/organizations/{acme['id']}/invitations"

    first, old_link = await town.invite(ada, acme, address("ana"))
    await town.expect(200, "POST", f"{path}/{first['id']}/resend", by=ada)
    await _is_refused(town, old_link, "invitation_superseded")

    newest = link_in((await town.mail(first["email"], nth=2)).text)
    await town.expect(200, "POST", f"{path}/{first['id']}/revoke", by=ada)
    await _is_refused(town, newest, "invitation_revoked")

    _, link = await town.invite(ada, acme, address("bea"))
    await town.expect(204, "POST", "/invitations/decline", {"key": key_in(link)})
    await _is_refused(town, link, "invitation_declined")

    answer = await town.call("POST", "/invitations/lookup", {"key": "A" * 43})
    assert (answer.status_code, answer.json()["code"]) == (404, "key_not_found")


async def test_a_forgotten_password_is_chosen_anew(town: Town) -> None:
    ada = await town.sign_up()
    await town.expect(202, "POST", "/password-resets", {"email": ada.email})
    mail = await town.mail_about(ada.email, "Choose a new password")
    body = {"key": key_in(link_in(mail.text)), "password": "another lamp, another stair"}
    await town.expect(204, "POST", "/password-resets/complete", body)

    await town.expect(401, "GET", "/me", by=ada)
    body = {"email": ada.email, "password": "another lamp, another stair"}
    await town.expect(201, "POST", "/sessions", body)


async def _is_refused(town: Town, link: str, code: str) -> None:
    for call in ("lookup", "accept"):
        answer = await town.call("POST", f"/invitations/{call}", {"key": key_in(link)})
        assert (answer.status_code, answer.json()["code"]) == (410, code)
