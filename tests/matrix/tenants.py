"""Four tenants with some of everything, and what each caller has at hand.

*own* is Ada's organization with the app of Bea's crew, *sibling* another app of it, *branch*
another organization of Ada's, and *stranger* one of Eve's.
"""

from dataclasses import replace
from uuid import UUID

from tests import world as cast
from tests.api_keys.cast import ALL_IN_APPS, Bot, add_key
from tests.client import API, Client
from tests.matrix.examples import ARRIVALS, LINKS
from tests.matrix.scene import Scene, person
from tests.matrix.street import REACH, Street, Tenant
from tests.world import (
    ADA,
    ANALYTICAL,
    BEA,
    BO,
    ELSEWHERE,
    EMIL,
    EVE,
    MIA,
    ROB,
    ROTA,
    SHIFTS,
    AppPlace,
    Member,
    Place,
)
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId, OrganizationId, encode

HOST = "localhost.local"  # as a browser in this process calls where it gets cookies from
BRANCH = Place(OrganizationId(cast._id(3, 3)), "Branch", "branch")
SECOND = Place(OrganizationId(cast._id(3, 4)), "Second", "second")
TILL = AppPlace(AppId(cast._id(6, 3)), BRANCH, "Till", "till")
DESK = AppPlace(AppId(cast._id(6, 4)), ANALYTICAL, "Desk", "desk")
BRANCH_DESK = AppPlace(AppId(cast._id(6, 5)), BRANCH, "numbat desk", "numbats-desk")
ELSEWHERE_DESK = AppPlace(AppId(cast._id(6, 6)), ELSEWHERE, "quokka desk", "quokkas-desk")
BOT, APP_BOT = Bot(71), Bot(72, app=SHIFTS, permissions=ALL_IN_APPS)
_PLACES = """
SELECT 'user' AS slot, 'user' AS kind, max(user_id::text) AS id FROM members
 WHERE organization_id = $1
UNION ALL
SELECT 'member', 'apm', max(id::text) FROM app_members WHERE app_id = $2
UNION ALL
SELECT 'api_key', 'key', max(id::text) FROM api_keys WHERE organization_id = $1
UNION ALL
SELECT 'app_session', 'ses', max(id::text) FROM sessions WHERE realm_id = $2
UNION ALL
SELECT 'invitation', 'inv', max(id::text) FROM invitations
 WHERE organization_id = $1 AND app_id IS NULL
UNION ALL
SELECT 'app_invitation', 'inv', max(id::text) FROM invitations WHERE app_id = $2
"""
# Of the keys on their way, those that the scene has browsers carry.
_KEYS = """
SELECT r.kind || ' ' || k.purpose AS slot, k.id FROM keys k JOIN realms r ON r.id = k.realm_id
"""
# Whoever comes is noted once in some minutes: not while this is looked at.
_NOTED = """
WITH used AS (UPDATE api_keys SET last_used_at = clock_timestamp() + interval '1 day')
UPDATE sessions SET last_seen_at = clock_timestamp() + interval '1 day'
"""
_DRAFT = """
UPDATE app_definitions SET definition = replace(definition::text, '"Boss":', '"Chief":')::json
 WHERE app_id = $1 AND version IS NULL
"""
_VERSIONS = """
INSERT INTO app_definitions (id, app_id, organization_id, version, source, definition,
                             saved_by_kind, saved_by_name)
SELECT overlay(gen_random_uuid()::text placing '01900000-0000-7001' from 1)::uuid, app_id,
       organization_id, number, source, definition, saved_by_kind, saved_by_name
  FROM app_definitions d, generate_series(2, $2::integer) number
 WHERE app_id = $1 AND d.version = 1
"""
_MARK = """
WITH named AS (
    UPDATE apps SET name = $2 || ' app', redirect_urls = ARRAY['https://' || $2 || '.example/back']
     WHERE id = $1
)
UPDATE app_definitions SET saved_at = clock_timestamp(), definition = replace(
       replace(definition::text, '"Employee":', '"' || $2 || 'keeper":{},"Employee":'),
       '"enableSelfRegistration":false', '"enableSelfRegistration":true')::json
 WHERE app_id = $1
"""
_NAME = """
WITH named AS (
    UPDATE organizations
       SET name = CASE WHEN slug = 'branch' THEN name ELSE $2 || ' house' END,
           custom_roles = json_build_object($2 || ' warden', json_build_array('members:read'))
     WHERE id = $1 RETURNING id
)
UPDATE users SET last_name = $2 FROM members m, named
 WHERE m.organization_id = named.id AND m.user_id = users.id AND users.first_name <> 'Ada'
"""


