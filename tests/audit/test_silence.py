"""What leaves no trace: what was refused, and what was only looked at. And what no entry holds."""

import ast
import re
from pathlib import Path

import pytest

import vestibule
from tests.audit.trail import ANA, BETTER, INVITATIONS, NEWCOMER, Trail
from tests.client import API
from tests.world import PASSWORD

ORG, SHIFTS = f"{API}/organizations/analytical", f"{API}/apps/shifts"
NO_ID = "inv_01h455vb4pex5vsknk084sn02q"
# Who, how, what, and the status that refuses it.
Case = tuple[str, str, str, object, int]
REFUSED: list[Case] = [
    ("", "POST", f"{API}/sessions", {"email": "ada@cast.example.com", "password": "wrong"}, 401),
    ("", "POST", f"{API}/sessions", {"email": "who@cast.example.com", "password": "wrong"}, 401),
    ("", "POST", f"{API}/sign-ups", {"email": "no address"}, 422),
    ("", "POST", f"{API}/sign-ups/complete", {"key": "unknown", **NEWCOMER}, 404),
    ("", "POST", f"{API}/password-resets", {"email": "who@cast.example.com"}, 202),
    ("", "POST", f"{API}/password-resets/complete", {"key": "x", "password": BETTER}, 404),
    ("", "POST", f"{API}/invitations/accept", {"key": "unknown", "account": NEWCOMER}, 404),
    ("", "POST", f"{API}/invitations/decline", {"key": "unknown"}, 404),
    ("", "GET", f"{API}/me", None, 401),
    ("ada", "POST", f"{API}/me/password", {"current": "wrong", "new": BETTER}, 403),
    ("ada", "POST", f"{API}/me/password", {"current": PASSWORD, "new": "short"}, 422),
    ("ada", "POST", f"{API}/me/address", {"email": "a@b.example", "password": "wrong"}, 403),
    ("ada", "PATCH", f"{API}/me", {"first_name": "<b>"}, 422),
    ("ada", "POST", f"{API}/organizations", {"name": "Twice", "slug": "analytical"}, 409),
    ("ada", "PATCH", ORG, {"slug": "elsewhere"}, 409),
    ("di", "PATCH", ORG, {"name": "Mine"}, 403),
    ("eve", "PATCH", ORG, {"name": "Mine"}, 404),
    ("di", "POST", INVITATIONS, {"email": ANA, "role": "viewer"}, 403),
    ("bo", "POST", INVITATIONS, {"email": ANA, "role": "owner"}, 403),
    ("eve", "POST", INVITATIONS, {"email": ANA, "role": "viewer"}, 404),
    ("bo", "POST", INVITATIONS, {"email": "di@cast.example.com", "role": "viewer"}, 409),
    ("bo", "POST", f"{INVITATIONS}/{NO_ID}/revoke", None, 404),
    ("bo", "POST", f"{INVITATIONS}/{NO_ID}/resend", None, 404),
    ("flo", "POST", f"{API}/me/invitations/{NO_ID}/accept", None, 404),
    ("", "POST", f"{SHIFTS}/sign-ups", {"email": ANA}, 403),
    ("", "POST", f"{SHIFTS}/sessions", {"email": "ada@cast.example.com", "password": "x"}, 401),
    ("", "POST", f"{SHIFTS}/sessions", {"code": "x", "code_verifier": "x" * 43}, 401),
    ("", "POST", f"{SHIFTS}/password-resets", {"email": "ada@cast.example.com"}, 202),
    ("ada", "POST", f"{SHIFTS}/sessions", {"as": "me"}, 404),
    ("ada", "PATCH", SHIFTS, {"slug": "rota"}, 409),
    ("ada", "PATCH", SHIFTS, {"colour": "red"}, 422),
    ("cy", "PATCH", SHIFTS, {"colour": "#123456"}, 403),
    ("mia", "PATCH", f"{SHIFTS}/me", {"roles": ["Boss"]}, 422),
    ("mia", "POST", f"{SHIFTS}/invitations", {"email": ANA, "role": "Boss"}, 403),
    ("emil", "POST", f"{SHIFTS}/invitations", {"email": ANA, "role": "Employee"}, 403),
    ("rob", "POST", f"{SHIFTS}/invitations", {"email": ANA, "role": "Employee"}, 404),
    ("emil", "POST", f"{SHIFTS}/me/deletion", {"password": "wrong"}, 403),
    ("ada", "GET", f"{SHIFTS}/members", None, 200),
    ("mia", "GET", f"{SHIFTS}/invitations", None, 200),
    ("ada", "GET", INVITATIONS, None, 200),
    ("ada", "GET", f"{ORG}/members", None, 200),
    ("ada", "GET", f"{API}/me/sessions", None, 200),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[:3]} {case[4]}")
