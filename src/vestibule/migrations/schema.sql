-- The sum of all migrations, written by `make schema`: to be read, and compared by a test.

CREATE FUNCTION audit_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM audit_retention r
                WHERE OLD.at < clock_timestamp() - make_interval(days => r.days)) THEN
        RETURN OLD;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = 'entries of the audit trail are kept until their time is over';
END $$;

CREATE FUNCTION audit_is_never_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'entries of the audit trail are never changed';
END $$;

CREATE FUNCTION forget_audit(at_most integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    WITH over AS (
        SELECT a.id FROM audit a, audit_retention r
         WHERE a.at < clock_timestamp() - make_interval(days => r.days)
         ORDER BY a.at
         LIMIT at_most
           FOR UPDATE OF a SKIP LOCKED
    ), gone AS (
        DELETE FROM audit a USING over WHERE a.id = over.id RETURNING a.id
    )
    SELECT count(*) FROM gone
$$;

CREATE FUNCTION let_serve(server name) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', server);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', server);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON migrations, audit_retention FROM %I', server);
    EXECUTE format('REVOKE UPDATE, DELETE ON audit FROM %I', server);
    EXECUTE format('GRANT EXECUTE ON FUNCTION forget_audit(integer) TO %I', server);
END $$;

CREATE TABLE accounts (
    id uuid NOT NULL,
    realm_id uuid NOT NULL,
    address text NOT NULL,
    address_canonical text NOT NULL COLLATE pg_catalog."C",
    password_hash text,
    locale text DEFAULT 'en'::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    password_changed_at timestamp with time zone,
    CONSTRAINT accounts_address_is_short CHECK (((octet_length(address) <= 254) AND (octet_length(address_canonical) <= 254)))
);

CREATE TABLE api_keys (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    app_id uuid,
    user_id uuid NOT NULL,
    name text NOT NULL,
    secret_hash bytea NOT NULL,
    hint text NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    made_by_form uuid,
    CONSTRAINT api_keys_hash_is_whole CHECK ((octet_length(secret_hash) = 32)),
    CONSTRAINT api_keys_live_a_year_at_most CHECK ((expires_at <= (created_at + '366 days'::interval))),
    CONSTRAINT api_keys_may_something CHECK ((cardinality(permissions) >= 1))
);

CREATE TABLE app_codes (
    code_hash bytea NOT NULL,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    account_id uuid NOT NULL,
    redirect_url text NOT NULL,
    challenge text NOT NULL,
    issued_in uuid NOT NULL,
    continued_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    spent_at timestamp with time zone,
    session_id uuid,
    CONSTRAINT app_codes_hash_is_whole CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT app_codes_make_sessions_when_spent CHECK (((session_id IS NULL) OR (spent_at IS NOT NULL)))
);

CREATE TABLE app_continuations (
    session_id uuid NOT NULL,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid
);

CREATE TABLE app_definitions (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    version integer,
    source text NOT NULL,
    definition json NOT NULL,
    saved_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    saved_by_kind text NOT NULL,
    saved_by_id uuid,
    saved_by_name text NOT NULL,
    CONSTRAINT app_definitions_count_from_1 CHECK ((version >= 1)),
    CONSTRAINT app_definitions_source_is_short CHECK ((octet_length(source) <= 65536))
);

CREATE TABLE members (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    invitation_id uuid,
    invited_address text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    member_until timestamp with time zone,
    told_of_end_at timestamp with time zone,
    CONSTRAINT members_who_own_do_not_end CHECK (((role <> 'owner'::text) OR (member_until IS NULL)))
);

CREATE TABLE organizations (
    id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    invitation_seconds integer DEFAULT 432000 NOT NULL,
    requires_sign_in boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    custom_roles jsonb DEFAULT '{}'::jsonb NOT NULL,
    seat_limit integer,
    allowed_domains text[] DEFAULT '{}'::text[] NOT NULL,
    default_role text DEFAULT 'viewer'::text NOT NULL,
    takes_other_accounts boolean DEFAULT true NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT organizations_allow_few_domains CHECK ((cardinality(allowed_domains) <= 100)),
    CONSTRAINT organizations_custom_roles_are_few CHECK (((jsonb_typeof(custom_roles) = 'object'::text) AND (octet_length((custom_roles)::text) <= 32768))),
    CONSTRAINT organizations_custom_roles_are_not_built_in CHECK ((NOT (custom_roles ?| ARRAY['owner'::text, 'admin'::text, 'manager'::text, 'viewer'::text]))),
    CONSTRAINT organizations_default_role_is_not_owner CHECK ((default_role <> 'owner'::text)),
    CONSTRAINT organizations_have_room_for_an_owner CHECK ((seat_limit >= 1)),
    CONSTRAINT organizations_invitation_lives_1_hour_to_30_days CHECK (((invitation_seconds >= 3600) AND (invitation_seconds <= 2592000))),
    CONSTRAINT organizations_slug_is_well_formed CHECK ((slug ~ '^[a-z0-9-]{3,40}$'::text))
);

