"""What the database itself holds to: a delivery that has ended stays as it is. And who may make temporary tables."""

from django.db import migrations

LIFE = """
CREATE FUNCTION feeds_what_ended_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'This delivery has ended.' USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_has_ended';
END $$;
CREATE TRIGGER delivery_has_ended BEFORE UPDATE OR DELETE ON feeds_delivery FOR EACH ROW
    WHEN (OLD.status IN ('loaded', 'unchanged', 'failed', 'cancelled', 'refused'))
    EXECUTE FUNCTION feeds_what_ended_stays();
"""
NO_LIFE = """
DROP TRIGGER delivery_has_ended ON feeds_delivery;
DROP FUNCTION feeds_what_ended_stays();
"""
# The rows of a file are compared with what is there in a temporary table of the transaction: COPY FROM is refused
# under row-level security, and temporary tables have none. New databases have this from `prepare_database`.
TEMPORARY = """
DO $$ BEGIN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO portal_staff, portal_system', current_database());
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("feeds", "0001_initial")]

    operations = [
        migrations.RunSQL(LIFE, NO_LIFE),
        migrations.RunSQL(TEMPORARY, migrations.RunSQL.noop),
    ]
