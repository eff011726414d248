"""Who may come into an organization: the domains of addresses that it takes. Pure.

They are rules for coming in. Who is in stays, whatever address they have later.
"""

from collections.abc import Collection, Sequence

from vestibule.kernel.addresses import Address, InvalidDomain, parse_domain
from vestibule.kernel.errors import FieldError, Forbidden, InvalidField, InvalidRequest
from vestibule.kernel.i18n import gettext, mark

MOST_DOMAINS = 100
MOST_NAMED = 5


class DomainNotAllowed(Forbidden):
    """The organization takes addresses of certain domains, and this is none of them."""

    sentence = mark("Only addresses of these domains can join: {domains}.")


class TooManyDomains(InvalidField):
    """More domains than an organization allows by name."""

    sentence = mark("Name at most {most} domains.")


class OwnerByDefault(InvalidField):
    """Who is invited without a word about their role would own the organization."""

    sentence = mark("Nobody is made an owner without saying so. Choose another role.")


def clean_domains(texts: Sequence[str]) -> tuple[str, ...]:
    """Give each domain once, in its order, as `Address.domain` has it; empty: any is allowed.

    Raises TooManyDomains, or InvalidRequest with every fault, each at its own (`….2`).
    """
    if len(texts) > MOST_DOMAINS:
        raise TooManyDomains(path="allowed_domains", most=MOST_DOMAINS)
    clean: list[str] = []
    faults: list[FieldError] = []
    for index, text in enumerate(texts):
        try:
            clean.append(parse_domain(text, path=f"allowed_domains.{index}"))
        except InvalidDomain as fault:
            faults.extend(fault.errors)
    if faults:
        raise InvalidRequest(faults)
    return tuple(dict.fromkeys(clean))


def is_allowed(address: Address, domains: Collection[str]) -> bool:
    """Tell whether the address is of one of these very domains, or none is asked for."""
    return not domains or address.domain in domains


def ensure_allowed(address: Address, domains: Sequence[str]) -> None:
    """Raise DomainNotAllowed unless the address may come in."""
    if not is_allowed(address, domains):
        named = ", ".join(domains[:MOST_NAMED])
        if len(domains) > MOST_NAMED:
            named = gettext("{domains} and others").format(domains=named)
        raise DomainNotAllowed(domains=named)
