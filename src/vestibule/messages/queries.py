"""What the development mailbox shows."""

from vestibule.kernel import lists
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import MessageId
from vestibule.messages.model import Message, MessageNotFound, to_message

SCOPE = "messages"


async def list_messages(reader: Reader, window: lists.Window) -> lists.Page[Message]:
    """List all mails, newest first."""
    rows = await reader.fetch_all(
        f"""
        SELECT id, template, recipient, locale, parameters, link_path, key_purpose, key_seed,
               state, attempts, reason, created_at, last_attempt_at, not_after
          FROM messages
         WHERE ($1::uuid IS NULL OR id < $1)
           AND ($2::uuid IS NULL OR id > $2)
         ORDER BY id {window.order}
         LIMIT $3
        """,
        window.after,
        window.before,
        window.limit + 1,
    )
    return lists.page(window, [to_message(row) for row in rows], lambda message: message.id)


async def get_message(reader: Reader, message_id: MessageId) -> Message:
    """Give one mail. Raises MessageNotFound."""
    row = await reader.fetch_one(
        """
        SELECT id, template, recipient, locale, parameters, link_path, key_purpose, key_seed,
               state, attempts, reason, created_at, last_attempt_at, not_after
          FROM messages
         WHERE id = $1
        """,
        message_id,
    )
    if row is None:
        raise MessageNotFound
    return to_message(row)
