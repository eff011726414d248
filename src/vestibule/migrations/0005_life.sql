-- A member's life: roles of an organization's own, seats, rules, access that ends, programs that act,
-- and organizations and apps that close.

-- `custom_roles`: name to permissions. They stand on the organization's own row, so that whoever
-- waits for it reads the roles as they are then. `seat_limit` null: none. `allowed_domains` empty: any.
ALTER TABLE organizations
    ADD COLUMN custom_roles jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN seat_limit integer,
    ADD COLUMN allowed_domains text[] NOT NULL DEFAULT '{}',
    ADD COLUMN default_role text NOT NULL DEFAULT 'viewer',
    ADD COLUMN takes_other_accounts boolean NOT NULL DEFAULT true,
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT organizations_custom_roles_are_few CHECK (
        jsonb_typeof(custom_roles) = 'object' AND octet_length(custom_roles::text) <= 32768),
    ADD CONSTRAINT organizations_custom_roles_are_not_built_in CHECK (
        NOT custom_roles ?| ARRAY['owner', 'admin', 'manager', 'viewer']),
    ADD CONSTRAINT organizations_default_role_is_not_owner CHECK (default_role <> 'owner'),
    ADD CONSTRAINT organizations_have_room_for_an_owner CHECK (seat_limit >= 1),
    ADD CONSTRAINT organizations_allow_few_domains CHECK (cardinality(allowed_domains) <= 100);
CREATE INDEX organizations_closed ON organizations (closed_at) WHERE closed_at IS NOT NULL;

ALTER TABLE apps ADD COLUMN closed_at timestamptz;
CREATE INDEX apps_closed ON apps (closed_at) WHERE closed_at IS NOT NULL;

-- A role is one of the four, or one of the organization's own: whoever gives it holds the organization.
ALTER TABLE members
    DROP CONSTRAINT members_role_is_known,
    ADD COLUMN member_until timestamptz,
    ADD COLUMN told_of_end_at timestamptz,
    ADD CONSTRAINT members_who_own_do_not_end CHECK (role <> 'owner' OR member_until IS NULL);
CREATE INDEX members_by_end ON members (member_until) WHERE member_until IS NOT NULL;

ALTER TABLE app_member_roles
    ADD COLUMN member_until timestamptz,
    ADD COLUMN told_of_end_at timestamptz;
CREATE INDEX app_member_roles_by_end ON app_member_roles (member_until) WHERE member_until IS NOT NULL;

-- Until when whoever accepts is a member, or has the app's role. An invitation ends with what it
-- offers, so that nobody is let in who would be out already.
ALTER TABLE invitations
    ADD COLUMN member_until timestamptz,
    ADD CONSTRAINT invitations_end_with_what_they_offer CHECK (expires_at <= member_until),
    ADD CONSTRAINT invitations_to_own_do_not_end CHECK (
        role <> 'owner' OR app_id IS NOT NULL OR member_until IS NULL);

-- What is there for everybody: an organization or app that was closed is gone for all but the chore
-- that clears it away, and who was a member until yesterday is none.
-- `*` means the columns of today: one that a later migration adds is not in the view until that makes
-- the view anew (CREATE OR REPLACE VIEW, the very same words).
CREATE VIEW open_organizations AS SELECT * FROM organizations WHERE closed_at IS NULL;
CREATE VIEW open_apps AS
    SELECT a.* FROM apps a JOIN organizations o ON o.id = a.organization_id
     WHERE a.closed_at IS NULL AND o.closed_at IS NULL;
CREATE VIEW present_members AS
    SELECT * FROM members WHERE member_until IS NULL OR member_until > clock_timestamp();
CREATE VIEW present_app_member_roles AS
    SELECT * FROM app_member_roles WHERE member_until IS NULL OR member_until > clock_timestamp();
CREATE VIEW app_managers AS
    SELECT p.organization_id, p.user_id FROM present_members p
      JOIN open_organizations o ON o.id = p.organization_id
     WHERE p.role IN ('owner', 'admin') OR o.custom_roles -> p.role ? 'apps:manage';
-- Who has no role left in an app is out. So is who is in it without a password, as the user that
-- published it first, once that user manages it no more. Their account there is as none.
CREATE VIEW present_app_members AS
    SELECT * FROM app_members m
     WHERE EXISTS (SELECT FROM present_app_member_roles r WHERE r.app_member_id = m.id)
       AND (m.user_id IS NULL
            OR EXISTS (SELECT FROM accounts c WHERE c.id = m.id AND c.password_hash IS NOT NULL)
            OR EXISTS (SELECT FROM app_managers g
                        WHERE g.organization_id = m.organization_id AND g.user_id = m.user_id));
