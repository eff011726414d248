-- The first house: realms, accounts and their sessions, users, organizations and their members, invitations,
-- keys, the outbox, the audit trail, limits. Core PostgreSQL 15 only.

CREATE TABLE installation (
    is_only boolean PRIMARY KEY DEFAULT true,
    secret_fingerprint bytea NOT NULL,
    CONSTRAINT installation_is_one_row CHECK (is_only)
);

-- Where an account is good: the platform, or one app.
CREATE TABLE realms (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    CONSTRAINT realms_kind_is_known CHECK (kind IN ('platform', 'app'))
);
CREATE UNIQUE INDEX realms_one_platform ON realms (kind) WHERE kind = 'platform';
INSERT INTO realms (id, kind) VALUES ('00000000-0000-7000-8000-000000000001', 'platform');

CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    realm_id uuid NOT NULL REFERENCES realms,
    address text NOT NULL,
    address_canonical text COLLATE "C" NOT NULL,
    password_hash text,
    locale text NOT NULL DEFAULT 'en',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    password_changed_at timestamptz,
    CONSTRAINT accounts_one_per_realm_and_address UNIQUE (realm_id, address_canonical),
    CONSTRAINT accounts_realm_and_id UNIQUE (realm_id, id),
    CONSTRAINT accounts_address_is_short CHECK (octet_length(address) <= 254 AND octet_length(address_canonical) <= 254)
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    realm_id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    network text,
    user_agent text,
    CONSTRAINT sessions_of_an_account FOREIGN KEY (realm_id, account_id)
        REFERENCES accounts (realm_id, id) ON DELETE CASCADE,
    CONSTRAINT sessions_token_hash_is_unique UNIQUE (token_hash),
    CONSTRAINT sessions_token_hash_is_whole CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Every mailed key. The key itself is nowhere: only its hash, and on the message that carries it the seed.
CREATE TABLE keys (
    id uuid PRIMARY KEY,
    realm_id uuid NOT NULL REFERENCES realms,
    purpose text NOT NULL,
    subject text NOT NULL,
    key_hash bytea NOT NULL,
    particulars jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    superseded_at timestamptz,
    CONSTRAINT keys_hash_is_unique UNIQUE (key_hash),
    CONSTRAINT keys_hash_is_whole CHECK (octet_length(key_hash) = 32),
    CONSTRAINT keys_end_once CHECK (spent_at IS NULL OR superseded_at IS NULL)
);
CREATE UNIQUE INDEX keys_one_live_per_subject ON keys (realm_id, purpose, subject)
    WHERE spent_at IS NULL AND superseded_at IS NULL;
CREATE INDEX keys_by_subject ON keys (subject);
CREATE INDEX keys_by_expiry ON keys (expires_at);

