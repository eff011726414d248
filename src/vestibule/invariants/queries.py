"""Asking whether what must always hold does hold: all of it, one query each."""

from vestibule.invariants.invitation_queries import INVITATIONS
from vestibule.invariants.model import Checked, Invariant
from vestibule.invariants.people_queries import PEOPLE
from vestibule.invariants.trail_queries import TRAIL
from vestibule.kernel.database import Reader

EVERY = (*INVITATIONS, *PEOPLE, *TRAIL)


async def check(reader: Reader, invariant: Invariant) -> Checked:
    """Ask for one. Whatever breaks it, the answer is one small row."""
    row = await reader.fetch_one(counting(invariant))
    if row is None:
        raise RuntimeError("a count is always a row")
    return Checked(faults=row["faults"], some=row["some"] or ())


def counting(invariant: Invariant) -> str:
    """Give a statement that counts the faults, and names up to three."""
    return f"""
        SELECT count(*) AS faults, (array_agg(id::text ORDER BY id::text))[:3] AS some
          FROM ({invariant.sql}) AS fault (id)
    """
