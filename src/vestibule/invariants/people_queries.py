"""What must hold of accounts, of the members of organizations and apps, and of their sessions."""

import json

from vestibule.invariants.model import Invariant
from vestibule.organizations import permission_model as permissions

# What each role is that every organization has, as organizations keep roles of their own.
_ROLES = json.dumps({role.name: sorted(role.permissions) for role in permissions.BUILT_IN})
BUILT_IN = f"'{_ROLES}'::jsonb"

PEOPLE = (
    Invariant(
        "I7 one membership in each organization",
        """
        SELECT user_id FROM members GROUP BY organization_id, user_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I9 every organization has an owner, with an account",
        """
        SELECT id FROM open_organizations o WHERE NOT EXISTS (
               SELECT FROM members m JOIN accounts a ON a.id = m.user_id
                WHERE m.organization_id = o.id AND m.role = 'owner')
        """,
    ),
    # A limit may be set below what is taken, and who is rescued needs no seat. What was taken when
    # it was set is in the trail.
    Invariant(
        "I10 no more seats are taken than there are, or were taken when the limit was set",
        """
        SELECT o.id FROM open_organizations o, LATERAL (
               SELECT a.at, (a.details->>'members')::integer + (a.details->>'invited')::integer
                 FROM audit a WHERE a.organization_id = o.id
                  AND a.event = 'organization.seat_limit_changed'
                ORDER BY a.at DESC, a.id DESC LIMIT 1) AS changed (at, taken)
         WHERE (SELECT count(*) FROM present_members m WHERE m.organization_id = o.id)
               + (SELECT count(*) FROM reserved_seats r WHERE r.organization_id = o.id)
               > greatest(o.seat_limit, changed.taken)
               + (SELECT count(*) FROM audit a WHERE a.organization_id = o.id
                     AND a.event = 'member.added' AND a.at > changed.at)
           AND o.seat_limit IS NOT NULL
        """,
    ),
    Invariant(
        "I17 no session is older than the reset of its password",
        """
        SELECT s.id FROM sessions s
          JOIN audit a ON a.subject_id = s.account_id AND a.event = 'account.password_reset'
         WHERE s.created_at < a.at
        """,
    ),
    Invariant(
        "I17 a session is of an account, in its realm",
        """
        SELECT s.id FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id
         WHERE a.realm_id IS DISTINCT FROM s.realm_id
        """,
    ),
    Invariant(
        "I17 what a user began from the studio is a session of the app",
        """
        SELECT k.session_id FROM app_continuations k JOIN sessions s ON s.id = k.session_id
         WHERE s.realm_id <> k.app_id
        """,
    ),
    Invariant(
        "I17 a session that a code made is of whom the code was made for",
        """
        SELECT s.id FROM app_codes c JOIN sessions s ON s.id = c.session_id
         WHERE s.account_id <> c.account_id
        """,
    ),
    Invariant(
        "I18 one live key for each purpose and subject",
        """
        SELECT subject FROM keys WHERE spent_at IS NULL AND superseded_at IS NULL
         GROUP BY realm_id, purpose, subject HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I20 one account for each realm and address",
        """
        SELECT max(id::text) FROM accounts GROUP BY realm_id, address_canonical HAVING count(*) > 1
        """,
    ),
    Invariant(
        "A1 an app member has an account of the app's realm",
        """
        SELECT m.id FROM app_members m WHERE NOT EXISTS (
               SELECT FROM accounts a WHERE a.id = m.id AND a.realm_id = m.app_id)
        """,
    ),
    Invariant(
        "A2 an app member has a role",
        """
        SELECT m.id FROM app_members m
         WHERE NOT EXISTS (SELECT FROM app_member_roles r WHERE r.app_member_id = m.id)
        """,
    ),
    Invariant(
        "A3 every role is one of the published definition",
        """
        SELECT r.app_member_id FROM present_app_member_roles r
          JOIN apps a ON a.id = r.app_id
          LEFT JOIN app_definitions d ON d.app_id = a.id AND d.version = a.version
         WHERE coalesce(NOT d.definition::jsonb #> '{security,roles}' ? r.role, true)
        """,
    ),
    Invariant(
        "A4 every pending invitation to an app is to a role of the published definition",
        """
        SELECT i.id FROM invitations i
          JOIN apps a ON a.id = i.app_id
          LEFT JOIN app_definitions d ON d.app_id = a.id AND d.version = a.version
         WHERE i.state = 'pending'
           AND coalesce(NOT d.definition::jsonb #> '{security,roles}' ? i.role, true)
        """,
    ),
    Invariant(
        "A5 every role in an organization is one that it has",
        f"""
        SELECT one.id FROM (SELECT id, organization_id, role FROM members
                             UNION ALL
                            SELECT id, organization_id, role FROM invitations
                             WHERE state = 'pending' AND app_id IS NULL) AS one
          JOIN organizations o ON o.id = one.organization_id
         WHERE NOT (o.custom_roles || {BUILT_IN}) ? one.role
        """,
    ),
    Invariant(
        "A6 what is of an app is of its organization",
        """
        SELECT a.id FROM apps a
          JOIN (SELECT app_id, organization_id FROM app_definitions
                UNION ALL SELECT app_id, organization_id FROM app_members
                UNION ALL SELECT app_id, organization_id FROM app_member_roles
                UNION ALL SELECT app_id, organization_id FROM app_codes
                UNION ALL SELECT app_id, organization_id FROM app_continuations
                UNION ALL SELECT app_id, organization_id FROM invitations) its ON its.app_id = a.id
         WHERE its.organization_id <> a.organization_id
        """,
    ),
    Invariant(
        "A7 a program's key is of a member",
        """
        SELECT k.id FROM api_keys k WHERE NOT EXISTS (
               SELECT FROM members m
                WHERE m.organization_id = k.organization_id AND m.user_id = k.user_id)
        """,
    ),
    # A sender is found by kind and id; where the kind is forgotten, the id still tells them apart.
    Invariant(
        "A13 no program's key has the id of an account",
        "SELECT k.id FROM api_keys k JOIN accounts a ON a.id = k.id",
    ),
    Invariant(
        "A8 no code lies about for longer than a day and the next round of chores",
        """
        SELECT encode(code_hash, 'hex') FROM app_codes
         WHERE expires_at < clock_timestamp() - interval '25 hours'
        """,
    ),
    Invariant(
        "A12 what is over is cleared away within a day and the next round of chores",
        """
        SELECT m.id FROM members m JOIN open_organizations o ON o.id = m.organization_id
         WHERE m.member_until < clock_timestamp() - interval '25 hours'
         UNION ALL
        SELECT r.app_member_id FROM app_member_roles r JOIN open_apps a ON a.id = r.app_id
         WHERE r.member_until < clock_timestamp() - interval '25 hours'
        """,
    ),
    Invariant(
        "A9 a user goes on as one member of an app",
        """
        SELECT user_id FROM app_members WHERE user_id IS NOT NULL
         GROUP BY app_id, user_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "A10 nobody owns an organization for a while",
        "SELECT id FROM members WHERE role = 'owner' AND member_until IS NOT NULL",
    ),
    Invariant(
        "A11 an invitation ends with what it offers",
        "SELECT id FROM invitations WHERE expires_at > member_until",
    ),
)