CREATE VIEW open_organizations AS
 SELECT id,
    name,
    slug,
    invitation_seconds,
    requires_sign_in,
    created_at,
    custom_roles,
    seat_limit,
    allowed_domains,
    default_role,
    takes_other_accounts,
    closed_at
   FROM organizations
  WHERE (closed_at IS NULL);

CREATE VIEW present_members AS
 SELECT id,
    organization_id,
    user_id,
    role,
    invitation_id,
    invited_address,
    created_at,
    member_until,
    told_of_end_at
   FROM members
  WHERE ((member_until IS NULL) OR (member_until > clock_timestamp()));

CREATE VIEW app_managers AS
 SELECT organization_id,
    user_id
   FROM (present_members p
     JOIN open_organizations o ON ((id = organization_id)))
  WHERE ((role = ANY (ARRAY['owner'::text, 'admin'::text])) OR ((custom_roles -> role) ? 'apps:manage'::text));

CREATE TABLE app_member_roles (
    app_member_id uuid NOT NULL,
    role text NOT NULL,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    invitation_id uuid,
    invited_address text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    member_until timestamp with time zone,
    told_of_end_at timestamp with time zone
);

CREATE TABLE app_members (
    id uuid NOT NULL,
    app_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text,
    properties jsonb DEFAULT '{}'::jsonb NOT NULL,
    user_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT app_members_properties_are_short CHECK ((octet_length((properties)::text) <= 8192))
);

