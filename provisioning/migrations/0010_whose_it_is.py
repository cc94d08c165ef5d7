"""What a link may mean, who changes what a customer administers, and what was asked of a backend, word for word."""

from django.db import migrations, models

# Organisations that may be the customer's: of the customer of the link's line, and not another reseller's to administer.
# Whose address is typed is found out by nobody: the administrator's is told only to whoever typed it.
ORGANISATIONS = """
CREATE OR REPLACE FUNCTION portal_setup_organisations(address_key text, beginning text, of_domain text)
RETURNS TABLE (
    id bigint, public_id text, name text, country text, domain text, administrator_email text, created_at timestamptz,
    subscriptions bigint, by_address boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select o.id, o.public_id::text, o.name::text, o.country::text, o.domain::text,
           case when p.id is null then '' else o.administrator_email::text end, o.created_at,
           (select count(*) from provisioning_subscription s
            where s.organisation_id = o.id and s.reseller_id = l.reseller_id
                and s.status in ('trial', 'active', 'suspended')),
           p.id is not null
    from provisioning_setupline l
    join provisioning_organisation o on o.kind = 'customer' and o.customer_id = l.customer_id
        and (o.administered_by_id is null or o.administered_by_id = l.reseller_id)
    left join provisioning_organisationperson p on p.organisation_id = o.id and p.email_key = address_key
    where l.id = (select nullif(current_setting('portal.link', true), '')::bigint)
      and (
        p.id is not null
        or (beginning <> '' and starts_with(o.search_name, beginning))
        or (of_domain <> '' and o.domain = of_domain)
      )
    order by 9 desc, o.name, o.id limit 20
$$;
"""

# Who sets up is confirmed with the organisations, and stands with them.
CONFIRMED = """
CREATE FUNCTION provisioning_handed_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'Who sets this line up is confirmed, and stands.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'setup_line_onboarded';
END $$;
CREATE TRIGGER setup_line_handed BEFORE UPDATE ON provisioning_setupline
    FOR EACH ROW WHEN (OLD.onboarded_at IS NOT NULL AND NEW.handed_to IS DISTINCT FROM OLD.handed_to)
    EXECUTE FUNCTION provisioning_handed_guard();
"""
NOT_CONFIRMED = """
DROP TRIGGER setup_line_handed ON provisioning_setupline;
DROP FUNCTION provisioning_handed_guard();
"""

# As the reseller's role, which sees no organisation but those that its site administers (see the policies).
ADMINISTERED = """
CREATE FUNCTION provisioning_subscription_administered() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM provisioning_organisation o WHERE o.id = NEW.organisation_id) THEN
        RAISE EXCEPTION 'The customer administers this organisation alone.'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'subscription_of_own_organisation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscription_administered BEFORE UPDATE ON provisioning_subscription
    FOR EACH ROW WHEN (current_user = 'portal_reseller') EXECUTE FUNCTION provisioning_subscription_administered();
"""
NOT_ADMINISTERED = """
DROP TRIGGER subscription_administered ON provisioning_subscription;
DROP FUNCTION provisioning_subscription_administered();
"""

# Keys stand above policies: a link's site is its line's reseller, whoever writes it.
OF_THE_LINE = """
ALTER TABLE provisioning_setupline ADD CONSTRAINT setup_line_of_reseller UNIQUE (id, reseller_id);
ALTER TABLE provisioning_setuplink ADD CONSTRAINT setup_link_of_line
    FOREIGN KEY (line_id, site_id) REFERENCES provisioning_setupline (id, reseller_id) ON UPDATE CASCADE;
"""
NOT_OF_THE_LINE = """
ALTER TABLE provisioning_setuplink DROP CONSTRAINT setup_link_of_line;
ALTER TABLE provisioning_setupline DROP CONSTRAINT setup_line_of_reseller;
"""


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0009_tries_and_what_was_entered")]
    operations = [
        migrations.AddField("activation", "request", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "subscription", "backend_leased_until", models.DateTimeField(blank=True, null=True)
        ),
        migrations.RunSQL(ORGANISATIONS, migrations.RunSQL.noop),
        migrations.RunSQL(CONFIRMED, NOT_CONFIRMED),
        migrations.RunSQL(ADMINISTERED, NOT_ADMINISTERED),
        migrations.RunSQL(OF_THE_LINE, NOT_OF_THE_LINE),
    ]
