"""Bodies of ill will, as large as any may be: read in no time, before it is known who sends them.

By the route with the largest limit; the answer is a 4xx, and comes soon.
"""

import json
import time

import pytest

from tests.client import API, Client

LIMIT = 1_000_000
SECONDS = 1.0  # it takes a tenth of that, and what is quadratic takes minutes
KEYS = ",".join(f'"{number:x}":0' for number in range(90_000))

# What stands in the one array that takes anything.
ROWS = {
    "many keys": "{" + KEYS + "}",
    "many keys, the last one twice": "{" + KEYS + ',"0":0}',
    "the same key over and over": "{" + ",".join(['"a":0'] * 150_000) + "}",
    "objects with a key twice": ",".join(['{"a":0,"a":0}'] * 60_000),
    "two long keys": "{" + ",".join(['"' + "a" * 400_000 + '":0'] * 2) + "}",
    "deep arrays": "[" * 400_000 + "]" * 400_000,
    "deep objects": '{"a":' * 150_000 + "0" + "}" * 150_000,
    "a long number": "9" * 900_000,
    "a long fraction": "0." + "9" * 900_000,
    "escapes": '"' + r"\ud83d\ude00" * 80_000 + '"',
    "what never ends": "[" * 900_000,
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
async def test_a_body_of_ill_will_is_answered_soon(client: Client, rows: str) -> None:
    body = f'{{"invitations":[{rows}]}}'
    assert len(body) < LIMIT
    began = time.perf_counter()
    answer = await client.http.post(
        f"{API}/organizations/acme/invitations/batch",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    seconds = time.perf_counter() - began

    assert answer.status_code in {401, 413, 422}
    assert seconds < SECONDS


async def test_a_field_that_is_there_twice_is_named(client: Client) -> None:
    answer = await client.http.post(
        f"{API}/sessions",
        content='{"email": "ana@example.com", "password": "a", "email": "eve@example.com"}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422
    assert [error["path"] for error in json.loads(answer.content)["errors"]] == ["email"]