CREATE TABLE apps (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    version integer,
    colour text,
    logo bytea,
    logo_type text,
    logo_version text GENERATED ALWAYS AS ("left"(encode(sha256(logo), 'hex'::text), 12)) STORED,
    home_url text,
    redirect_urls text[] DEFAULT '{}'::text[] NOT NULL,
    origins text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT apps_colour_is_a_colour CHECK ((colour ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT apps_logo_has_a_type CHECK (((logo IS NULL) = (logo_type IS NULL))),
    CONSTRAINT apps_logo_is_small CHECK ((octet_length(logo) <= 32768)),
    CONSTRAINT apps_origins_are_few CHECK ((cardinality(origins) <= 20)),
    CONSTRAINT apps_redirect_urls_are_few CHECK ((cardinality(redirect_urls) <= 20)),
    CONSTRAINT apps_slug_is_well_formed CHECK ((slug ~ '^[a-z0-9-]{3,40}$'::text))
);

CREATE TABLE audit (
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    event text NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_name text,
    organization_id uuid,
    subject_kind text NOT NULL,
    subject_id uuid,
    network text,
    user_agent text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    subject_name text,
    CONSTRAINT audit_actor_is_known CHECK ((actor_kind = ANY (ARRAY['user'::text, 'account'::text, 'app_member'::text, 'api_key'::text, 'operator'::text, 'key_holder'::text, 'server'::text])))
);

CREATE TABLE audit_retention (
    is_only boolean DEFAULT true NOT NULL,
    days integer NOT NULL,
    CONSTRAINT audit_retention_is_long CHECK ((days >= 30)),
    CONSTRAINT audit_retention_is_one_row CHECK (is_only)
);

CREATE TABLE gone_places (
    place_id uuid NOT NULL
);

CREATE VIEW good_keys AS
 SELECT id,
    organization_id,
    app_id,
    user_id,
    name,
    secret_hash,
    hint,
    permissions,
    created_at,
    expires_at,
    last_used_at,
    made_by_form
   FROM api_keys
  WHERE (expires_at > clock_timestamp());

CREATE TABLE installation (
    is_only boolean DEFAULT true NOT NULL,
    secret_fingerprint bytea NOT NULL,
    CONSTRAINT installation_is_one_row CHECK (is_only)
);

CREATE TABLE invitations (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    app_id uuid,
    role text NOT NULL,
    address text NOT NULL,
    address_canonical text NOT NULL COLLATE pg_catalog."C",
    inviter_kind text NOT NULL,
    inviter_id uuid,
    inviter_name text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    locale text NOT NULL,
    redirect_url text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    send_count integer DEFAULT 1 NOT NULL,
    asked_count integer DEFAULT 0 NOT NULL,
    asked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_sent_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    accepted_by uuid,
    decline_reason text,
    member_until timestamp with time zone,
    CONSTRAINT invitations_accepted_before_expiry CHECK (((state <> 'accepted'::text) OR (closed_at < expires_at))),
    CONSTRAINT invitations_accepted_name_by_whom CHECK (((state = 'accepted'::text) = (accepted_by IS NOT NULL))),
    CONSTRAINT invitations_closed_have_a_time CHECK (((state = 'pending'::text) = (closed_at IS NULL))),
    CONSTRAINT invitations_end_with_what_they_offer CHECK ((expires_at <= member_until)),
    CONSTRAINT invitations_inviter_is_known CHECK ((inviter_kind = ANY (ARRAY['user'::text, 'app_member'::text, 'api_key'::text, 'operator'::text]))),
    CONSTRAINT invitations_metadata_is_short CHECK ((octet_length((metadata)::text) <= 8192)),
    CONSTRAINT invitations_state_is_known CHECK ((state = ANY (ARRAY['pending'::text, 'accepted'::text, 'declined'::text, 'revoked'::text]))),
    CONSTRAINT invitations_to_own_do_not_end CHECK (((role <> 'owner'::text) OR (app_id IS NOT NULL) OR (member_until IS NULL)))
);

CREATE TABLE keys (
    id uuid NOT NULL,
    realm_id uuid NOT NULL,
    purpose text NOT NULL,
    subject text NOT NULL,
    key_hash bytea NOT NULL,
    particulars jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    spent_at timestamp with time zone,
    superseded_at timestamp with time zone,
    CONSTRAINT keys_end_once CHECK (((spent_at IS NULL) OR (superseded_at IS NULL))),
    CONSTRAINT keys_hash_is_whole CHECK ((octet_length(key_hash) = 32))
);

CREATE TABLE users (
    id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    phone text,
    default_organization_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT users_names_are_not_empty CHECK (((first_name <> ''::text) AND (last_name <> ''::text)))
);

CREATE VIEW landings AS
 SELECT id AS user_id,
    id AS organization_id
   FROM ((users u
     JOIN present_members m ON (((user_id = id) AND (organization_id = default_organization_id))))
     JOIN open_organizations o ON ((id = organization_id)));

CREATE TABLE limits (
    name text NOT NULL,
    subject bytea NOT NULL,
    tries integer NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

CREATE TABLE messages (
    id uuid NOT NULL,
    template text NOT NULL,
    recipient text NOT NULL,
    locale text NOT NULL,
    parameters jsonb NOT NULL,
    link_path text,
    key_purpose text,
    key_seed bytea,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_attempt_at timestamp with time zone,
    settled_at timestamp with time zone,
    not_after timestamp with time zone NOT NULL,
    about uuid,
    place_id uuid,
    named_id uuid,
    account_id uuid,
    recipient_canonical text,
    CONSTRAINT messages_key_is_whole CHECK (((key_seed IS NULL) OR ((link_path IS NOT NULL) AND (key_purpose IS NOT NULL) AND (octet_length(key_seed) = 32)))),
    CONSTRAINT messages_settled_hold_no_seed CHECK (((key_seed IS NULL) OR (state = ANY (ARRAY['queued'::text, 'deferred'::text, 'not_configured'::text])))),
    CONSTRAINT messages_state_is_known CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'deferred'::text, 'delivered'::text, 'bounced'::text, 'complained'::text, 'failed'::text, 'not_configured'::text])))
);