async def test_what_is_refused_or_only_read_leaves_no_trace(trail: Trail, case: Case) -> None:
    who, method, path, body, status = case
    person = getattr(trail.world, who) if who else None
    answer = await trail.client.as_(person).request(method, path, json=body)
    assert answer.status_code == status, answer.text
    await trail.nothing(answer)


async def test_accepting_that_is_refused_leaves_no_trace(trail: Trail) -> None:
    _, key = await trail.invited(trail.world.flo.email)
    eve = trail.client.as_(trail.world.eve)
    for body in ({"key": key}, {"key": key, "as": "me"}, {"key": key, "account": NEWCOMER}):
        answer = await eve.post(f"{API}/invitations/accept", body)
        assert answer.status_code in {403, 422}
        await trail.nothing(answer)
    answer = await trail.client.post(f"{API}/invitations/accept", {"key": key, "account": NEWCOMER})
    assert answer.status_code == 409
    await trail.nothing(answer)


async def test_no_entry_holds_a_key_a_token_or_a_password(trail: Trail) -> None:
    nobody, ada, flo = trail.client, trail.client.as_(trail.world.ada), trail.world.flo
    _, for_flo = await trail.invited(flo.email)
    _, for_ana = await trail.invited()
    accepted = await nobody.post(f"{API}/invitations/accept", {"key": for_ana, "account": NEWCOMER})
    await nobody.post(f"{API}/invitations/decline", {"key": for_flo, "reason": "Wrong person"})
    signed_in = await nobody.post(f"{API}/sessions", {"email": ANA, "password": BETTER})
    await nobody.post(f"{API}/password-resets", {"email": ANA})
    reset = await trail.key(ANA)
    password = "a third lamp by the quiet stairs"
    await nobody.post(f"{API}/password-resets/complete", {"key": reset, "password": password})
    await ada.post(f"{API}/me/address", {"email": "ada@new.example.com", "password": PASSWORD})
    moved = await trail.key("ada@new.example.com")
    await ada.post(f"{API}/me/address/complete", {"key": moved})
    await ada.post(f"{API}/me/password", {"current": PASSWORD, "new": BETTER})

    secrets = [for_flo, for_ana, reset, moved, PASSWORD, BETTER, password, trail.world.ada.token]
    secrets += [answer.json()["session"]["token"] for answer in (accepted,)]
    secrets.append(signed_in.json()["token"])
    async with trail.database.reader() as reader:
        rows = await reader.fetch_all("SELECT a::text AS line FROM audit a")
    written = "\n".join(row["line"] for row in rows)
    assert len(rows) >= 12
    assert "invitation.declined" in written
    assert [secret for secret in secrets if secret in written] == []
    assert "argon2" not in written


def test_our_code_adds_to_the_trail_and_does_nothing_else_to_it() -> None:
    statements = [
        (path.name, text)
        for path in Path(vestibule.__file__).parent.rglob("*.py")
        for text in texts(path)
        if path.parent.name != "migrations"  # which says what the server's role may not do
        and re.search(r"\baudit\b", text)
        and re.search(r"\b(INSERT|UPDATE|DELETE|TRUNCATE)\b", text)
    ]
    assert [name for name, _ in statements] == ["store.py"]
    assert statements[0][1].split()[:3] == ["INSERT", "INTO", "audit"]


def test_only_the_trails_own_store_and_what_checks_it_name_its_table() -> None:
    naming = r"\b(FROM|INTO|JOIN|UPDATE|TABLE|ONLY)\s+audit\b"
    names = {
        path.relative_to(Path(vestibule.__file__).parent).as_posix()
        for path in Path(vestibule.__file__).parent.rglob("*.py")
        if path.parent.name != "invariants"  # which only read, on behalf of the doctor
        and any(re.search(naming, text, re.IGNORECASE) for text in texts(path))
    }
    assert names == {"audit/store.py", "audit/queries.py"}


def texts(path: Path) -> list[str]:
    """Every text that a program holds, those with braces too."""
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
