"""What the audit trail must tell, and what it must lead to.

Entries go when their time is over: what is asked of a moment is asked only if the trail reaches
back to it. So what is older than the oldest entry is left alone.
"""

from vestibule.invariants.model import Invariant

SINCE = "(SELECT min(at) FROM audit)"

LEFT = "'member.left', 'member.removed', 'member.ended'"
_LEFT_APP = "'app_member.left', 'app_member.removed', 'app_member.ended'"
_CLOSING = "'invitation.accepted', 'invitation.declined', 'invitation.revoked'"

# Each entry that tells what somebody is in an organization from then on (`role` null: nothing), and
# what they were before it.
_TOLD = f"""
    SELECT organization_id, at, id, event,
           (CASE event WHEN 'organization.founded' THEN details->>'owner'
                       WHEN 'invitation.accepted' THEN details->>'account'
                       ELSE subject_id::text END)::uuid AS user_id,
           CASE event WHEN 'organization.founded' THEN 'owner'
                      WHEN 'member.role_changed' THEN details->>'after'
                      WHEN 'member.added' THEN details->>'role'
                      WHEN 'invitation.accepted' THEN details->>'role' END AS role,
           CASE event WHEN 'member.role_changed' THEN details->>'before'
                      WHEN 'member.left' THEN details->>'role'
                      WHEN 'member.removed' THEN details->>'role'
                      WHEN 'member.ended' THEN details->>'role' END AS role_before
      FROM audit
     WHERE event IN ('organization.founded', 'member.added', 'member.role_changed', {LEFT})
        OR event = 'invitation.accepted' AND NOT details ? 'app'
"""

# Each entry that tells of a role in an app whether somebody has it from then on.
_TOLD_OF_ROLES = f"""
    SELECT (a.details->>'app')::uuid AS app_id,
           (CASE a.event WHEN 'invitation.accepted' THEN a.details->>'account'
                         ELSE a.subject_id::text END)::uuid AS app_member_id,
           told.role, told.has, a.at, a.id
      FROM audit a, LATERAL (
           SELECT a.details->>'role', true
            WHERE a.event IN ('app_member.joined', 'invitation.accepted')
            UNION ALL
           SELECT r.role, a.details->'after' ? r.role
             FROM jsonb_array_elements_text(
                      (a.details->'before') || (a.details->'after')) AS r (role)
            WHERE a.event = 'app_member.roles_changed'
            UNION ALL
           SELECT r.role, r.has
             FROM jsonb_each_text(CASE a.event WHEN 'app_member.roles_moved'
                                       THEN a.details->'roles' END) AS m (old, new),
                  LATERAL (VALUES (m.old, false), (m.new, true)) AS r (role, has)
            UNION ALL
           SELECT r.role, false
             FROM jsonb_array_elements_text(
                      CASE WHEN a.event IN ({_LEFT_APP}) THEN a.details->'roles' END) AS r (role)
           ) AS told (role, has)
     WHERE a.details ? 'app'
"""

TRAIL = (
    Invariant(
        "I21 an acceptance is told of once",
        f"""
        SELECT i.id FROM invitations i
          LEFT JOIN audit a ON a.subject_id = i.id AND a.event = 'invitation.accepted'
         WHERE coalesce(i.closed_at, 'infinity') >= {SINCE}
         GROUP BY i.id HAVING count(a.id) <> CASE WHEN i.state = 'accepted' THEN 1 ELSE 0 END
        """,
    ),
    Invariant(
        "I26 making an invitation is told of once",
        f"""
        SELECT i.id FROM invitations i
          LEFT JOIN audit a ON a.subject_id = i.id AND a.event = 'invitation.made'
         WHERE i.created_at >= {SINCE}
         GROUP BY i.id HAVING count(a.id) <> 1
        """,
    ),
    Invariant(
        "I26 closing an invitation is told of once, and nothing else that would close it",
        f"""
        SELECT i.id FROM invitations i
          LEFT JOIN audit a ON a.subject_id = i.id AND a.event IN ({_CLOSING})
         WHERE coalesce(i.closed_at, 'infinity') >= {SINCE}
         GROUP BY i.id
        HAVING count(a.id) <> CASE WHEN i.state = 'pending' THEN 0 ELSE 1 END
            OR count(a.id) FILTER (WHERE a.event <> 'invitation.' || i.state) > 0
        """,
    ),
    Invariant(
        "I26 entries of the trail cannot be changed, nor taken out before their time",
        """
        SELECT guard FROM unnest(ARRAY['audit_is_never_changed', 'audit_is_kept']) AS guard
         WHERE NOT EXISTS (
               SELECT FROM pg_trigger t WHERE t.tgrelid = 'audit'::regclass AND t.tgname = guard
                  AND t.tgenabled IN ('O', 'A'))
        """,
    ),
    Invariant(
        "I27 what is closed stays as it is",
        f"""
        SELECT a.id FROM audit a
          JOIN audit closing ON closing.subject_id = a.subject_id AND closing.id <> a.id
           AND closing.event IN ({_CLOSING})
         WHERE a.event LIKE 'invitation.%' AND a.event <> 'invitation.asked_for'
           AND a.at >= closing.at
        """,
    ),
    Invariant(
        "I28 the trail leads to the members of every organization, and their roles",
        f"""
        SELECT coalesce(told.user_id, m.user_id)
          FROM (SELECT DISTINCT ON (organization_id, user_id) organization_id, user_id, role
                  FROM ({_TOLD}) AS t
                 ORDER BY organization_id, user_id, at DESC, id DESC) AS told
          FULL JOIN members m USING (organization_id, user_id)
          JOIN open_organizations o ON o.id = organization_id
         WHERE told.role IS DISTINCT FROM m.role
           AND (told.user_id IS NOT NULL OR m.created_at >= {SINCE})
        """,
    ),
    Invariant(
        "I28 each change of a member goes on from the one before",
        f"""
        SELECT t.id
          FROM (SELECT id, role_before, lag(role) OVER one AS role_told,
                       row_number() OVER one AS number
                  FROM ({_TOLD}) AS t
                WINDOW one AS (PARTITION BY organization_id, user_id ORDER BY at, id)) AS t
         WHERE t.number > 1 AND t.role_before IS DISTINCT FROM t.role_told
        """,
    ),
    Invariant(
        "I28 the trail leads to the members of every app, and their roles",
        f"""
        SELECT coalesce(told.app_member_id, r.app_member_id)
          FROM (SELECT DISTINCT ON (app_id, app_member_id, role) app_id, app_member_id, role, has
                  FROM ({_TOLD_OF_ROLES}) AS t
                 ORDER BY app_id, app_member_id, role, at DESC, id DESC) AS told
          FULL JOIN app_member_roles r USING (app_id, app_member_id, role)
          JOIN open_apps a ON a.id = app_id
         WHERE coalesce(told.has, r.created_at < {SINCE}) <> (r.organization_id IS NOT NULL)
        """,
    ),
)
