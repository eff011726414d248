"""Which domains an organization can allow, and which addresses then come in."""

import pytest

from vestibule.kernel import addresses
from vestibule.kernel.addresses import InvalidDomain, InvalidEmail, parse_domain
from vestibule.kernel.errors import Invalid
from vestibule.organizations.rules_model import (
    DomainNotAllowed,
    TooManyDomains,
    clean_domains,
    ensure_allowed,
    is_allowed,
)

KEPT = {
    "example.com": "example.com",
    "EXAMPLE.Com": "example.com",
    "mail.example.com": "mail.example.com",
    "münchen.example": "xn--mnchen-3ya.example",
    "MÜNCHEN.example": "xn--mnchen-3ya.example",
    "mu\u0308nchen.example": "xn--mnchen-3ya.example",  # as a macOS keyboard composes it
    "xn--mnchen-3ya.example": "xn--mnchen-3ya.example",
    "例え.テスト": "xn--r8jz45g.xn--zckzah",
    "x-1.example": "x-1.example",
    "a" * 63 + ".example": "a" * 63 + ".example",
}
REFUSED = [
    *("", " ", ".", "com", "localhost", "example.com.", ".example.com", "example..com"),
    *("@example.com", "ana@example.com", "*.example.com", "*", "example.*", "%.example.com"),
    *("exa mple.com", "example.com ", "\texample.com", "example.com\n", "example.com\x00"),
    *("example.com,example.org", "example.com;example.org", "example.com/x", "example.com:25"),
    *("https://example.com", "<example.com>", '"example.com"', "[192.0.2.1]", "192.0.2.1", "::1"),
    *("-example.com", "example-.com", "ex_ample.com", "example.123"),
    *(
        "\uff45xample.com",
        "example\u3002com",
        "Kelvin\u212a.com",
        "exam\u00adple.com",
        "exam\u200bple.com",
    ),
    *("\u202eexample.com", "\ud800.example", "ß\u200d.example", "xn--a.example", "xn--.example"),
    *("a" * 64 + ".example", "a." * 130 + "example", "ü" * 100_000, "." * 100_000),
]


@pytest.mark.parametrize("typed", KEPT)
def test_a_domain_is_kept_in_lower_case_and_ascii(typed: str) -> None:
    assert clean_domains([typed]) == (KEPT[typed],)


@pytest.mark.parametrize("typed", KEPT)
def test_a_kept_domain_takes_the_addresses_that_it_was_typed_for(typed: str) -> None:
    ensure_allowed(addresses.parse(f"ana@{typed}"), clean_domains([typed]))


@pytest.mark.parametrize("typed", REFUSED, ids=lambda text: ascii(text[:20]))
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(InvalidDomain):
        parse_domain(typed)
    with pytest.raises(InvalidEmail):
        addresses.parse(f"ana@{typed}")


def test_each_domain_is_kept_once_in_the_order_of_the_first() -> None:
    typed = ["b.example", "A.example", "B.EXAMPLE", "a.example", "b.example"]
    assert clean_domains(typed) == ("b.example", "a.example")


def test_every_fault_stands_at_its_own_place() -> None:
    with pytest.raises(Invalid) as refused:
        clean_domains(["a.example", "*.example", "b.example", "@c.example"])
    faults = [(fault.path, fault.code) for fault in refused.value.errors]
    assert faults == [
        ("allowed_domains.1", "invalid_domain"),
        ("allowed_domains.3", "invalid_domain"),
    ]


def test_a_hundred_domains_are_the_most() -> None:
    domains = [f"d{number}.example" for number in range(101)]
    assert len(clean_domains(domains[:100])) == 100
    with pytest.raises(TooManyDomains):
        clean_domains(domains)


@pytest.mark.parametrize(
    ("email", "is_in"),
    [
        ("ana@example.com", True),
        ("ANA@Example.COM", True),
        ("ana+tag@example.com", True),
        ("ana@mail.example.com", False),
        ("ana@notexample.com", False),
        ("ana@example.com.evil.test", False),
        ("ana@example.co", False),
        ("example.com@evil.test", False),
        ("ana@xn--mnchen-3ya.example", True),
        ("ana@münchen.example", True),
    ],
)
def test_an_allowed_domain_means_exactly_that_one(email: str, *, is_in: bool) -> None:
    domains = clean_domains(["example.com", "münchen.example"])
    assert is_allowed(addresses.parse(email), domains) is is_in


def test_where_none_is_named_every_address_comes_in() -> None:
    ensure_allowed(addresses.parse("ana@anywhere.example"), ())


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (1, "d0.example."),
        (5, "d0.example, d1.example, d2.example, d3.example, d4.example."),
        (6, "d0.example, d1.example, d2.example, d3.example, d4.example and others."),
    ],
)
def test_the_refusal_names_five_domains_at_most(number: int, named: str) -> None:
    domains = [f"d{each}.example" for each in range(number)]
    with pytest.raises(DomainNotAllowed) as refused:
        ensure_allowed(addresses.parse("ana@example.com"), domains)
    assert refused.value.explain() == f"Only addresses of these domains can join: {named}"
