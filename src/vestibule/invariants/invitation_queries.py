"""What must hold of invitations, of those who came in by them, and of the mails that carry them."""

from vestibule.invariants.model import Invariant
from vestibule.invariants.people_queries import BUILT_IN
from vestibule.invariants.trail_queries import LEFT, SINCE

# Mails are kept for 90 days from when they were settled, keys for 400 days and longer.
_MAILS_KEPT = "clock_timestamp() - interval '80 days'"
_KEYS_KEPT = "clock_timestamp() - interval '390 days'"

# Which roles of a published definition may invite to which: what a role inherits it holds, and
# `canInvite` is true (itself and all that it holds), or a list.
_INVITING = """
    WITH RECURSIVE published AS (
        SELECT a.id AS app_id, d.definition::jsonb #> '{security,roles}' AS roles
          FROM apps a JOIN app_definitions d ON d.app_id = a.id AND d.version = a.version
         WHERE EXISTS (SELECT FROM invitations i WHERE i.app_id = a.id AND i.state = 'pending'
                          AND i.inviter_kind = 'app_member')
    ), holds AS (
        SELECT app_id, each.role, each.role AS held
          FROM published, jsonb_object_keys(roles) AS each (role)
         UNION
        SELECT h.app_id, h.role, further.role
          FROM holds h JOIN published p USING (app_id),
               jsonb_array_elements_text(p.roles #> ARRAY[h.held, 'inherits']) AS further (role)
    ), inviting AS (
        SELECT h.app_id, h.role, invited.held AS invited
          FROM holds h JOIN published p USING (app_id)
          JOIN holds invited ON invited.app_id = h.app_id AND invited.role = h.held
         WHERE p.roles #> ARRAY[h.held, 'canInvite'] = 'true'
         UNION
        SELECT h.app_id, h.role, listed.role
          FROM holds h JOIN published p USING (app_id),
               jsonb_array_elements_text(
                   CASE jsonb_typeof(p.roles #> ARRAY[h.held, 'canInvite']) WHEN 'array'
                        THEN p.roles #> ARRAY[h.held, 'canInvite'] END) AS listed (role)
    )
"""

