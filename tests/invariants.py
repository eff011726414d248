"""What must always hold in the database: one query for each, which gives a row for each fault.

The numbers are those of the catalogue of invariants that the project was planned with; where a rule
is guarded by an index or a check, its query asks all the same, in case that is ever dropped.
"""

from vestibule.kernel.database import Reader

INVARIANTS = {
    "I1 an invitation makes one membership": """
        SELECT invitation_id FROM members WHERE invitation_id IS NOT NULL
         GROUP BY invitation_id HAVING count(*) > 1
    """,
    "I2 who accepted is a member by it, unless that has ended": """
        SELECT i.id FROM invitations i
         WHERE i.state = 'accepted' AND i.app_id IS NULL AND NOT EXISTS (
               SELECT FROM members m WHERE m.invitation_id = i.id AND m.user_id = i.accepted_by
                  AND m.organization_id = i.organization_id)
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event IN ('member.left', 'member.removed')
                  AND a.organization_id = i.organization_id AND a.subject_id = i.accepted_by
                  AND a.at >= i.closed_at)
    """,
    "I2 who accepted for an app has a role there by it, unless those were changed": """
        SELECT i.id FROM invitations i
         WHERE i.state = 'accepted' AND i.app_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM app_member_roles r WHERE r.invitation_id = i.id
                  AND r.app_member_id = i.accepted_by AND r.app_id = i.app_id)
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event LIKE 'app_member.roles_%'
                  AND a.subject_id = i.accepted_by AND a.at >= i.closed_at)
    """,
    "I3 who is a member by an invitation accepted it, and then": """
        SELECT m.id FROM members m JOIN invitations i ON i.id = m.invitation_id
         WHERE i.state <> 'accepted' OR i.accepted_by <> m.user_id
            OR i.organization_id <> m.organization_id
            OR m.created_at NOT BETWEEN i.closed_at - interval '30 seconds' AND i.closed_at
    """,
    "I4 the role is the one that was offered at that moment, unless it was changed": """
        SELECT i.id FROM invitations i
          JOIN members m ON m.invitation_id = i.id
          JOIN audit a ON a.subject_id = i.id AND a.event = 'invitation.accepted'
         WHERE i.state = 'accepted'
           AND (a.details->>'role' <> i.role OR m.role <> i.role AND NOT EXISTS (
                SELECT FROM audit c WHERE c.event = 'member.role_changed'
                   AND c.organization_id = m.organization_id AND c.subject_id = m.user_id))
    """,
    "I5 accepted before it expired": """
        SELECT id FROM invitations WHERE state = 'accepted' AND closed_at >= expires_at
    """,
    "I6 accepted by the invited address, or by one who chose to while that had no account": """
        SELECT i.id FROM invitations i
          JOIN accounts mine ON mine.id = i.accepted_by
          JOIN accounts theirs ON theirs.realm_id = mine.realm_id
                              AND theirs.address_canonical = i.address_canonical
         WHERE theirs.id <> mine.id AND theirs.created_at < i.closed_at - interval '1 second'
           AND NOT EXISTS (SELECT FROM audit a WHERE a.event = 'account.address_changed'
                              AND a.subject_id IN (mine.id, theirs.id))
    """,
    "I3 who has a role in an app by an invitation accepted it, and it was that role": """
        SELECT i.id FROM app_member_roles r JOIN invitations i ON i.id = r.invitation_id
         WHERE i.state <> 'accepted' OR i.accepted_by <> r.app_member_id OR i.app_id <> r.app_id
            OR i.role <> r.role AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event = 'app_member.roles_moved'
                  AND a.subject_id = r.app_member_id AND a.at >= i.closed_at)
    """,
    "I7 one membership in each organization": """
        SELECT user_id FROM members GROUP BY organization_id, user_id HAVING count(*) > 1
    """,
    "I8 one pending invitation for each place and address": """
        SELECT address_canonical FROM invitations WHERE state = 'pending'
         GROUP BY organization_id, app_id, address_canonical HAVING count(*) > 1
    """,
    "I9 every organization has an owner, with an account": """
        SELECT id FROM organizations o WHERE NOT EXISTS (
               SELECT FROM members m JOIN accounts a ON a.id = m.user_id
                WHERE m.organization_id = o.id AND m.role = 'owner')
    """,
    "I11 what is pending was sent by somebody who is there to answer for it": """
        SELECT i.id FROM invitations i
         WHERE i.state = 'pending' AND i.inviter_kind = 'user' AND NOT EXISTS (
               SELECT FROM members m
                WHERE m.organization_id = i.organization_id AND m.user_id = i.inviter_id)
    """,
    "I12 nobody is invited to where they are": """
        SELECT i.id FROM invitations i
          JOIN members m ON m.organization_id = i.organization_id
          JOIN accounts a ON a.id = m.user_id AND a.address_canonical = i.address_canonical
         WHERE i.state = 'pending' AND i.app_id IS NULL
    """,
    "I12 nobody is invited to a role that they have": """
        SELECT i.id FROM invitations i
          JOIN accounts a ON a.realm_id = i.app_id AND a.address_canonical = i.address_canonical
          JOIN app_member_roles r ON r.app_member_id = a.id AND r.role = i.role
         WHERE i.state = 'pending'
    """,
    "I13 every invitation was mailed, or will be": """
        SELECT id FROM invitations i
         WHERE i.last_sent_at > clock_timestamp() - interval '7 days' AND NOT EXISTS (
               SELECT FROM messages m WHERE m.about = i.id AND m.key_purpose IS NOT NULL)
    """,
    "I14 every mail about an invitation goes to the address that was invited": """
        SELECT m.id FROM messages m LEFT JOIN invitations i ON i.id = m.about
         WHERE m.about IS NOT NULL AND m.state IN ('queued', 'deferred', 'not_configured')
           AND i.address IS DISTINCT FROM m.recipient
    """,
    "I16 no seed is left when a mail is settled": """
        SELECT id FROM messages WHERE key_seed IS NOT NULL
           AND state NOT IN ('queued', 'deferred', 'not_configured')
    """,
    "I17 no session is older than the reset of its password": """
        SELECT s.id FROM sessions s
          JOIN audit a ON a.subject_id = s.account_id AND a.event = 'account.password_reset'
         WHERE s.created_at < a.at
    """,
    "I18 one live key for each purpose and subject": """
        SELECT subject FROM keys WHERE spent_at IS NULL AND superseded_at IS NULL
         GROUP BY realm_id, purpose, subject HAVING count(*) > 1
    """,
    "I18 a pending invitation has a live key, and as many keys as it was sent": """
        SELECT i.id FROM invitations i LEFT JOIN keys k ON k.subject = i.id::text
         GROUP BY i.id
        HAVING count(k.id) <> i.send_count
            OR (i.state = 'pending' AND count(k.id) FILTER (
                    WHERE k.spent_at IS NULL AND k.superseded_at IS NULL) <> 1)
    """,
    "I20 one account for each realm and address": """
        SELECT address_canonical FROM accounts
         GROUP BY realm_id, address_canonical HAVING count(*) > 1
    """,
    "I21 an acceptance is told of once": """
        SELECT i.id FROM invitations i
          LEFT JOIN audit a ON a.subject_id = i.id AND a.event = 'invitation.accepted'
         GROUP BY i.id HAVING count(a.id) <> CASE WHEN i.state = 'accepted' THEN 1 ELSE 0 END
    """,
    "I26 making and closing are each told of once": """
        SELECT i.id FROM invitations i LEFT JOIN audit a ON a.subject_id = i.id
         GROUP BY i.id
        HAVING count(a.id) FILTER (WHERE a.event = 'invitation.made') <> 1
            OR count(a.id) FILTER (WHERE a.event = 'invitation.' || i.state)
               <> CASE WHEN i.state = 'pending' THEN 0 ELSE 1 END
    """,
    "I27 what is closed stays as it is": """
        SELECT a.id FROM audit a
          JOIN audit closing ON closing.subject_id = a.subject_id AND closing.id <> a.id
           AND closing.event IN ('invitation.accepted', 'invitation.declined', 'invitation.revoked')
         WHERE a.event LIKE 'invitation.%' AND a.event <> 'invitation.asked_for'
           AND a.at >= closing.at
    """,
    "I28 every acceptance that was told of is a membership, or has ended": """
        SELECT a.id FROM audit a JOIN organizations o ON o.id = a.organization_id
         WHERE a.event = 'invitation.accepted' AND NOT a.details ? 'app' AND NOT EXISTS (
               SELECT FROM members m WHERE m.id::text = a.details->>'membership'
                  AND m.user_id::text = a.details->>'account'
                  AND m.organization_id = a.organization_id)
           AND NOT EXISTS (
               SELECT FROM audit e WHERE e.event IN ('member.left', 'member.removed')
                  AND e.details->>'membership' = a.details->>'membership')
    """,
    "A1 an app member has an account of the app's realm": """
        SELECT m.id FROM app_members m WHERE NOT EXISTS (
               SELECT FROM accounts a WHERE a.id = m.id AND a.realm_id = m.app_id)
    """,
    "A2 an app member has a role, but who was put there by the tests": """
        SELECT m.id FROM app_members m
          JOIN audit a ON a.subject_id = m.id AND a.event = 'account.made'
         WHERE NOT EXISTS (SELECT FROM app_member_roles r WHERE r.app_member_id = m.id)
    """,
    "A3 every role is one of the published definition": """
        SELECT r.app_member_id FROM app_member_roles r
          JOIN apps a ON a.id = r.app_id
          JOIN app_definitions d ON d.app_id = a.id AND d.version = a.version
         WHERE NOT d.definition::jsonb #> '{security,roles}' ? r.role
    """,
    "A4 every pending invitation to an app is to a role of the published definition": """
        SELECT i.id FROM invitations i
          JOIN apps a ON a.id = i.app_id
          JOIN app_definitions d ON d.app_id = a.id AND d.version = a.version
         WHERE i.state = 'pending' AND NOT d.definition::jsonb #> '{security,roles}' ? i.role
    """,
    "A5 an invitation gives one role": """
        SELECT invitation_id FROM app_member_roles WHERE invitation_id IS NOT NULL
         GROUP BY invitation_id HAVING count(*) > 1
    """,
    "A6 what is of an app is of its organization": """
        SELECT a.id FROM apps a
          JOIN (SELECT app_id, organization_id FROM app_definitions
                UNION ALL SELECT app_id, organization_id FROM app_members
                UNION ALL SELECT app_id, organization_id FROM app_member_roles
                UNION ALL SELECT app_id, organization_id FROM app_codes
                UNION ALL SELECT app_id, organization_id FROM app_continuations
                UNION ALL SELECT app_id, organization_id FROM invitations) its ON its.app_id = a.id
         WHERE its.organization_id <> a.organization_id
    """,
    "A7 a session is of its account's realm": """
        SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE a.realm_id <> s.realm_id
    """,
    "A8 what a user began from the studio is a session of the app": """
        SELECT k.session_id FROM app_continuations k JOIN sessions s ON s.id = k.session_id
         WHERE s.realm_id <> k.app_id
    """,
    "A9 a session that a code made is of whom the code was made for": """
        SELECT s.id FROM app_codes c JOIN sessions s ON s.id = c.session_id
         WHERE s.account_id <> c.account_id
    """,
    "A10 no code lies about for longer than a day and the next round of chores": """
        SELECT app_id FROM app_codes WHERE expires_at < clock_timestamp() - interval '25 hours'
    """,
    "A11 a user goes on as one member of an app": """
        SELECT user_id FROM app_members WHERE user_id IS NOT NULL
         GROUP BY app_id, user_id HAVING count(*) > 1
    """,
}


async def broken(reader: Reader) -> dict[str, int]:
    """Count the faults of each that does not hold."""
    counts = {name: len(await reader.fetch_all(sql)) for name, sql in INVARIANTS.items()}
    return {name: number for name, number in counts.items() if number}


async def ensure(reader: Reader) -> None:
    """Check that all hold."""
    faults = await broken(reader)
    assert faults == {}, faults
