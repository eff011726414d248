"""Whose secret it is that a program shows, and for how long it is good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world as cast
from tests.api_keys.cast import Bot, add_key
from tests.world import BO, SHIFTS
from vestibule.api_keys import actions as api_keys
from vestibule.api_keys.model import Calling
from vestibule.kernel.database import Transaction
from vestibule.organizations.permission_model import Permission

BOT = Bot(1, maker=BO, permissions=("members:read", "invitations:manage"))


@pytest.fixture
async def bot(tx: Transaction) -> Bot:
    """Bo's program, and the cast."""
    await cast.make(tx)
    return await add_key(tx, BOT)


async def look_up(tx: Transaction, bot: Bot) -> Calling | None:
    return await api_keys.find_calling(tx, bot.token)


async def test_a_program_is_known_by_its_secret(tx: Transaction, bot: Bot) -> None:
    calling = await look_up(tx, bot)
    assert calling
    program = calling.program
    assert (program.key_id, program.maker_id, program.app_id) == (bot.id, BO.id, None)
    assert program.shown_name == "Deploy bot (Bo Berg)"
    assert program.permissions == {Permission.MEMBERS_READ, Permission.INVITATIONS_MANAGE}


async def test_another_secret_is_nobodys(tx: Transaction, bot: Bot) -> None:
    assert await look_up(tx, replace(bot, number=2)) is None


async def test_an_expired_key_cannot_call(tx: Transaction, bot: Bot) -> None:
    late = await add_key(tx, replace(bot, number=2, expires_in=timedelta(seconds=-1)))
    assert await look_up(tx, late) is None


async def test_a_key_of_who_is_no_member_any_more_is_good_for_nothing(
    tx: Transaction, bot: Bot
) -> None:
    await tx.execute("DELETE FROM members WHERE user_id = $1", BO.id)
    assert await look_up(tx, bot) is None


async def test_a_key_of_whose_membership_is_over_cannot_call(tx: Transaction, bot: Bot) -> None:
    await tx.execute(
        "UPDATE members SET member_until = clock_timestamp() WHERE user_id = $1", BO.id
    )
    assert await look_up(tx, bot) is None


async def test_a_key_of_a_closed_organization_cannot_call(tx: Transaction, bot: Bot) -> None:
    await tx.execute(
        "UPDATE organizations SET closed_at = clock_timestamp() WHERE id = $1", bot.place.id
    )
    assert await look_up(tx, bot) is None


async def test_a_key_of_a_closed_app_cannot_call(tx: Transaction, bot: Bot) -> None:
    of_app = await add_key(tx, replace(bot, number=2, app=SHIFTS, permissions=("apps:manage",)))
    assert await look_up(tx, of_app)
    await tx.execute("UPDATE apps SET closed_at = clock_timestamp() WHERE id = $1", SHIFTS.id)
    assert await look_up(tx, of_app) is None
    assert await look_up(tx, bot)


async def test_that_a_key_was_used_is_noted_once_in_five_minutes(tx: Transaction, bot: Bot) -> None:
    calling = await look_up(tx, bot)
    assert calling
    assert calling.is_to_be_noted
    await api_keys.note_use(tx, bot.id)
    calling = await look_up(tx, bot)
    assert calling
    assert not calling.is_to_be_noted

    first = await tx.fetch_value("SELECT last_used_at FROM api_keys")
    await api_keys.note_use(tx, bot.id)
    assert await tx.fetch_value("SELECT last_used_at FROM api_keys") == first

    await tx.execute("UPDATE api_keys SET last_used_at = last_used_at - interval '5 minutes'")
    calling = await look_up(tx, bot)
    assert calling
    assert calling.is_to_be_noted


async def test_only_a_hash_of_the_secret_is_kept(tx: Transaction, bot: Bot) -> None:
    row = await tx.fetch_value("SELECT k::text FROM api_keys k")
    assert bot.token not in row
    assert bot.token[4:47] not in row
