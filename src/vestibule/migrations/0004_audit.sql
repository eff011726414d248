-- The trail: asked by who did it, to what, what, and when; kept for as long as its owner says; and
-- never changed. Whoever owns the tables may still take the triggers away: the server's own role
-- does not own them (docs/operating.md, "Two database roles").

ALTER TABLE audit ADD COLUMN subject_name text;

CREATE INDEX audit_by_organization_and_actor ON audit (organization_id, actor_id, id);
CREATE INDEX audit_by_organization_and_subject ON audit (organization_id, subject_id, id);
CREATE INDEX audit_by_organization_and_event ON audit (organization_id, event, id);
CREATE INDEX audit_by_organization_and_time ON audit (organization_id, at);
CREATE INDEX audit_by_time ON audit (at);

-- How long entries are kept, written by the owner alone. No row: for good.
CREATE TABLE audit_retention (
    is_only boolean PRIMARY KEY DEFAULT true,
    days integer NOT NULL,
    CONSTRAINT audit_retention_is_one_row CHECK (is_only),
    CONSTRAINT audit_retention_is_long CHECK (days >= 30)
);

CREATE FUNCTION audit_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'entries of the audit trail are never changed';
END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_never_changed();

CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.audit_retention r
                WHERE OLD.at < clock_timestamp() - make_interval(days => r.days)) THEN
        RETURN OLD;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = 'entries of the audit trail are kept until their time is over';
END $$;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_kept();

-- Deletes some of what is past the retention, for who may not delete: gives their number.
CREATE FUNCTION forget_audit(at_most integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
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
REVOKE EXECUTE ON FUNCTION forget_audit FROM PUBLIC;

-- What the server's role may do, and no more; the owner runs it after each migration
-- (`migrations/roles.py`, which also asks whether it is so).
CREATE FUNCTION let_serve(server name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', server);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', server);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON public.migrations, public.audit_retention FROM %I', server);
    EXECUTE format('REVOKE UPDATE, DELETE ON public.audit FROM %I', server);
    EXECUTE format('GRANT EXECUTE ON FUNCTION public.forget_audit(integer) TO %I', server);
END $$;
REVOKE EXECUTE ON FUNCTION let_serve FROM PUBLIC;
