"""What the database holds to: who sees lines and subscriptions, how they go on, what stays; and what a link opens."""

from django.db import migrations

from customers.standing_triggers import stands

# From which status a line may go to which. What is not here is refused, whoever asks.
LINES = """
CREATE FUNCTION provisioning_line_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A line that is set up is kept.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'setup_line_stays';
    END IF;
    IF (NEW.order_line_id, NEW.fulfilment_id, NEW.public_id) IS DISTINCT FROM
       (OLD.order_line_id, OLD.fulfilment_id, OLD.public_id) THEN
        RAISE EXCEPTION 'A line to set up keeps what it was ordered by.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'setup_line_stays';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status || ' ' || NEW.status) NOT IN (
        'ordered awaiting_details', 'ordered closed', 'ordered cancelled', 'ordered provisioning',
        'awaiting_details ordered', 'awaiting_details provisioning', 'awaiting_details closed',
        'awaiting_details cancelled',
        'provisioning active', 'provisioning failed',
        'failed provisioning', 'failed active', 'failed cancelled',
        'closed ordered', 'closed awaiting_details', 'closed cancelled'
    ) THEN
        RAISE EXCEPTION 'A line goes from % to % by no rule.', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'setup_line_goes_on';
    END IF;
    IF OLD.onboarded_at IS NOT NULL AND (
        NEW.onboarded_at, NEW.contact_email, NEW.requested_start_on, NEW.partner_organisation_id, NEW.organisation_id
    ) IS DISTINCT FROM (
        OLD.onboarded_at, OLD.contact_email, OLD.requested_start_on, OLD.partner_organisation_id, OLD.organisation_id
    ) THEN
        RAISE EXCEPTION 'The organisations of this line are confirmed, and stand.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'setup_line_onboarded';
    END IF;
    IF OLD.activated_at IS NOT NULL AND NEW.activated_at IS DISTINCT FROM OLD.activated_at THEN
        RAISE EXCEPTION 'Billing starts once.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'setup_line_activated';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER setup_line_guard BEFORE UPDATE OR DELETE ON provisioning_setupline
    FOR EACH ROW EXECUTE FUNCTION provisioning_line_guard();

-- The report of services tells what a line tells.
CREATE FUNCTION provisioning_line_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE orders_fulfilment SET
        status = CASE WHEN EXISTS (SELECT FROM provisioning_subscription s WHERE s.line_id = NEW.id)
            THEN status ELSE NEW.status END,
        status_note = left(NEW.status_note, 200), provisioning_email = NEW.contact_email,
        requested_start_on = NEW.requested_start_on,
        fulfilled_on = coalesce(fulfilled_on, (NEW.activated_at AT TIME ZONE NEW.time_zone)::date)
    WHERE id = NEW.fulfilment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER setup_line_told
    AFTER INSERT OR UPDATE OF status, status_note, contact_email, requested_start_on, activated_at
    ON provisioning_setupline FOR EACH ROW EXECUTE FUNCTION provisioning_line_told();
"""
NO_LINES = """
DROP TRIGGER setup_line_told ON provisioning_setupline;
DROP FUNCTION provisioning_line_told();
DROP TRIGGER setup_line_guard ON provisioning_setupline;
DROP FUNCTION provisioning_line_guard();
"""

BILLING = """
CREATE FUNCTION provisioning_billing_stands() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'When billing started is never changed.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'billing_start_stands';
END $$;
CREATE TRIGGER billing_start_stands BEFORE UPDATE OR DELETE ON provisioning_billingstart
    FOR EACH ROW EXECUTE FUNCTION provisioning_billing_stands();

CREATE FUNCTION provisioning_activation_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'provisioned' OR (NEW.line_id, NEW.key) IS DISTINCT FROM (OLD.line_id, OLD.key)
    THEN
        RAISE EXCEPTION 'What was set up stays set up.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'activation_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER activation_guard BEFORE UPDATE OR DELETE ON provisioning_activation
    FOR EACH ROW EXECUTE FUNCTION provisioning_activation_guard();
"""
NO_BILLING = """
DROP TRIGGER activation_guard ON provisioning_activation;
DROP FUNCTION provisioning_activation_guard();
DROP TRIGGER billing_start_stands ON provisioning_billingstart;
DROP FUNCTION provisioning_billing_stands();
"""

SUBSCRIPTIONS = """
CREATE FUNCTION provisioning_subscription_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.status = 'deleted' AND (NEW.status, NEW.deleted_at) IS DISTINCT FROM (OLD.status, OLD.deleted_at) THEN
        RAISE EXCEPTION 'What was deleted stays deleted.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'subscription_is_over';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status || ' ' || NEW.status) NOT IN (
        'trial trial_expired', 'trial active', 'trial cancelled', 'trial deleted',
        'trial_expired trial', 'trial_expired active', 'trial_expired deleted',
        'active suspended', 'active cancelled',
        'suspended active', 'suspended cancelled',
        'cancelled active', 'cancelled deleted'
    ) THEN
        RAISE EXCEPTION 'A subscription goes from % to % by no rule.', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'subscription_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscription_guard BEFORE UPDATE ON provisioning_subscription
    FOR EACH ROW EXECUTE FUNCTION provisioning_subscription_guard();

CREATE FUNCTION provisioning_subscription_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE orders_fulfilment f SET subscription_number = NEW.number, status = CASE NEW.status
        WHEN 'active' THEN 'active' WHEN 'suspended' THEN 'suspended'
        WHEN 'cancelled' THEN 'cancelled' WHEN 'deleted' THEN 'cancelled' ELSE f.status END
    FROM provisioning_setupline l WHERE l.id = NEW.line_id AND f.id = l.fulfilment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER subscription_told AFTER INSERT OR UPDATE OF status, line_id ON provisioning_subscription
    FOR EACH ROW WHEN (NEW.line_id IS NOT NULL) EXECUTE FUNCTION provisioning_subscription_told();
"""
NO_SUBSCRIPTIONS = """
DROP TRIGGER subscription_told ON provisioning_subscription;
DROP FUNCTION provisioning_subscription_told();
DROP TRIGGER subscription_guard ON provisioning_subscription;
DROP FUNCTION provisioning_subscription_guard();
"""

