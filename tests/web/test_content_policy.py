"""What pages may load, and where their forms may lead."""

import re

import pytest

from vestibule.web.content_policy import content_policy


def test_forms_lead_to_this_server_and_where_a_page_says() -> None:
    assert "form-action 'self';" in content_policy()
    sites = ("https://shifts.example.com", "http://127.0.0.1:9000", "http://[::1]:9000")
    assert f"form-action 'self' {' '.join(sites)};" in content_policy(sites)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https:",
        "https://*.example.com",
        "https://a.example;script-src *",
        "https://a.example b",
        "https://a.example,b",
        "https://a.example/back",
        "javascript:alert(1)",
        "https://a.example\n",
    ],
)
def test_what_is_no_origin_does_not_get_into_the_policy(origin: str) -> None:
    with pytest.raises(ValueError, match=re.escape(origin)):
        content_policy((origin,))
