"""What the holder of a link may know of an organisation that was not made with it: the subdomain it has already."""

from django.db import migrations

SUBDOMAIN = """
CREATE FUNCTION portal_setup_subdomain() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select o.subdomain::text
    from provisioning_setupline l join provisioning_organisation o on o.id = l.organisation_id
    where l.onboarded_at is not null
        and l.id = (select nullif(current_setting('portal.link', true), '')::bigint)
$$;
REVOKE ALL ON FUNCTION portal_setup_subdomain() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_setup_subdomain() TO portal_guest;
"""


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0007_troubles_of_activation")]
    operations = [migrations.RunSQL(SUBDOMAIN, "DROP FUNCTION portal_setup_subdomain()")]