CREATE VIEW present_accounts AS
    SELECT * FROM accounts c
     WHERE NOT EXISTS (SELECT FROM app_members m WHERE m.id = c.id)
        OR EXISTS (SELECT FROM present_app_members m WHERE m.id = c.id);
-- Where users land that is there, and whose they are: what users know of organizations.
CREATE VIEW landings AS
    SELECT u.id AS user_id, o.id AS organization_id FROM users u
      JOIN present_members m ON m.user_id = u.id AND m.organization_id = u.default_organization_id
      JOIN open_organizations o ON o.id = m.organization_id;
-- An invitation to the organization itself reserves a seat there for as long as it can be accepted:
-- what organizations know of invitations.
CREATE VIEW reserved_seats AS
    SELECT organization_id, id AS invitation_id, expires_at FROM invitations
     WHERE app_id IS NULL AND state = 'pending' AND expires_at > clock_timestamp();

-- A slug that was given up leads nobody astray for a while; who gave it up may have it back.
CREATE TABLE resting_slugs (
    kind text NOT NULL,
    slug text COLLATE "C" NOT NULL,
    given_up_by uuid NOT NULL,
    rests_until timestamptz NOT NULL,
    PRIMARY KEY (kind, slug),
    CONSTRAINT resting_slugs_kind_is_known CHECK (kind IN ('organization', 'app'))
);
CREATE INDEX resting_slugs_by_end ON resting_slugs (rests_until);

-- What programs show: of an organization, or of one app. Its maker answers for it, and it ends with
-- their membership. Its secret is shown once; `hint` is how it ends, so that people tell keys apart.
-- `made_by_form` is what a form that made it said of itself, so that sent again it makes no other.
CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    app_id uuid,
    user_id uuid NOT NULL,
    name text NOT NULL,
    secret_hash bytea NOT NULL,
    hint text NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    made_by_form uuid,
    CONSTRAINT api_keys_one_for_each_form UNIQUE (organization_id, user_id, made_by_form),
    CONSTRAINT api_keys_of_a_member FOREIGN KEY (organization_id, user_id)
        REFERENCES members (organization_id, user_id) ON DELETE CASCADE,
    CONSTRAINT api_keys_of_an_app FOREIGN KEY (organization_id, app_id)
        REFERENCES apps (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT api_keys_secret_is_unique UNIQUE (secret_hash),
    CONSTRAINT api_keys_hash_is_whole CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT api_keys_may_something CHECK (cardinality(permissions) >= 1),
    CONSTRAINT api_keys_live_a_year_at_most CHECK (expires_at <= created_at + interval '366 days')
);
CREATE INDEX api_keys_by_organization ON api_keys (organization_id, id);
CREATE INDEX api_keys_by_maker ON api_keys (user_id, organization_id);
CREATE INDEX api_keys_by_app ON api_keys (organization_id, app_id) WHERE app_id IS NOT NULL;
CREATE INDEX api_keys_by_end ON api_keys (expires_at);
-- Those that may still call: what organizations know of keys.
CREATE VIEW good_keys AS SELECT * FROM api_keys WHERE expires_at > clock_timestamp();

-- Which organization or app a mail is of, so that with it goes what was not sent; null: of none.
ALTER TABLE messages ADD COLUMN place_id uuid;
-- Whom it names as who did it: an account, or an API key. With that goes the name; null: nobody.
ALTER TABLE messages ADD COLUMN named_id uuid;
CREATE INDEX messages_by_named ON messages (named_id) WHERE named_id IS NOT NULL;
CREATE INDEX messages_open_of_place ON messages (place_id)
    WHERE place_id IS NOT NULL AND state IN ('queued', 'deferred', 'not_configured');

-- Places that were deleted, until they are cleared away: no mail of theirs leaves any more.
CREATE TABLE gone_places (place_id uuid PRIMARY KEY);

-- Whose account a mail is for, whatever its address was then: with the account it goes. And the
-- address as addresses are compared: what was mailed before somebody had an account goes too.
ALTER TABLE messages
    ADD COLUMN account_id uuid,
    ADD COLUMN recipient_canonical text;
CREATE INDEX messages_by_account ON messages (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX messages_by_mailbox ON messages (recipient_canonical);

-- What was declined, or revoked, goes with the account of the address.
CREATE INDEX invitations_by_closed_address ON invitations (address_canonical)
    WHERE state IN ('declined', 'revoked');

-- What is cleared away with an organization or app is found by these.
CREATE INDEX keys_by_realm ON keys (realm_id);
CREATE INDEX app_member_roles_by_member ON app_member_roles (app_id, app_member_id);
CREATE INDEX app_continuations_by_app ON app_continuations (organization_id, app_id);
CREATE INDEX users_by_default_organization ON users (default_organization_id)
    WHERE default_organization_id IS NOT NULL;
