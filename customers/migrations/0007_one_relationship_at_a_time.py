"""Periods of one site and customer in one role never overlap, and the role is what the site is.

Ranges of one number stand for the ids, so that no extension is needed. What is compared is what there is at the end
of a statement: a file may move several periods of a site and customer at once.
"""

from django.db import migrations

RULES = """
ALTER TABLE customers_relationship ADD CONSTRAINT relationship_one_at_a_time EXCLUDE USING gist (
    int8range(site_id, site_id, '[]') WITH =,
    int8range(customer_id, customer_id, '[]') WITH =,
    daterange(valid_from, valid_to) WITH &&
) DEFERRABLE INITIALLY IMMEDIATE;

CREATE FUNCTION customers_relationship_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM identity_site s WHERE s.id = NEW.site_id AND s.kind = NEW.role) THEN
        RAISE EXCEPTION 'The role of a relationship is what its site is.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'relationship_role_of_site';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER relationship_guard BEFORE INSERT OR UPDATE OF site_id, role ON customers_relationship
    FOR EACH ROW EXECUTE FUNCTION customers_relationship_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_relationships"), ("identity", "0009_a_site_stays_what_it_is")]
    operations = [
        migrations.RunSQL(
            RULES,
            """
            DROP TRIGGER relationship_guard ON customers_relationship;
            DROP FUNCTION customers_relationship_guard();
            ALTER TABLE customers_relationship DROP CONSTRAINT relationship_one_at_a_time;
            """,
        )
    ]
