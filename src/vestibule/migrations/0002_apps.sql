-- Apps: what organizations give people access to. Each is a realm of its own, whose id is the app's.
-- Rows of an app name its organization as well, so that every row of a tenant says whose it is.

CREATE TABLE apps (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    slug text COLLATE "C" NOT NULL,
    -- The number of the published version of its security definition; none: it lets nobody in.
    version integer,
    colour text,
    logo bytea,
    logo_type text,
    logo_version text GENERATED ALWAYS AS (left(encode(sha256(logo), 'hex'), 12)) STORED,
    home_url text,
    redirect_urls text[] NOT NULL DEFAULT '{}',
    origins text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT apps_are_realms FOREIGN KEY (id) REFERENCES realms,
    CONSTRAINT apps_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE,
    CONSTRAINT apps_organization_and_id UNIQUE (organization_id, id),
    CONSTRAINT apps_slug_is_unique UNIQUE (slug),
    CONSTRAINT apps_slug_is_well_formed CHECK (slug ~ '^[a-z0-9-]{3,40}$'),
    CONSTRAINT apps_colour_is_a_colour CHECK (colour ~ '^#[0-9a-f]{6}$'),
    CONSTRAINT apps_logo_has_a_type CHECK ((logo IS NULL) = (logo_type IS NULL)),
    CONSTRAINT apps_logo_is_small CHECK (octet_length(logo) <= 32768),
    CONSTRAINT apps_redirect_urls_are_few CHECK (cardinality(redirect_urls) <= 20),
    CONSTRAINT apps_origins_are_few CHECK (cardinality(origins) <= 20)
);

-- The draft has no version; a published one is never changed.
CREATE TABLE app_definitions (
    id uuid PRIMARY KEY,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    version integer,
    source text NOT NULL,
    definition json NOT NULL, -- its roles stay in the order in which they were written
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    saved_by_kind text NOT NULL,
    saved_by_id uuid,
    saved_by_name text NOT NULL,
    CONSTRAINT app_definitions_of_an_app FOREIGN KEY (organization_id, app_id)
        REFERENCES apps (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT app_definitions_one_draft_and_each_version_once UNIQUE NULLS NOT DISTINCT (app_id, version),
    CONSTRAINT app_definitions_count_from_1 CHECK (version >= 1),
    CONSTRAINT app_definitions_source_is_short CHECK (octet_length(source) <= 65536)
);

-- A person in one app: an account of its realm. `user_id`: the user who continues as this member from the studio.
CREATE TABLE app_members (
    id uuid PRIMARY KEY,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text,
    properties jsonb NOT NULL DEFAULT '{}',
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT app_members_of_an_account FOREIGN KEY (app_id, id) REFERENCES accounts (realm_id, id) ON DELETE CASCADE,
    CONSTRAINT app_members_of_an_app FOREIGN KEY (organization_id, app_id)
        REFERENCES apps (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT app_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL,
    CONSTRAINT app_members_one_per_app_and_user UNIQUE (app_id, user_id),
    CONSTRAINT app_members_app_and_id UNIQUE (app_id, id),
    CONSTRAINT app_members_properties_are_short CHECK (octet_length(properties::text) <= 8192)
);
CREATE INDEX app_members_by_user ON app_members (user_id) WHERE user_id IS NOT NULL;

-- The roles that a member holds: a set. `invitation_id`: by which one it came.
CREATE TABLE app_member_roles (
    app_member_id uuid NOT NULL,
    role text NOT NULL,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    invitation_id uuid,
    invited_address text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (app_member_id, role),
    CONSTRAINT app_member_roles_of_a_member FOREIGN KEY (app_id, app_member_id)
        REFERENCES app_members (app_id, id) ON DELETE CASCADE,
    CONSTRAINT app_member_roles_one_per_invitation UNIQUE (invitation_id)
);
CREATE INDEX app_member_roles_by_role ON app_member_roles (app_id, role);

-- One-time codes: how a person comes back to the app, and its server gets a session. A spent one
-- stays for a while: who shows it again ends the session that it made. `issued_in`: the session of
-- the person who was led back; a code is worth nothing once that has ended.
CREATE TABLE app_codes (
    code_hash bytea PRIMARY KEY,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    account_id uuid NOT NULL,
    redirect_url text NOT NULL,
    challenge text NOT NULL,
    issued_in uuid NOT NULL,
    continued_by uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    session_id uuid,
    CONSTRAINT app_codes_of_a_member FOREIGN KEY (app_id, account_id) REFERENCES app_members (app_id, id) ON DELETE CASCADE,
    CONSTRAINT app_codes_continued_by_fkey FOREIGN KEY (continued_by) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT app_codes_hash_is_whole CHECK (octet_length(code_hash) = 32),
    CONSTRAINT app_codes_make_sessions_when_spent CHECK (session_id IS NULL OR spent_at IS NOT NULL)
);
CREATE INDEX app_codes_by_expiry ON app_codes (expires_at);
CREATE INDEX app_codes_by_account ON app_codes (account_id);
CREATE INDEX app_codes_by_user ON app_codes (continued_by) WHERE continued_by IS NOT NULL;

-- Sessions of app members that a user of the organization began from the studio: good only as long
-- as that user may manage the app, which every look-up asks. `user_id` null: the user is no more; the
-- row stays, or the session would be like any other.
CREATE TABLE app_continuations (
    session_id uuid PRIMARY KEY,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid,
    CONSTRAINT app_continuations_of_a_session FOREIGN KEY (session_id) REFERENCES sessions ON DELETE CASCADE,
    CONSTRAINT app_continuations_of_an_app FOREIGN KEY (organization_id, app_id)
        REFERENCES apps (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT app_continuations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL
);
CREATE INDEX app_continuations_by_user ON app_continuations (user_id);

-- An invitation may lead to an app. The place that it leads to is that, or else its organization.
ALTER TABLE invitations ADD CONSTRAINT invitations_of_an_app FOREIGN KEY (organization_id, app_id)
    REFERENCES apps (organization_id, id) ON DELETE CASCADE;
CREATE INDEX invitations_by_place ON invitations (coalesce(app_id, organization_id), id);
CREATE INDEX invitations_by_organization_and_app ON invitations (organization_id, app_id);
DROP INDEX invitations_by_organization;
