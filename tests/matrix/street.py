"""Tenants next to each other, who calls on them, and every way to name what is not theirs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import quote, unquote_plus, urlencode

import httpx

from tests.client import FROM_OUR_PAGE, Client
from tests.matrix.conftest import Route
from tests.matrix.other_tenant_entries import KEY_OF, names_in, slots_of
from tests.matrix.scene import Scene
from tests.world import AppPlace, Person, Place

# Whose things each caller has. What is all of one of these tenants, is there.
REACH = {
    "ada": ("own", "sibling", "branch"),
    "eve": ("stranger",),
    "bot": ("own", "sibling"),
    "bea": ("own",),
    "emil": ("own",),
    "app_bot": ("own",),
}
# What a parameter may name: things of one kind, of which each path wants some.
FAMILIES = {
    "invitation": ("invitation", "app_invitation", "invitation_to_me", "link", "app_link"),
    "session": ("session", "app_session"),
    "number": ("version",),
    "key_id": tuple(
        f"{realm} {purpose}"
        for realm in ("platform", "app")
        for purpose in ("sign_up", "password_reset", "address_change")
    ),
}
INVITED = ("ana", "flo", "nan", "emil")
Values = tuple[str, ...]
# Names of roles, and addresses: what a request may say, and its answer again.
_SAID = re.compile(r"\w+ warden|\w+keeper|\w+@[\w.]+")
_NAMED = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization and an app of it. `places`: what each slot of a path may hold there.

    `word` is in every name that others must not read.
    """

    name: str
    place: Place
    app: AppPlace
    owner: Person
    word: str
    versions: int
    places: dict[str, str] = field(default_factory=dict)

    def alternatives(self, slot: str) -> list[str]:
        """What is there of a slot: of versions, which are counted, all; of others, one or two."""
        if slot == "version":
            return [str(number + 1) for number in range(self.versions)]
        also = {"invitation": "link", "app_invitation": "app_link"}.get(slot)
        return [self.places[one] for one in (slot, also) if one in self.places]

    @property
    def names(self) -> set[str]:
        """What names its organization or app in a path."""
        return {self.place.slug, self.place.public_id, self.app.slug, self.app.public_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """The tenants, and a browser for each caller.

    `named` fills bodies, `more` are things that are no tenant's one and only, `others` is what
    fields and questions may say of tenants that are not the caller's, `seen` how all rows were.
    """

    scene: Scene
    tenants: dict[str, Tenant]
    callers: dict[str, Client]
    form_token: str = field(repr=False)
    named: dict[str, str] = field(repr=False)
    more: dict[str, set[str]] = field(repr=False)
    others: dict[str, list[str]] = field(repr=False)
    seen: dict[str, str] = field(repr=False)

    async def ask(self, who: str, method: str, path: str, sent: object = None) -> httpx.Response:
        """Send a request as this caller: to the API with JSON or a definition, else a form."""
        client, sent = self.callers[who], self.fill(sent)
        if method in {"GET", "DELETE"}:
            return await client.request(method, path)
        if not path.startswith("/api/"):
            form = {**(sent if isinstance(sent, dict) else {}), "_csrf_token": self.form_token}
            return await client.http.post(path, data=form, headers=FROM_OUR_PAGE)
        if isinstance(sent, str):
            yaml = {"Content-Type": "application/yaml"}
            return await client.request(method, path, content=sent.encode(), headers=yaml)
        return await client.request(method, path, json=sent)

    def path(self, route: Route, values: Values, asked: Mapping[str, str] | None = None) -> str:
        """The path of what these name; of a page that a link leads to, with the key of a link."""
        path, question = route[1], dict(asked or {})
        for name, value in zip(names_in(path), values, strict=True):
            path = re.sub(rf"\{{{name}:\w+\}}", quote(value), path)
        if route[1] in KEY_OF:
            question["key"] = self.scene.keys[KEY_OF[route[1]]]
        return f"{path}?{urlencode(question)}" if question else path

    async def ensure_untouched(self, told: object) -> None:
        """Fail if anything was written since the last time."""
        before, after = dict(self.seen), await self.scene.rows()
        self.seen.update(after)
        assert not [table for table in after if after[table] != before.get(table)], told

    def pool(self, parameter: str) -> set[str]:
        """All that there is on the street that such a parameter could name."""
        found = {
            value
            for tenant in self.tenants.values()
            for slot, value in tenant.places.items()
            if slot in FAMILIES.get(parameter, (parameter,))
        }
        return found | self.more.get(parameter, set())

    def fill(self, sent: object) -> object:
        """Fill in a body with keys and ids of the scene where it names them by `$`."""
        match sent:
            case Mapping():
                return {name: self.fill(value) for name, value in sent.items()}
            case list():
                return [self.fill(value) for value in sent]
            case str():
                return _NAMED.sub(lambda name: self.named[name[1]], sent)
            case _:
                return sent

    def others_for(self, name: str, key: object) -> Sequence[str]:
        """What a field may say of others. Of keys: all that were mailed for something else."""
        if name != "key" or not isinstance(key, str):
            return self.others.get(name, [])
        keys = self.scene.keys
        own = {self.named[key[1:]]}
        if own & {keys[one] for one in INVITED}:
            own = {keys[one] for one in INVITED}
        return sorted(set(keys.values()) - own)


def own_values(street: Street, who: str, path: str) -> set[Values]:
    """What the caller may name in this path: things that belong together, and to them."""
    slots = slots_of(path)
    reached = [street.tenants[name] for name in REACH[who]]
    return {
        values
        for tenant in reached
        if set(slots) <= tenant.places.keys()
        for values in product(*(tenant.alternatives(slot) for slot in slots))
    }


def foreign_values(street: Street, who: str, path: str) -> list[Values]:
    """All that is of one tenant but for one thing, and all that is of one that is not theirs.

    Of the tenants next door Ada alone tries each way: they are hers as well.
    """
    names, slots = names_in(path), slots_of(path)
    tried = street.tenants if who == "ada" else ("own", "stranger")
    found: set[Values] = set()
    for tenant in (street.tenants[name] for name in tried):
        whole = tuple(tenant.places.get(slot, "") for slot in slots)
        found.add(whole)
        for index, name in enumerate(names):
            found |= {(*whole[:index], one, *whole[index + 1 :]) for one in street.pool(name)}
    return sorted(each for each in found - own_values(street, who, path) if all(each))


def whole(street: Street, path: str) -> Values:
    """What is all Ada's, and of one place."""
    return tuple(street.tenants["own"].places[slot] for slot in slots_of(path))


def words_beyond(
    street: Street, who: str, route: Route, values: Values, answer: httpx.Response
) -> list[str]:
    """The words in an answer that are of tenants whose things these values do not name.

    What was sent may come back, and an app says its own name to everybody.
    """
    if "{" not in route[1] or not re.match(r"(/api/v1)?/(organizations|apps)/", route[1]):
        return []
    named = names_in(route[1])
    place = values[named.index("app")] if "app" in named else values[0]
    text, request = answer.text, answer.request
    for said in _SAID.findall(unquote_plus(f"{request.url} {request.content.decode()}")):
        text = text.replace(said, "")
    words = []
    for tenant in street.tenants.values():
        is_theirs = tenant.name in REACH[who] and place in tenant.names
        left = text.replace(f"{tenant.word} app", "") if route[1].startswith("/apps/") else text
        if tenant.word and not is_theirs and tenant.word in left:
            words.append(tenant.word)
    return words
