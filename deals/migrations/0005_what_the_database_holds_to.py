"""What the database itself holds to, beyond migration 0002: whose viewings and attachments are whose, that versions of
the rules and viewings never change, and how an approved deal is changed.

A change of key fields takes the approval back in the same statement (approved > submitted). The products are rows of
their own and change next: in that very transaction, which the deal remembers, and never after it.
"""

from django.db import migrations

FOREIGN_KEYS = """
ALTER TABLE deals_dealviewing ADD CONSTRAINT deal_viewing_of_deal
    FOREIGN KEY (deal_id, site_id, reader_id, submitted) REFERENCES deals_deal (id, site_id, reader_id, submitted)
    ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE deals_dealattachment ADD CONSTRAINT deal_attachment_of_deal_row
    FOREIGN KEY (deal_id, site_id, reader_id, submitted) REFERENCES deals_deal (id, site_id, reader_id, submitted)
    ON UPDATE CASCADE ON DELETE CASCADE;
"""
NO_FOREIGN_KEYS = """
ALTER TABLE deals_dealattachment DROP CONSTRAINT deal_attachment_of_deal_row;
ALTER TABLE deals_dealviewing DROP CONSTRAINT deal_viewing_of_deal;
"""

LIFE = """
CREATE OR REPLACE FUNCTION deals_may_move(before text, after text, who text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT coalesce(mover = who OR who NOT LIKE 'portal\\_%' OR who = 'portal_owner', false)
    FROM (SELECT CASE before || ' > ' || after
        WHEN 'draft > submitted' THEN 'portal_reseller'
        WHEN 'submitted > under_review' THEN 'portal_staff'
        WHEN 'submitted > returned' THEN 'portal_staff'
        WHEN 'submitted > approved' THEN 'portal_staff'
        WHEN 'submitted > rejected' THEN 'portal_staff'
        WHEN 'submitted > withdrawn' THEN 'portal_reseller'
        WHEN 'under_review > returned' THEN 'portal_staff'
        WHEN 'under_review > approved' THEN 'portal_staff'
        WHEN 'under_review > rejected' THEN 'portal_staff'
        WHEN 'under_review > withdrawn' THEN 'portal_reseller'
        WHEN 'returned > submitted' THEN 'portal_reseller'
        WHEN 'returned > withdrawn' THEN 'portal_reseller'
        WHEN 'approved > submitted' THEN 'portal_reseller'
        WHEN 'approved > won' THEN 'portal_reseller'
        WHEN 'approved > lost' THEN 'portal_reseller'
        WHEN 'approved > withdrawn' THEN 'portal_reseller'
        WHEN 'approved > expired' THEN 'portal_system'
        WHEN 'approved > revoked' THEN 'portal_staff'
    END AS mover) AS listed
    WHERE mover IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION deals_deal_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            PERFORM deals_refuse('deal_kept', 'A deal that was submitted is never deleted.');
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status IN ('won', 'lost', 'expired', 'rejected', 'withdrawn', 'revoked') THEN
        PERFORM deals_refuse('deal_closed', 'A deal that is ' || OLD.status || ' is never changed.');
    END IF;
    IF NEW.status <> OLD.status AND deals_may_move(OLD.status, NEW.status, current_user) IS NOT TRUE THEN
        PERFORM deals_refuse('deal_transition',
            current_user || ' may not move a deal from ' || OLD.status || ' to ' || NEW.status || '.');
    END IF;
    IF (NEW.id, NEW.public_id, NEW.site_id, NEW.site_name, NEW.site_number, NEW.previous_id, NEW.created_at,
        NEW.proposal_ref)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.site_id, OLD.site_name, OLD.site_number, OLD.previous_id, OLD.created_at,
        OLD.proposal_ref)
        OR OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number
        OR OLD.submission_ref IS NOT NULL AND NEW.submission_ref IS DISTINCT FROM OLD.submission_ref
        OR OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS DISTINCT FROM OLD.submitted_at THEN
        PERFORM deals_refuse('deal_identity', 'Whose a deal is, its numbers and first submission never change.');
    END IF;
    IF OLD.status = 'approved' AND NEW.status = 'submitted' THEN
        NEW.amended_in := pg_current_xact_id()::text::bigint;
    ELSE
        NEW.amended_in := OLD.amended_in;
    END IF;
    -- the key fields: what was approved, or is being decided
    IF NOT (OLD.status IN ('draft', 'returned') OR OLD.status = 'approved' AND NEW.status = 'submitted') AND
        (NEW.customer_id, NEW.customer_name, NEW.customer_country, NEW.customer_tax_id, NEW.currency,
         NEW.value, NEW.deal_type, NEW.distributor_id, NEW.distributor_name, NEW.product_summary, NEW.opportunity_id)
        IS DISTINCT FROM
        (OLD.customer_id, OLD.customer_name, OLD.customer_country, OLD.customer_tax_id, OLD.currency,
         OLD.value, OLD.deal_type, OLD.distributor_id, OLD.distributor_name, OLD.product_summary, OLD.opportunity_id)
    THEN
        PERFORM deals_refuse('deal_frozen', 'What was submitted is not changed while it is not a draft or returned.');
    END IF;
    -- a registration is for one customer: another one is another registration
    IF OLD.number IS NOT NULL AND NEW.customer_id IS DISTINCT FROM OLD.customer_id THEN
        PERFORM deals_refuse('deal_customer_kept', 'The customer of a registration never changes.');
    END IF;
    -- the others may be kept up to date by the partner once it is approved, but not while somebody decides
    IF OLD.status NOT IN ('draft', 'returned', 'approved') AND
        (NEW.name, NEW.contact_name, NEW.contact_email) IS DISTINCT FROM
        (OLD.name, OLD.contact_name, OLD.contact_email) THEN
        PERFORM deals_refuse('deal_frozen', 'What was submitted is not changed while it is being decided.');
    END IF;
    -- what was granted is granted: the discount changes only with a decision
    IF NOT (NEW.status = 'approved' AND OLD.status <> 'approved') AND
        (NEW.discount_bp, NEW.tier) IS DISTINCT FROM (OLD.discount_bp, OLD.tier) THEN
        PERFORM deals_refuse('deal_discount_kept', 'The discount is what it was when the deal was approved.');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION deals_product_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    state text;
    amended bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND
        (NEW.id, NEW.deal_id, NEW.position, NEW.part_id, NEW.part_number, NEW.description, NEW.line, NEW.quantity)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.deal_id, OLD.position, OLD.part_id, OLD.part_number, OLD.description, OLD.line, OLD.quantity) THEN
        RETURN NEW;
    END IF;
    SELECT status, amended_in INTO state, amended FROM deals_deal
        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.deal_id ELSE OLD.deal_id END;
    IF state NOT IN ('draft', 'returned')  -- null: the deal itself is just being deleted
        AND NOT (state = 'submitted' AND amended IS NOT DISTINCT FROM pg_current_xact_id()::text::bigint) THEN
        PERFORM deals_refuse('deal_frozen', 'The products of a submitted deal are not changed.');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- A timeline entry may be brought along by a cascade, and by nothing else; so may a viewing.
CREATE FUNCTION deals_viewing_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.submitted THEN
            PERFORM deals_refuse('deal_viewing_kept', 'Who looked at a deal is never forgotten.');
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.deal_id, NEW.user_id, NEW.viewer_kind, NEW.viewer_name, NEW.viewer_site_id, NEW.organisation,
        NEW."on", NEW.at, NEW.by_key) IS DISTINCT FROM
        (OLD.id, OLD.deal_id, OLD.user_id, OLD.viewer_kind, OLD.viewer_name, OLD.viewer_site_id, OLD.organisation,
        OLD."on", OLD.at, OLD.by_key) THEN
        PERFORM deals_refuse('deal_viewing_kept', 'Who looked at a deal never changes.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deal_viewing_guard BEFORE UPDATE OR DELETE ON deals_dealviewing
    FOR EACH ROW EXECUTE FUNCTION deals_viewing_guard();

-- A file stays what it is; it may be taken back, once.
CREATE FUNCTION deals_attachment_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.submitted THEN
            PERFORM deals_refuse('deal_attachment_kept', 'What was attached to a submitted deal is not deleted.');
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.public_id, NEW.deal_id, NEW.name, NEW.content_type, NEW.size, NEW.sha256, NEW.stored,
        NEW.for_distributor, NEW.added_by_name, NEW.added_at) IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.deal_id, OLD.name, OLD.content_type, OLD.size, OLD.sha256, OLD.stored,
        OLD.for_distributor, OLD.added_by_name, OLD.added_at)
        OR OLD.removed_at IS NOT NULL AND NEW.removed_at IS DISTINCT FROM OLD.removed_at THEN
        PERFORM deals_refuse('deal_attachment_kept', 'An attachment never changes.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deal_attachment_guard BEFORE UPDATE OR DELETE ON deals_dealattachment
    FOR EACH ROW EXECUTE FUNCTION deals_attachment_guard();

CREATE FUNCTION deals_rules_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM deals_refuse('rules_kept', 'A version of the rules never changes: decisions refer to it.');
    RETURN NULL;
END $$;
CREATE TRIGGER rules_guard BEFORE UPDATE OR DELETE ON deals_rulesversion
    FOR EACH ROW EXECUTE FUNCTION deals_rules_guard();
"""
NO_LIFE = """
DROP TRIGGER rules_guard ON deals_rulesversion;
DROP TRIGGER deal_attachment_guard ON deals_dealattachment;
DROP TRIGGER deal_viewing_guard ON deals_dealviewing;
DROP FUNCTION deals_rules_guard(), deals_attachment_guard(), deals_viewing_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0004_registration_complete")]
    operations = [
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(LIFE, NO_LIFE),
    ]