LOOKUPS = """
-- What a link opens, by the digest of its secret. A link that is over is told of as well: the page says so.
CREATE FUNCTION portal_setup_link(secret_digest text)
RETURNS TABLE (
    link_id bigint, line_id bigint, site_id bigint, sent_to text, handed_to text, expires_at timestamptz,
    revoked_at timestamptz, language text, time_zone text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select k.id, k.line_id, k.site_id, k.sent_to::text, k.handed_to::text, k.expires_at, k.revoked_at,
           l.contact_language::text, l.time_zone::text
    from provisioning_setuplink k join provisioning_setupline l on l.id = k.line_id
    where k.digest = secret_digest
$$;
-- Organisations that may be the customer's: of the customer of the link's line, or administered by its reseller; found
-- by an administrator's address, the beginning of the name, or the domain of addresses. Never any other.
CREATE FUNCTION portal_setup_organisations(address_key text, beginning text, of_domain text)
RETURNS TABLE (
    id bigint, public_id text, name text, country text, domain text, administrator_email text, created_at timestamptz,
    subscriptions bigint, by_address boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select o.id, o.public_id::text, o.name::text, o.country::text, o.domain::text, o.administrator_email::text,
           o.created_at,
           (select count(*) from provisioning_subscription s
            where s.organisation_id = o.id and s.status in ('trial', 'active', 'suspended')),
           exists (select from provisioning_organisationperson p
                   where p.organisation_id = o.id and p.email_key = address_key)
    from provisioning_setupline l
    join provisioning_organisation o on o.kind = 'customer'
        and (o.customer_id = l.customer_id or o.administered_by_id = l.reseller_id)
    where l.id = (select nullif(current_setting('portal.link', true), '')::bigint)
      and (
        exists (select from provisioning_organisationperson p
                where p.organisation_id = o.id and p.email_key = address_key)
        or (beginning <> '' and starts_with(o.search_name, beginning))
        or (of_domain <> '' and o.domain = of_domain)
      )
    order by 9 desc, o.name, o.id limit 20
$$;
-- The organisation of the reseller whose order the link's line is.
CREATE FUNCTION portal_setup_partner()
RETURNS TABLE (
    id bigint, public_id text, name text, country text, address text, domain text, administrator_email text,
    created_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select o.id, o.public_id::text, o.name::text, o.country::text, o.address::text, o.domain::text,
           o.administrator_email::text, o.created_at
    from provisioning_setupline l join provisioning_organisation o on o.site_id = l.reseller_id
    where l.id = (select nullif(current_setting('portal.link', true), '')::bigint)
$$;
-- Whether an address belongs to some organisation already: a person belongs to one at a time.
CREATE FUNCTION portal_address_taken(address_key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select exists (select from provisioning_organisationperson where email_key = address_key)
$$;
-- Whether a name of this kind is taken, by whomever.
CREATE FUNCTION portal_name_taken(of_kind text, looks_like text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select exists (select from provisioning_registryname where kind = of_kind and skeleton = looks_like)
$$;
REVOKE ALL ON FUNCTION portal_setup_link(text), portal_setup_organisations(text, text, text), portal_setup_partner(),
    portal_address_taken(text), portal_name_taken(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_setup_link(text)
    TO portal_anonymous, portal_reseller, portal_distributor, portal_staff, portal_guest;
GRANT EXECUTE ON FUNCTION portal_setup_organisations(text, text, text), portal_setup_partner(),
    portal_address_taken(text) TO portal_guest;
GRANT EXECUTE ON FUNCTION portal_name_taken(text, text) TO portal_guest, portal_staff, portal_system;
"""
NO_LOOKUPS = """
DROP FUNCTION portal_name_taken(text, text);
DROP FUNCTION portal_address_taken(text);
DROP FUNCTION portal_setup_partner();
DROP FUNCTION portal_setup_organisations(text, text, text);
DROP FUNCTION portal_setup_link(text);
"""


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0001_initial"), ("orders", "0008_days_to_count_by")]
    operations = [
        stands("provisioning_setupline"),
        stands("provisioning_subscription"),
        migrations.RunSQL(LINES, NO_LINES),
        migrations.RunSQL(BILLING, NO_BILLING),
        migrations.RunSQL(SUBSCRIPTIONS, NO_SUBSCRIPTIONS),
        migrations.RunSQL(LOOKUPS, NO_LOOKUPS),
    ]