TENANTS = {
    "own": Tenant("own", ANALYTICAL, SHIFTS, ADA, "", 2),
    "sibling": Tenant("sibling", ANALYTICAL, DESK, ADA, "wombat", 5),
    "branch": Tenant("branch", BRANCH, TILL, ADA, "numbat", 4),
    "stranger": Tenant("stranger", ELSEWHERE, ROTA, EVE, "quokka", 3),
}


async def settle(scene: Scene) -> Street:
    """Give every tenant some of everything: two of each list, so that there is a cursor."""
    async with scene.database.transaction() as tx:
        await _found(tx)
        for number, tenant in enumerate(TENANTS.values()):
            await _furnish(tx, tenant, 20 + number * 10)
        for bot in (BOT, APP_BOT):
            await add_key(tx, bot)
    for tenant in TENANTS.values():
        await _invite(scene, tenant)
    async with scene.database.transaction() as tx:
        await tx.execute(_NOTED)
    carried, token = await _carry_keys(scene)
    tenants = {name: await _with_places(scene, name) for name in TENANTS}
    named = scene.places | scene.keys | {"who": "ada"}
    named |= {f"{key}_key": scene.keys[f"app_{key}"] for key in ("address", "reset", "sign_up")}
    more = {
        "org": {ELSEWHERE.public_id},
        "app": {ROTA.public_id},
        "user": {scene.world.flo.public_id},
        "session": {encode("ses", one.session_id) for one in (BO, MIA)},
    }
    return Street(
        scene=scene,
        tenants=tenants,
        callers=_callers(scene, carried),
        form_token=token,
        named=named,
        more=more,
        others=await _others(scene, tenants),
        seen=await scene.rows(),
    )


async def _others(scene: Scene, tenants: dict[str, Tenant]) -> dict[str, list[str]]:
    """Give what fields and questions may name of tenants that are not the caller's."""
    foreign = [tenants[name] for name in ("stranger", "branch")]
    other_apps = [*foreign, tenants["sibling"]]
    async with scene.database.reader() as reader:
        drafts = await reader.fetch_all(
            "SELECT saved_at FROM app_definitions WHERE version IS NULL AND app_id <> $1", SHIFTS.id
        )
    return {
        "user": [each.places["user"] for each in foreign] + [scene.world.flo.public_id],
        "api_key": [each.places["api_key"] for each in foreign],
        "org": [ELSEWHERE.slug, ELSEWHERE.public_id],
        "slug": [each.place.slug for each in foreign],
        "app": [name for each in foreign for name in (each.app.slug, each.app.public_id)],
        "app slug": [each.app.slug for each in other_apps],
        "role": [each.places["role"] for each in foreign],
        "app role": [f"{each.word}keeper" for each in other_apps],
        "user email": [EVE.email],
        "app email": [ROB.email, *(_crew(each).email for each in other_apps)],
        "invited": [f"viewer1@{each.word}.example" for each in foreign],
        "app invited": [f"employee1@{each.word}.example" for each in other_apps],
        "word": [each.word[1:5] for each in foreign],
        "app word": [each.word[1:5] for each in other_apps],
        "version": [str(tenants["sibling"].versions)],
        "redirect_url": [f"https://{each.word}.example/back" for each in other_apps],
        "stamp": [each["saved_at"].isoformat() for each in drafts],
        "trail": [
            each.places[slot]
            for each in foreign
            for slot in ("user", "member", "api_key", "invitation", "app_invitation")
        ]
        + [ELSEWHERE.public_id, ROTA.public_id, EVE.public_id],
    }


async def _found(tx: Transaction) -> None:
    for place, owner in ((BRANCH, ADA), (SECOND, EVE)):
        await tx.execute(
            "INSERT INTO organizations (id, name, slug) VALUES ($1, $2, $3)",
            place.id,
            place.name,
            place.slug,
        )
        await cast.add_member(tx, place, owner, role="owner")
    for app in (TILL, DESK, BRANCH_DESK, ELSEWHERE_DESK):
        await cast.add_app(tx, app)
    await tx.execute(_DRAFT, SHIFTS.id)
    await tx.execute("UPDATE apps SET colour = '#2f6f4f', logo = '\\x00', logo_type = 'image/png'")