INVITATIONS = (
    Invariant(
        "I1 an invitation makes one membership",
        """
        SELECT invitation_id FROM members WHERE invitation_id IS NOT NULL
         GROUP BY invitation_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I1 an invitation gives one role in an app",
        """
        SELECT invitation_id FROM app_member_roles WHERE invitation_id IS NOT NULL
         GROUP BY invitation_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I2 who accepted is a member by it, unless that has ended",
        f"""
        SELECT i.id FROM invitations i
         WHERE i.state = 'accepted' AND i.app_id IS NULL AND i.closed_at >= {SINCE}
           AND NOT EXISTS (
               SELECT FROM members m WHERE m.invitation_id = i.id AND m.user_id = i.accepted_by
                  AND m.organization_id = i.organization_id)
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event IN ({LEFT})
                  AND a.organization_id = i.organization_id AND a.subject_id = i.accepted_by
                  AND a.at >= i.closed_at)
        """,
    ),
    # Whose time was over, and who came in anew by themselves, is seen to by the chores: where the
    # app was deleted meanwhile, with the app.
    Invariant(
        "I2 who accepted for an app has a role there by it, unless those were changed",
        f"""
        SELECT i.id FROM invitations i
         WHERE i.state = 'accepted' AND i.app_id IS NOT NULL AND i.closed_at >= {SINCE}
           AND NOT EXISTS (
               SELECT FROM app_member_roles r WHERE r.invitation_id = i.id
                  AND r.app_member_id = i.accepted_by AND r.app_id = i.app_id)
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event LIKE 'app_member.roles_%'
                  AND a.organization_id = i.organization_id AND a.subject_id = i.accepted_by
                  AND a.at >= i.closed_at)
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event = 'app_member.ended'
                  AND a.organization_id = i.organization_id AND a.subject_id = i.accepted_by
                  AND (a.at > clock_timestamp() - interval '25 hours'
                       OR NOT EXISTS (SELECT FROM open_apps o WHERE o.id = i.app_id)))
        """,
    ),
    Invariant(
        "I3 who is a member by an invitation accepted it, and then",
        """
        SELECT m.id FROM members m JOIN invitations i ON i.id = m.invitation_id
         WHERE i.state <> 'accepted' OR i.accepted_by <> m.user_id
            OR i.organization_id <> m.organization_id OR i.app_id IS NOT NULL
            OR m.created_at NOT BETWEEN i.closed_at - interval '30 seconds' AND i.closed_at
        """,
    ),
    Invariant(
        "I3 who has a role in an app by an invitation accepted it, and it was that role",
        f"""
        SELECT i.id FROM app_member_roles r JOIN invitations i ON i.id = r.invitation_id
         WHERE i.state <> 'accepted' OR i.accepted_by <> r.app_member_id
            OR i.app_id IS DISTINCT FROM r.app_id
            OR i.role <> r.role AND i.closed_at >= {SINCE} AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event = 'app_member.roles_moved'
                  AND a.organization_id = i.organization_id AND a.subject_id = r.app_member_id
                  AND a.at >= i.closed_at)
        """,
    ),
    Invariant(
        "I4 the role is the one that was offered at that moment, unless it was changed",
        f"""
        SELECT i.id FROM invitations i
          JOIN members m ON m.invitation_id = i.id
          JOIN audit a ON a.subject_id = i.id AND a.event = 'invitation.accepted'
         WHERE i.closed_at >= {SINCE}
           AND (a.details->>'role' <> i.role OR m.role <> i.role AND NOT EXISTS (
                SELECT FROM audit c WHERE c.event = 'member.role_changed'
                   AND c.organization_id = m.organization_id AND c.subject_id = m.user_id
                   AND c.at >= i.closed_at))
        """,
    ),
    Invariant(
        "I5 accepted before it expired",
        "SELECT id FROM invitations WHERE state = 'accepted' AND closed_at >= expires_at",
    ),
    Invariant(
        "I6 accepted by the invited address, or by one who chose to while that had no account",
        f"""
        SELECT i.id FROM invitations i
          JOIN accounts mine ON mine.id = i.accepted_by
          JOIN accounts theirs ON theirs.realm_id = mine.realm_id
                              AND theirs.address_canonical = i.address_canonical
         WHERE theirs.id <> mine.id AND i.closed_at >= {SINCE}
           AND theirs.created_at < i.closed_at - interval '10 seconds'
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event = 'account.address_changed'
                  AND a.subject_id IN (mine.id, theirs.id)
                  AND a.at >= i.closed_at - interval '10 seconds')
        """,
    ),
    Invariant(
        "I8 one pending invitation for each place and address",
        """
        SELECT max(id::text) FROM invitations WHERE state = 'pending'
         GROUP BY organization_id, app_id, address_canonical HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I11 what a user sent and is pending is theirs to grant",
        f"""
        SELECT i.id FROM invitations i JOIN open_organizations o ON o.id = i.organization_id
         WHERE i.state = 'pending' AND i.inviter_kind = 'user' AND NOT EXISTS (
               SELECT FROM members m, LATERAL (SELECT o.custom_roles || {BUILT_IN}) AS r (roles)
                WHERE m.organization_id = i.organization_id AND m.user_id = i.inviter_id
                  AND CASE WHEN i.app_id IS NOT NULL THEN (r.roles -> m.role) ? 'apps:manage'
                      ELSE (r.roles -> m.role) ? 'invitations:manage'
                       AND (r.roles -> m.role) @> coalesce(r.roles -> i.role, '[]') END)
        """,
    ),
    Invariant(
        "I11 what a program sent and is pending is its maker's to grant, within its permissions",
        f"""
        SELECT i.id FROM invitations i JOIN open_organizations o ON o.id = i.organization_id
         WHERE i.state = 'pending' AND i.inviter_kind = 'api_key'
           AND (i.app_id IS NULL OR i.app_id IN (SELECT p.id FROM open_apps p))
           AND NOT EXISTS (
               SELECT FROM api_keys k
                 JOIN members m ON m.organization_id = k.organization_id AND m.user_id = k.user_id,
                      LATERAL (SELECT o.custom_roles || {BUILT_IN}, to_jsonb(k.permissions))
                           AS r (roles, permissions)
                WHERE k.id = i.inviter_id AND k.organization_id = i.organization_id
                  AND coalesce(k.app_id = i.app_id, k.app_id IS NULL)
                  AND CASE WHEN i.app_id IS NOT NULL
                      THEN (r.roles -> m.role) ? 'apps:manage' AND r.permissions ? 'apps:manage'
                      ELSE (r.roles -> m.role) ? 'invitations:manage'
                       AND r.permissions ? 'invitations:manage'
                       AND (r.roles -> m.role) @> coalesce(r.roles -> i.role, '[]')
                       AND r.permissions @> coalesce(r.roles -> i.role, '[]') END)
        """,
    ),
    # What is pending where all is closed is gone with the place, and goes with it.
    Invariant(
        "I11 no mail leaves for what was deleted",
        """
        SELECT m.id FROM messages m
         WHERE m.place_id IS NOT NULL AND m.state IN ('queued', 'deferred', 'not_configured')
           AND NOT EXISTS (SELECT FROM open_organizations o WHERE o.id = m.place_id)
           AND NOT EXISTS (SELECT FROM open_apps a WHERE a.id = m.place_id)
           AND NOT EXISTS (SELECT FROM gone_places g WHERE g.place_id = m.place_id)
        """,
    ),
    # Whose time was over, and who came in anew by themselves, is seen to by the chores.
    Invariant(
        "I11 what is pending in an app was sent by a member who is still there",
        """
        SELECT i.id FROM invitations i
         WHERE i.state = 'pending' AND i.inviter_kind = 'app_member' AND NOT EXISTS (
               SELECT FROM app_members m WHERE m.app_id = i.app_id AND m.id = i.inviter_id)
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event = 'app_member.ended'
                  AND a.organization_id = i.organization_id AND a.subject_id = i.inviter_id
                  AND a.at > clock_timestamp() - interval '25 hours')
        """,
    ),
    # A publish may take a right without revoking what it was used for: accepting asks again.
    Invariant(
        "I11 what a member of an app sent is theirs to grant, unless a new version says otherwise",
        f"""
        {_INVITING}
        SELECT i.id FROM invitations i JOIN app_members m ON m.id = i.inviter_id
         WHERE i.state = 'pending' AND i.inviter_kind = 'app_member' AND i.last_sent_at >= {SINCE}
           AND NOT EXISTS (
               SELECT FROM app_member_roles r
                 JOIN inviting g ON g.app_id = r.app_id AND g.role = r.role
                WHERE r.app_member_id = m.id AND g.invited = i.role)
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event = 'app.published' AND a.subject_id = i.app_id
                  AND a.organization_id = i.organization_id AND a.at >= i.last_sent_at)
        """,
    ),
    # Who gets the address, or the role, in another way has no use for what is pending. It does no
    # harm: accepting asks again.
    Invariant(
        "I12 nobody is invited to where they are, unless they changed their address",
        f"""
        SELECT i.id FROM invitations i
          JOIN present_members m ON m.organization_id = i.organization_id
          JOIN accounts a ON a.id = m.user_id AND a.address_canonical = i.address_canonical
         WHERE i.state = 'pending' AND i.app_id IS NULL AND i.created_at >= {SINCE}
           AND NOT EXISTS (
               SELECT FROM audit c WHERE c.event = 'account.address_changed'
                  AND c.subject_id = a.id AND c.at >= i.created_at)
        """,
    ),
    Invariant(
        "I12 nobody is invited to a role that they have, unless they got it in another way",
        f"""
        SELECT i.id FROM invitations i
          JOIN accounts a ON a.realm_id = i.app_id AND a.address_canonical = i.address_canonical
          JOIN present_app_members m ON m.id = a.id
          JOIN present_app_member_roles r ON r.app_member_id = m.id AND r.role = i.role
         WHERE i.state = 'pending' AND i.created_at >= {SINCE}
           AND NOT EXISTS (
               SELECT FROM audit c
                WHERE c.subject_id = a.id AND c.at >= i.created_at
                  AND CASE c.event WHEN 'account.address_changed' THEN true
                      WHEN 'app_member.joined' THEN c.details->>'role' = i.role
                      WHEN 'app_member.roles_changed' THEN c.details->'after' ? i.role
                      WHEN 'app_member.roles_moved' THEN EXISTS (
                           SELECT FROM jsonb_each_text(c.details->'roles') AS moved (old, new)
                            WHERE moved.new = i.role) END)
           AND NOT EXISTS (
               SELECT FROM audit c WHERE c.event = 'invitation.edited'
                  AND c.organization_id = i.organization_id AND c.subject_id = i.id
                  AND c.details->'after'->>'role' = i.role
                  AND c.details->'before'->>'role' <> i.role)
        """,
    ),
    Invariant(
        "I13 every invitation was mailed, or will be",
        f"""
        SELECT id FROM invitations i
         WHERE i.last_sent_at > {_MAILS_KEPT} AND NOT EXISTS (
               SELECT FROM messages m WHERE m.about = i.id AND m.key_purpose IS NOT NULL
                  AND m.created_at >= i.last_sent_at - interval '30 seconds')
        """,
    ),
    Invariant(
        "I14 every mail about an invitation goes to the address that was invited",
        f"""
        SELECT m.id FROM messages m LEFT JOIN invitations i ON i.id = m.about
         WHERE m.template LIKE 'invitations/%' AND m.about IS NOT NULL
           AND m.state IN ('queued', 'deferred', 'not_configured')
           AND m.created_at >= {SINCE} AND i.address IS DISTINCT FROM m.recipient
           AND NOT EXISTS (
               SELECT FROM audit a WHERE a.event = 'invitations.forgotten'
                  AND a.details->'invitations' ? m.about::text)
        """,
    ),
    Invariant(
        "I16 no seed is left when a mail is settled",
        """
        SELECT id FROM messages WHERE key_seed IS NOT NULL
           AND state NOT IN ('queued', 'deferred', 'not_configured')
        """,
    ),
    Invariant(
        "I18 a pending invitation has a live key, and as many keys as it was sent",
        f"""
        SELECT i.id FROM invitations i LEFT JOIN keys k ON k.subject = i.id::text
         GROUP BY i.id
        HAVING count(k.id) > i.send_count
            OR (i.created_at > {_KEYS_KEPT} AND count(k.id) < i.send_count)
            OR (i.state = 'pending' AND i.last_sent_at > {_KEYS_KEPT} AND count(k.id) FILTER (
                    WHERE k.spent_at IS NULL AND k.superseded_at IS NULL) <> 1)
        """,
    ),
)
