"""What the database itself holds to: foreign keys that stay within a tenant, and the life of a deal.

The transitions are those of deals/states.py; tests/deals/test_states.py tries every pair of states as every role.
The errors are check violations (SQLSTATE 23514) and name the rule as their constraint.
"""

from django.db import migrations

# Foreign keys see past the policies. With the site in the key, no row can lead to another tenant's.
# Products and events take over who may see the deal, so that their policies are plain equalities; ON UPDATE CASCADE
# keeps that true when the deal is submitted or another distributor is named.
FOREIGN_KEYS = """
ALTER TABLE identity_membership ADD CONSTRAINT membership_of_site UNIQUE (site_id, id);
ALTER TABLE deals_deal
    ADD CONSTRAINT deal_owner_of_site FOREIGN KEY (site_id, owner_id) REFERENCES identity_membership (site_id, id),
    ADD CONSTRAINT deal_opportunity_of_site
        FOREIGN KEY (site_id, opportunity_id) REFERENCES deals_opportunity (site_id, id),
    ADD CONSTRAINT deal_previous_of_site FOREIGN KEY (site_id, previous_id) REFERENCES deals_deal (site_id, id);
ALTER TABLE deals_dealproduct ADD CONSTRAINT deal_product_of_deal
    FOREIGN KEY (deal_id, site_id, reader_id, submitted) REFERENCES deals_deal (id, site_id, reader_id, submitted)
    ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE deals_dealevent ADD CONSTRAINT deal_event_of_deal
    FOREIGN KEY (deal_id, site_id, reader_id, submitted) REFERENCES deals_deal (id, site_id, reader_id, submitted)
    ON UPDATE CASCADE ON DELETE CASCADE;
"""
NO_FOREIGN_KEYS = """
ALTER TABLE deals_dealevent DROP CONSTRAINT deal_event_of_deal;
ALTER TABLE deals_dealproduct DROP CONSTRAINT deal_product_of_deal;
ALTER TABLE deals_deal DROP CONSTRAINT deal_owner_of_site, DROP CONSTRAINT deal_opportunity_of_site,
    DROP CONSTRAINT deal_previous_of_site;
ALTER TABLE identity_membership DROP CONSTRAINT membership_of_site;
"""

# A role that no actor works as (the owner, repairing data) may make any listed move, and no other.
LIFE = """
CREATE FUNCTION deals_may_move(before text, after text, who text) RETURNS boolean
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
        WHEN 'approved > won' THEN 'portal_reseller'
        WHEN 'approved > lost' THEN 'portal_reseller'
        WHEN 'approved > withdrawn' THEN 'portal_reseller'
        WHEN 'approved > expired' THEN 'portal_system'
        WHEN 'approved > revoked' THEN 'portal_staff'
    END AS mover) AS listed
    WHERE mover IS NOT NULL
$$;

CREATE FUNCTION deals_refuse(rule text, message text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION deals_deal_guard() RETURNS trigger
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
    IF (NEW.id, NEW.public_id, NEW.site_id, NEW.site_name, NEW.site_number, NEW.previous_id, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.site_id, OLD.site_name, OLD.site_number, OLD.previous_id, OLD.created_at)
        OR OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number
        OR OLD.submission_ref IS NOT NULL AND NEW.submission_ref IS DISTINCT FROM OLD.submission_ref
        OR OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS DISTINCT FROM OLD.submitted_at THEN
        PERFORM deals_refuse('deal_identity', 'Whose a deal is, its numbers and first submission never change.');
    END IF;
    IF OLD.status NOT IN ('draft', 'returned') AND
        (NEW.name, NEW.customer_id, NEW.customer_name, NEW.customer_country, NEW.customer_tax_id, NEW.currency,
         NEW.value, NEW.distributor_id, NEW.distributor_name, NEW.product_summary, NEW.opportunity_id,
         NEW.contact_name, NEW.contact_email)
        IS DISTINCT FROM
        (OLD.name, OLD.customer_id, OLD.customer_name, OLD.customer_country, OLD.customer_tax_id, OLD.currency,
         OLD.value, OLD.distributor_id, OLD.distributor_name, OLD.product_summary, OLD.opportunity_id,
         OLD.contact_name, OLD.contact_email) THEN
        PERFORM deals_refuse('deal_frozen', 'What was submitted is not changed while it is not a draft or returned.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deal_guard BEFORE UPDATE OR DELETE ON deals_deal
    FOR EACH ROW EXECUTE FUNCTION deals_deal_guard();

-- Products change with their deal's draft only. What a foreign key's cascade brings along is not a change of theirs.
CREATE FUNCTION deals_product_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'UPDATE' AND
        (NEW.id, NEW.deal_id, NEW.position, NEW.part_id, NEW.part_number, NEW.description, NEW.line, NEW.quantity)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.deal_id, OLD.position, OLD.part_id, OLD.part_number, OLD.description, OLD.line, OLD.quantity) THEN
        RETURN NEW;
    END IF;
    SELECT status INTO state FROM deals_deal
        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.deal_id ELSE OLD.deal_id END;
    IF state NOT IN ('draft', 'returned') THEN  -- null: the deal itself is just being deleted
        PERFORM deals_refuse('deal_frozen', 'The products of a submitted deal are not changed.');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER deal_product_guard BEFORE INSERT OR UPDATE OR DELETE ON deals_dealproduct
    FOR EACH ROW EXECUTE FUNCTION deals_product_guard();

CREATE FUNCTION deals_event_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.submitted THEN
            PERFORM deals_refuse('deal_event_kept', 'A timeline is only ever added to.');
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.deal_id, NEW.at, NEW.kind, NEW.actor_kind, NEW.actor_name, NEW.visible_to, NEW.code, NEW.text)
        IS DISTINCT FROM
        (OLD.id, OLD.deal_id, OLD.at, OLD.kind, OLD.actor_kind, OLD.actor_name, OLD.visible_to, OLD.code, OLD.text) THEN
        PERFORM deals_refuse('deal_event_kept', 'A timeline is only ever added to.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deal_event_guard BEFORE UPDATE OR DELETE ON deals_dealevent
    FOR EACH ROW EXECUTE FUNCTION deals_event_guard();
"""
NO_LIFE = """
DROP TRIGGER deal_event_guard ON deals_dealevent;
DROP TRIGGER deal_product_guard ON deals_dealproduct;
DROP TRIGGER deal_guard ON deals_deal;
DROP FUNCTION deals_event_guard(), deals_product_guard(), deals_deal_guard(), deals_refuse(text, text),
    deals_may_move(text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial")]
    operations = [
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(LIFE, NO_LIFE),
    ]