async def _furnish(tx: Transaction, tenant: Tenant, number: int) -> None:
    """Add two members to the organization and the app, two keys, and names of the tenant's own."""
    word = tenant.word or "own"
    for one in (number, number + 1):
        someone = cast.stranger(one, f"{word.capitalize()}user")
        await cast.add_person(tx, someone)
        await cast.add_member(tx, tenant.place, someone, role="viewer")
        await cast.add_app_member(tx, _crew(tenant, one))
        await add_key(
            tx, Bot(one, maker=tenant.owner, place=tenant.place, name=f"{word} bot {one}")
        )
    await tx.execute(_VERSIONS, tenant.app.id, tenant.versions)
    if tenant.word:
        await tx.execute(_MARK, tenant.app.id, tenant.word)
    if tenant.place is not ANALYTICAL:
        await tx.execute(_NAME, tenant.place.id, tenant.word)


def _crew(tenant: Tenant, number: int = 0) -> Member:
    """Somebody of the tenant's crew."""
    first = 20 + 10 * list(TENANTS).index(tenant.name)
    word = tenant.word or "own"
    return cast.crew_member(number or first, tenant.app, f"{word}{number or first}", "Employee")


async def _invite(scene: Scene, tenant: Tenant) -> None:
    """Have the owner invite two to the organization and two to the app."""
    owner, word = scene.client.as_(tenant.owner), tenant.word or "own"
    for number in (1, 2):
        for place, role in (
            (f"organizations/{tenant.place.slug}", "viewer"),
            (f"apps/{tenant.app.slug}", "Employee"),
        ):
            address = f"{role.lower()}{number}@{word}.example"
            invited = {"email": address, "role": role}
            answer = await owner.post(f"{API}/{place}/invitations", invited)
            assert answer.status_code == 201, answer.text
    if tenant.name in {"own", "branch"}:
        invited = {"email": EVE.email, "role": "viewer"}
        await owner.post(f"{API}/organizations/{tenant.place.slug}/invitations", invited)
    if tenant.name == "stranger":
        invited = {"email": ADA.email, "role": "viewer"}
        await owner.post(f"{API}/organizations/{SECOND.slug}/invitations", invited)


def _callers(scene: Scene, carried: dict[str, str]) -> dict[str, Client]:
    """Give everybody a browser that carries all of this, whatever page it is for."""
    bots, crew = {"bot": BOT, "app_bot": APP_BOT}, {"bea": BEA, "emil": EMIL}
    callers = {}
    for who in REACH:
        caller = bots.get(who) or person(scene.world, who)
        names = [f"session_apps_{tenant.app.slug}" for tenant in TENANTS.values()]
        signed_in = dict.fromkeys(names, crew[who].token) if who in crew else {}
        callers[who] = scene.client.as_(caller)
        callers[who].http.cookies.clear()
        for name, value in {**(caller.cookies if caller else {}), **carried, **signed_in}.items():
            callers[who].http.cookies.set(name, value, domain=HOST)
    return callers


async def _carry_keys(scene: Scene) -> tuple[dict[str, str], str]:
    """Follow every link of the scene. Gives the cookies that hold the keys, and a form's token."""
    browser = scene.client.as_(None)
    carried: dict[str, str] = {}
    token = await browser.form_token()
    for link, key in {*ARRIVALS.values(), *LINKS.items()}:
        holder = {"address": "ada", "app_address": "emil"}.get(key, "nobody")
        visitor = scene.client.as_(person(scene.world, holder))
        visitor.http.cookies.update(browser.http.cookies)
        await visitor.get(f"{link}?key={scene.keys[key]}")
        carried |= {cookie.name: str(cookie.value) for cookie in visitor.http.cookies.jar}
    return {name: each for name, each in carried.items() if not name.startswith("session")}, token


async def _with_places(scene: Scene, name: str) -> Tenant:
    tenant = TENANTS[name]
    async with scene.database.reader() as reader:
        rows = await reader.fetch_all(_PLACES, tenant.place.id, tenant.app.id)
        keys = await reader.fetch_all(_KEYS)
    places = {row["slot"]: encode(row["kind"], UUID(row["id"])) for row in rows}
    places |= {
        "org": tenant.place.slug,
        "app": tenant.app.slug,
        "version": str(tenant.versions),
        "role": f"{tenant.word} warden" if tenant.place is not ANALYTICAL else "Clerk",
    }
    if name == "stranger":
        places |= {"session": encode("ses", EVE.session_id)}
    if name == "own":
        places |= {row["slot"]: encode("key", row["id"]) for row in keys}
        places |= {
            "session": encode("ses", ADA.session_id),
            "app_session": encode("ses", BEA.session_id),
            "invitation_to_me": scene.places["own"],
            "link": scene.places["invitation"],
            "app_link": scene.places["to_app"],
        }
    return replace(tenant, places=places)
