"""The one trigger that writes the trail, and the guards around it, as SQL for migrations."""

from __future__ import annotations

#: One key for all writers, who share it: who freezes a cut-off waits for those that hold it (see selectors.settle).
SETTLE_LOCK = 4_205_947_487

AUDIT_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_item_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{{}}'::jsonb ELSE to_jsonb(OLD) END;
    after  jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{{}}'::jsonb ELSE to_jsonb(NEW) END;
    whole  jsonb := before || after;
    ignored text[] := string_to_array(TG_ARGV[3], ',');
    person text := NULLIF(current_setting('edc.user_id', true), '');
    person_name text := NULLIF(current_setting('edc.user_name', true), '');
    why text := COALESCE(current_setting('edc.reason', true), '');
    origin text := COALESCE(NULLIF(current_setting('edc.source', true), ''), 'sql');
    row_id uuid := (whole->>'id')::uuid;
    root_id uuid := COALESCE((whole->>TG_ARGV[2])::uuid, (whole->>'id')::uuid);
    chain_id uuid := COALESCE((whole->>NULLIF(TG_ARGV[1], ''))::uuid, '00000000-0000-0000-0000-000000000000');
    key text; moment timestamptz; place bigint; previous text; fingerprint text;
BEGIN
    IF NOT EXISTS (SELECT FROM jsonb_object_keys(whole) AS name
                   WHERE before->>name IS DISTINCT FROM after->>name AND NOT name = ANY (ignored)) THEN
        RETURN NULL;
    END IF;
    IF person IS NULL OR person_name IS NULL THEN
        RAISE EXCEPTION 'a change of % names no person: write inside acting(user, reason)', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND before->>'id' IS DISTINCT FROM after->>'id' THEN
        RAISE EXCEPTION 'the identity of a row of % never changes', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM pg_advisory_xact_lock_shared({SETTLE_LOCK});
    SELECT length, digest INTO place, previous FROM public.audit_chainhead WHERE chain = chain_id FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO public.audit_chainhead (chain, length, digest) VALUES (chain_id, 0, '') ON CONFLICT DO NOTHING;
        SELECT length, digest INTO place, previous FROM public.audit_chainhead WHERE chain = chain_id FOR UPDATE;
    END IF;
    FOR key IN
        SELECT name FROM jsonb_object_keys(whole) AS name
        WHERE before->>name IS DISTINCT FROM after->>name AND NOT name = ANY (ignored) ORDER BY name
    LOOP
        place := place + 1;
        moment := clock_timestamp();
        fingerprint := public.audit_digest(previous, chain_id, place, TG_ARGV[0], row_id, root_id, key,
            before->>key, after->>key, moment, person, person_name, why, origin);
        INSERT INTO public.audit_itemchange (chain, position, entity, record, root, field, old, new,
            changed_at, changed_by, changed_by_name, reason, source, digest)
        VALUES (chain_id, place, TG_ARGV[0], row_id, root_id, key, before->>key, after->>key,
            moment, person::uuid, person_name, why, origin, fingerprint);
        previous := fingerprint;
    END LOOP;
    UPDATE public.audit_chainhead SET length = place, digest = previous WHERE chain = chain_id;
    RETURN NULL;
END $$;
"""

DIGEST_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_digest(previous text, chain uuid, place bigint, entity text, record uuid, root uuid,
    field text, old text, new text, moment timestamptz, person text, person_name text, why text, origin text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(previous, chain, place, entity, record, root, field, old, new,
        (extract(epoch FROM moment) * 1000000)::bigint, person, person_name, why, origin)::text, 'UTF8')), 'hex')
$$;
"""

REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'insufficient_privilege';
END $$;
"""

APPEND_ONLY = """
CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('the audit trail is append-only');
"""

CREATE = """
CREATE OR REPLACE TRIGGER audit_items AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION audit_item_change({arguments});
CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('clinical records are never emptied');
"""

DROP = "DROP TRIGGER IF EXISTS audit_items ON {table}; DROP TRIGGER IF EXISTS audit_no_truncate ON {table};"
