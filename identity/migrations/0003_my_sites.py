"""The sites somebody has a place at: policies show only the current one, and the site switcher needs the others' names."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION portal_my_sites()
RETURNS TABLE (membership text, name text, number text, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select m.public_id::text, t.name::text, t.number::text, t.kind::text
    from identity_membership m join identity_site t on t.id = m.site_id and t.is_active
    where m.user_id = (select nullif(current_setting('portal.user', true), '')::bigint) and m.status = 'active'
    order by t.name
$$;
REVOKE ALL ON FUNCTION portal_my_sites() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_my_sites() TO portal_anonymous, portal_reseller, portal_distributor;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_who_is_asking")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION portal_my_sites();")]