CREATE TABLE migrations (
    number integer NOT NULL,
    name text NOT NULL,
    checksum bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE VIEW open_apps AS
 SELECT id,
    organization_id,
    name,
    slug,
    version,
    colour,
    logo,
    logo_type,
    logo_version,
    home_url,
    redirect_urls,
    origins,
    created_at,
    closed_at
   FROM (apps a
     JOIN organizations o ON ((id = organization_id)))
  WHERE ((closed_at IS NULL) AND (closed_at IS NULL));

CREATE VIEW present_app_member_roles AS
 SELECT app_member_id,
    role,
    app_id,
    organization_id,
    invitation_id,
    invited_address,
    created_at,
    member_until,
    told_of_end_at
   FROM app_member_roles
  WHERE ((member_until IS NULL) OR (member_until > clock_timestamp()));

CREATE VIEW present_app_members AS
 SELECT id,
    app_id,
    organization_id,
    name,
    properties,
    user_id,
    created_at
   FROM app_members m
  WHERE ((EXISTS ( SELECT
           FROM present_app_member_roles r
          WHERE (app_member_id = id))) AND ((user_id IS NULL) OR (EXISTS ( SELECT
           FROM accounts c
          WHERE ((id = id) AND (password_hash IS NOT NULL)))) OR (EXISTS ( SELECT
           FROM app_managers g
          WHERE ((organization_id = organization_id) AND (user_id = user_id))))));

CREATE VIEW present_accounts AS
 SELECT id,
    realm_id,
    address,
    address_canonical,
    password_hash,
    locale,
    created_at,
    password_changed_at
   FROM accounts c
  WHERE ((NOT (EXISTS ( SELECT
           FROM app_members m
          WHERE (id = id)))) OR (EXISTS ( SELECT
           FROM present_app_members m
          WHERE (id = id))));

CREATE TABLE realms (
    id uuid NOT NULL,
    kind text NOT NULL,
    CONSTRAINT realms_kind_is_known CHECK ((kind = ANY (ARRAY['platform'::text, 'app'::text])))
);

CREATE VIEW reserved_seats AS
 SELECT organization_id,
    id AS invitation_id,
    expires_at
   FROM invitations
  WHERE ((app_id IS NULL) AND (state = 'pending'::text) AND (expires_at > clock_timestamp()));

CREATE TABLE resting_slugs (
    kind text NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    given_up_by uuid NOT NULL,
    rests_until timestamp with time zone NOT NULL,
    CONSTRAINT resting_slugs_kind_is_known CHECK ((kind = ANY (ARRAY['organization'::text, 'app'::text])))
);

CREATE TABLE sessions (
    id uuid NOT NULL,
    realm_id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    network text,
    user_agent text,
    CONSTRAINT sessions_token_hash_is_whole CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY accounts
    ADD CONSTRAINT accounts_one_per_realm_and_address UNIQUE (realm_id, address_canonical);

ALTER TABLE ONLY accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY accounts
    ADD CONSTRAINT accounts_realm_and_id UNIQUE (realm_id, id);

ALTER TABLE ONLY api_keys
    ADD CONSTRAINT api_keys_one_for_each_form UNIQUE (organization_id, user_id, made_by_form);

ALTER TABLE ONLY api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY api_keys
    ADD CONSTRAINT api_keys_secret_is_unique UNIQUE (secret_hash);

ALTER TABLE ONLY app_codes
    ADD CONSTRAINT app_codes_pkey PRIMARY KEY (code_hash);

ALTER TABLE ONLY app_continuations
    ADD CONSTRAINT app_continuations_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY app_definitions
    ADD CONSTRAINT app_definitions_one_draft_and_each_version_once UNIQUE NULLS NOT DISTINCT (app_id, version);

ALTER TABLE ONLY app_definitions
    ADD CONSTRAINT app_definitions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_member_roles
    ADD CONSTRAINT app_member_roles_one_per_invitation UNIQUE (invitation_id);

ALTER TABLE ONLY app_member_roles
    ADD CONSTRAINT app_member_roles_pkey PRIMARY KEY (app_member_id, role);

ALTER TABLE ONLY app_members
    ADD CONSTRAINT app_members_app_and_id UNIQUE (app_id, id);

ALTER TABLE ONLY app_members
    ADD CONSTRAINT app_members_one_per_app_and_user UNIQUE (app_id, user_id);

ALTER TABLE ONLY app_members
    ADD CONSTRAINT app_members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY apps
    ADD CONSTRAINT apps_organization_and_id UNIQUE (organization_id, id);

ALTER TABLE ONLY apps
    ADD CONSTRAINT apps_pkey PRIMARY KEY (id);

ALTER TABLE ONLY apps
    ADD CONSTRAINT apps_slug_is_unique UNIQUE (slug);

ALTER TABLE ONLY audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY audit_retention
    ADD CONSTRAINT audit_retention_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY gone_places
    ADD CONSTRAINT gone_places_pkey PRIMARY KEY (place_id);

ALTER TABLE ONLY installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY keys
    ADD CONSTRAINT keys_hash_is_unique UNIQUE (key_hash);

ALTER TABLE ONLY keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY limits
    ADD CONSTRAINT limits_pkey PRIMARY KEY (name, subject);

ALTER TABLE ONLY members
    ADD CONSTRAINT members_one_per_invitation UNIQUE (invitation_id);

ALTER TABLE ONLY members
    ADD CONSTRAINT members_one_per_organization_and_user UNIQUE (organization_id, user_id);

ALTER TABLE ONLY members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (number);

ALTER TABLE ONLY organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY organizations
    ADD CONSTRAINT organizations_slug_is_unique UNIQUE (slug);

ALTER TABLE ONLY realms
    ADD CONSTRAINT realms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY resting_slugs
    ADD CONSTRAINT resting_slugs_pkey PRIMARY KEY (kind, slug);

ALTER TABLE ONLY sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sessions
    ADD CONSTRAINT sessions_token_hash_is_unique UNIQUE (token_hash);

ALTER TABLE ONLY users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX api_keys_by_app ON api_keys USING btree (organization_id, app_id) WHERE (app_id IS NOT NULL);

CREATE INDEX api_keys_by_end ON api_keys USING btree (expires_at);

CREATE INDEX api_keys_by_maker ON api_keys USING btree (user_id, organization_id);

CREATE INDEX api_keys_by_organization ON api_keys USING btree (organization_id, id);

CREATE INDEX app_codes_by_account ON app_codes USING btree (account_id);

CREATE INDEX app_codes_by_expiry ON app_codes USING btree (expires_at);

CREATE INDEX app_codes_by_user ON app_codes USING btree (continued_by) WHERE (continued_by IS NOT NULL);

CREATE INDEX app_continuations_by_app ON app_continuations USING btree (organization_id, app_id);

CREATE INDEX app_continuations_by_user ON app_continuations USING btree (user_id);

CREATE INDEX app_definitions_by_author ON app_definitions USING btree (saved_by_id);

CREATE INDEX app_member_roles_by_end ON app_member_roles USING btree (member_until) WHERE (member_until IS NOT NULL);

CREATE INDEX app_member_roles_by_member ON app_member_roles USING btree (app_id, app_member_id);

CREATE INDEX app_member_roles_by_role ON app_member_roles USING btree (app_id, role);

CREATE INDEX app_members_by_user ON app_members USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX apps_closed ON apps USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX audit_by_organization ON audit USING btree (organization_id, id);

CREATE INDEX audit_by_organization_and_actor ON audit USING btree (organization_id, actor_id, id);

CREATE INDEX audit_by_organization_and_event ON audit USING btree (organization_id, event, id);

CREATE INDEX audit_by_organization_and_subject ON audit USING btree (organization_id, subject_id, id);

CREATE INDEX audit_by_organization_and_time ON audit USING btree (organization_id, at);

CREATE INDEX audit_by_time ON audit USING btree (at);

CREATE INDEX invitations_by_accepter ON invitations USING btree (accepted_by) WHERE (accepted_by IS NOT NULL);

CREATE INDEX invitations_by_address ON invitations USING btree (address_canonical) WHERE (state = 'pending'::text);

CREATE INDEX invitations_by_closed_address ON invitations USING btree (address_canonical) WHERE (state = ANY (ARRAY['declined'::text, 'revoked'::text]));

CREATE INDEX invitations_by_end ON invitations USING btree (COALESCE(closed_at, expires_at));

CREATE INDEX invitations_by_every_inviter ON invitations USING btree (inviter_id);

CREATE INDEX invitations_by_inviter ON invitations USING btree (inviter_id) WHERE (state = 'pending'::text);

CREATE INDEX invitations_by_organization_and_app ON invitations USING btree (organization_id, app_id);

CREATE INDEX invitations_by_place ON invitations USING btree (COALESCE(app_id, organization_id), id);

CREATE UNIQUE INDEX invitations_one_pending_per_destination_and_address ON invitations USING btree (organization_id, app_id, address_canonical) NULLS NOT DISTINCT WHERE (state = 'pending'::text);

CREATE INDEX keys_by_expiry ON keys USING btree (expires_at);

CREATE INDEX keys_by_realm ON keys USING btree (realm_id);

CREATE INDEX keys_by_subject ON keys USING btree (subject);

CREATE UNIQUE INDEX keys_one_live_per_subject ON keys USING btree (realm_id, purpose, subject) WHERE ((spent_at IS NULL) AND (superseded_at IS NULL));

CREATE INDEX limits_by_end ON limits USING btree (ends_at);

CREATE INDEX members_by_end ON members USING btree (member_until) WHERE (member_until IS NOT NULL);

CREATE INDEX members_by_organization ON members USING btree (organization_id, id);

CREATE INDEX members_by_user ON members USING btree (user_id);

CREATE INDEX messages_by_account ON messages USING btree (account_id) WHERE (account_id IS NOT NULL);

CREATE INDEX messages_by_mailbox ON messages USING btree (recipient_canonical);

CREATE INDEX messages_by_named ON messages USING btree (named_id) WHERE (named_id IS NOT NULL);

CREATE INDEX messages_by_recipient ON messages USING btree (recipient);

CREATE INDEX messages_by_what_they_are_about ON messages USING btree (about, id) WHERE (about IS NOT NULL);

CREATE INDEX messages_due ON messages USING btree (due_at) WHERE (state = ANY (ARRAY['queued'::text, 'deferred'::text, 'not_configured'::text]));

CREATE INDEX messages_open_of_place ON messages USING btree (place_id) WHERE ((place_id IS NOT NULL) AND (state = ANY (ARRAY['queued'::text, 'deferred'::text, 'not_configured'::text])));

CREATE INDEX messages_settled ON messages USING btree (settled_at) WHERE (settled_at IS NOT NULL);

CREATE INDEX organizations_closed ON organizations USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE UNIQUE INDEX realms_one_platform ON realms USING btree (kind) WHERE (kind = 'platform'::text);

CREATE INDEX resting_slugs_by_end ON resting_slugs USING btree (rests_until);

CREATE INDEX sessions_by_account ON sessions USING btree (account_id);

CREATE INDEX users_by_default_organization ON users USING btree (default_organization_id) WHERE (default_organization_id IS NOT NULL);

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept();

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_never_changed();

ALTER TABLE ONLY accounts
    ADD CONSTRAINT accounts_realm_id_fkey FOREIGN KEY (realm_id) REFERENCES realms(id);

ALTER TABLE ONLY api_keys
    ADD CONSTRAINT api_keys_of_a_member FOREIGN KEY (organization_id, user_id) REFERENCES members(organization_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY api_keys
    ADD CONSTRAINT api_keys_of_an_app FOREIGN KEY (organization_id, app_id) REFERENCES apps(organization_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app_codes
    ADD CONSTRAINT app_codes_continued_by_fkey FOREIGN KEY (continued_by) REFERENCES users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_codes
    ADD CONSTRAINT app_codes_of_a_member FOREIGN KEY (app_id, account_id) REFERENCES app_members(app_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app_continuations
    ADD CONSTRAINT app_continuations_of_a_session FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_continuations
    ADD CONSTRAINT app_continuations_of_an_app FOREIGN KEY (organization_id, app_id) REFERENCES apps(organization_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app_continuations
    ADD CONSTRAINT app_continuations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_definitions
    ADD CONSTRAINT app_definitions_of_an_app FOREIGN KEY (organization_id, app_id) REFERENCES apps(organization_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app_member_roles
    ADD CONSTRAINT app_member_roles_of_a_member FOREIGN KEY (app_id, app_member_id) REFERENCES app_members(app_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app_members
    ADD CONSTRAINT app_members_of_an_account FOREIGN KEY (app_id, id) REFERENCES accounts(realm_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app_members
    ADD CONSTRAINT app_members_of_an_app FOREIGN KEY (organization_id, app_id) REFERENCES apps(organization_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app_members
    ADD CONSTRAINT app_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL;

ALTER TABLE ONLY apps
    ADD CONSTRAINT apps_are_realms FOREIGN KEY (id) REFERENCES realms(id);

ALTER TABLE ONLY apps
    ADD CONSTRAINT apps_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE;

ALTER TABLE ONLY invitations
    ADD CONSTRAINT invitations_of_an_app FOREIGN KEY (organization_id, app_id) REFERENCES apps(organization_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY invitations
    ADD CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE;

ALTER TABLE ONLY keys
    ADD CONSTRAINT keys_realm_id_fkey FOREIGN KEY (realm_id) REFERENCES realms(id);

ALTER TABLE ONLY members
    ADD CONSTRAINT members_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE;

ALTER TABLE ONLY members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id);

ALTER TABLE ONLY sessions
    ADD CONSTRAINT sessions_of_an_account FOREIGN KEY (realm_id, account_id) REFERENCES accounts(realm_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY users
    ADD CONSTRAINT users_default_organization FOREIGN KEY (default_organization_id) REFERENCES organizations(id) ON DELETE SET NULL;

ALTER TABLE ONLY users
    ADD CONSTRAINT users_id_fkey FOREIGN KEY (id) REFERENCES accounts(id) ON DELETE CASCADE;
