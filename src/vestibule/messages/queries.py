"""How messages are read: by the development mailbox, and by who claims them."""

from vestibule.kernel import lists
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import MessageId
from vestibule.messages.model import DeliveryState, Mail, Message, MessageNotFound

SCOPE = "messages"

COLUMNS = """m.id, m.template, m.recipient, m.locale, m.parameters, m.link_path, m.key_purpose,
             m.key_seed, m.state, m.attempts, m.reason, m.created_at, m.last_attempt_at,
             m.not_after, m.about, m.place_id, m.account_id"""

# A mail that left has lost what it said.
_IS_WHOLE = "(m.settled_at IS NULL OR m.parameters <> '{}')"


async def list_messages(reader: Reader, window: lists.Window) -> lists.Page[Message]:
    """List the mails that can still be read, newest first."""
    rows = await reader.fetch_all(
        f"""
        SELECT {COLUMNS}
          FROM messages m
         WHERE ($1::uuid IS NULL OR m.id > $1) AND ($2::uuid IS NULL OR m.id < $2)
           AND {_IS_WHOLE}
         ORDER BY m.id {window.order}
         LIMIT $3
        """,
        window.before,
        window.after,
        window.limit + 1,
    )
    return lists.page(window, [message_from_row(row) for row in rows], lambda message: message.id)


async def get_message(reader: Reader, message_id: MessageId) -> Message:
    """Give one mail. Raises MessageNotFound."""
    row = await reader.fetch_one(
        f"""
        SELECT {COLUMNS} FROM messages m
         WHERE m.id = $1 AND {_IS_WHOLE}
        """,
        message_id,
    )
    if row is None:
        raise MessageNotFound
    return message_from_row(row)


def message_from_row(row: Row) -> Message:
    """Read the row of COLUMNS."""
    return Message(
        id=MessageId(row["id"]),
        mail=Mail(
            template=row["template"],
            recipient=row["recipient"],
            locale=row["locale"],
            parameters=row["parameters"],
            not_after=row["not_after"],
            link_path=row["link_path"],
            key_purpose=row["key_purpose"],
            key_seed=row["key_seed"],
            about=row["about"],
            place_id=row["place_id"],
            account_id=row["account_id"],
        ),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        reason=row["reason"],
        created_at=row["created_at"],
        last_attempt_at=row["last_attempt_at"],
    )