-- The outbox: mail that we owe, and what became of it.
CREATE TABLE messages (
    id uuid PRIMARY KEY,
    template text NOT NULL,
    recipient text NOT NULL,
    locale text NOT NULL,
    parameters jsonb NOT NULL,
    link_path text,
    key_purpose text,
    key_seed bytea,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    reason text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_attempt_at timestamptz,
    settled_at timestamptz,
    not_after timestamptz NOT NULL,
    about uuid,
    CONSTRAINT messages_state_is_known CHECK (state IN
        ('queued', 'sent', 'deferred', 'delivered', 'bounced', 'complained', 'failed', 'not_configured')),
    CONSTRAINT messages_key_is_whole CHECK (key_seed IS NULL OR
        (link_path IS NOT NULL AND key_purpose IS NOT NULL AND octet_length(key_seed) = 32)),
    CONSTRAINT messages_settled_hold_no_seed CHECK
        (key_seed IS NULL OR state IN ('queued', 'deferred', 'not_configured'))
);
CREATE INDEX messages_due ON messages (due_at) WHERE state IN ('queued', 'deferred', 'not_configured');
CREATE INDEX messages_by_what_they_are_about ON messages (about, id) WHERE about IS NOT NULL;
CREATE INDEX messages_settled ON messages (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE users (
    id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    first_name text NOT NULL,
    last_name text NOT NULL,
    phone text,
    default_organization_id uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT users_names_are_not_empty CHECK (first_name <> '' AND last_name <> '')
);

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    slug text COLLATE "C" NOT NULL,
    invitation_seconds integer NOT NULL DEFAULT 432000,
    requires_sign_in boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT organizations_slug_is_unique UNIQUE (slug),
    CONSTRAINT organizations_slug_is_well_formed CHECK (slug ~ '^[a-z0-9-]{3,40}$'),
    CONSTRAINT organizations_invitation_lives_1_hour_to_30_days CHECK (invitation_seconds BETWEEN 3600 AND 2592000)
);
ALTER TABLE users ADD CONSTRAINT users_default_organization FOREIGN KEY (default_organization_id)
    REFERENCES organizations ON DELETE SET NULL;

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    app_id uuid,
    role text NOT NULL,
    address text NOT NULL,
    address_canonical text COLLATE "C" NOT NULL,
    inviter_kind text NOT NULL,
    inviter_id uuid,
    inviter_name text NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    locale text NOT NULL,
    redirect_url text,
    metadata jsonb NOT NULL DEFAULT '{}',
    send_count integer NOT NULL DEFAULT 1,
    asked_count integer NOT NULL DEFAULT 0,
    asked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    accepted_by uuid,
    decline_reason text,
    CONSTRAINT invitations_state_is_known CHECK (state IN ('pending', 'accepted', 'declined', 'revoked')),
    CONSTRAINT invitations_closed_have_a_time CHECK ((state = 'pending') = (closed_at IS NULL)),
    CONSTRAINT invitations_accepted_name_by_whom CHECK ((state = 'accepted') = (accepted_by IS NOT NULL)),
    CONSTRAINT invitations_accepted_before_expiry CHECK (state <> 'accepted' OR closed_at < expires_at),
    CONSTRAINT invitations_inviter_is_known CHECK (inviter_kind IN ('user', 'app_member', 'api_key', 'operator')),
    CONSTRAINT invitations_metadata_is_short CHECK (octet_length(metadata::text) <= 8192)
);
CREATE UNIQUE INDEX invitations_one_pending_per_destination_and_address
    ON invitations (organization_id, app_id, address_canonical) NULLS NOT DISTINCT WHERE state = 'pending';
CREATE INDEX invitations_by_organization ON invitations (organization_id, id);
CREATE INDEX invitations_by_address ON invitations (address_canonical) WHERE state = 'pending';
CREATE INDEX invitations_by_inviter ON invitations (inviter_id) WHERE state = 'pending';
CREATE INDEX invitations_by_end ON invitations (coalesce(closed_at, expires_at));

CREATE TABLE members (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users,
    role text NOT NULL,
    invitation_id uuid,
    invited_address text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT members_one_per_organization_and_user UNIQUE (organization_id, user_id),
    CONSTRAINT members_one_per_invitation UNIQUE (invitation_id),
    CONSTRAINT members_role_is_known CHECK (role IN ('owner', 'admin', 'manager', 'viewer'))
);
CREATE INDEX members_by_organization ON members (organization_id, id);
CREATE INDEX members_by_user ON members (user_id);

-- What happened, who did it. Rows are added, never changed; they outlive what they tell of.
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    event text NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_name text,
    organization_id uuid,
    subject_kind text NOT NULL,
    subject_id uuid,
    network text,
    user_agent text,
    details jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT audit_actor_is_known CHECK (actor_kind IN ('user', 'account', 'app_member', 'api_key', 'operator', 'key_holder', 'server'))
);
CREATE INDEX audit_by_organization ON audit (organization_id, id);

CREATE TABLE limits (
    name text NOT NULL,
    subject bytea NOT NULL,
    tries integer NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (name, subject)
);
CREATE INDEX limits_by_end ON limits (ends_at);
