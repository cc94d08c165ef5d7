"""A reseller never becomes a distributor, nor the other way round: what it may see and has done hangs on it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION identity_site_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'The kind of a site never changes.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'site_kind_kept';
END $$;
CREATE TRIGGER site_guard BEFORE UPDATE OF kind ON identity_site
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION identity_site_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0008_agreement_roles")]
    operations = [
        migrations.RunSQL(
            GUARD, "DROP TRIGGER site_guard ON identity_site; DROP FUNCTION identity_site_guard();"
        )
    ]
