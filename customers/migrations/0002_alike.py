"""Customers are compared in any script, by their tax id wherever it is written, and by the domain that is theirs.

Rows that are there already are brought in line. The function tells other functions of the database which customers
may be the same.
"""

from django.db import migrations, models
from django.db.models import Q

from customers.names import domain_key, search_name, skeleton, tax_key

FUNCTION = """
CREATE FUNCTION customers_alike(asked bigint) RETURNS TABLE (customer_id bigint, rule text)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    this customers_customer;
BEGIN
    SELECT * INTO this FROM customers_customer c WHERE c.id = asked;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT found.id, (ARRAY['customer', 'tax_id', 'domain', 'name', 'similar'])[min(found.strength)]
    FROM (
        SELECT this.id, 1 AS strength
        UNION ALL
        (SELECT c.id, 2 FROM customers_customer c
         WHERE this.tax_key <> '' AND c.tax_key <> '' AND c.tax_key = this.tax_key LIMIT 50)
        UNION ALL
        (SELECT c.id, 3 FROM customers_customer c
         WHERE this.domain_key <> '' AND c.domain_key <> '' AND c.domain_key = this.domain_key LIMIT 50)
        UNION ALL
        -- Differing tax ids are different companies, however alike their names are.
        (SELECT c.id, CASE WHEN c.tax_key = '' OR this.tax_key = '' OR c.tax_key = this.tax_key THEN 4 ELSE 5 END
         FROM customers_customer c
         WHERE c.search_name = this.search_name AND c.country = this.country LIMIT 50)
        UNION ALL
        (SELECT c.id, 5 FROM customers_customer c
         WHERE this.skeleton <> '' AND this.skeleton !~ '^=' AND c.skeleton = this.skeleton
           AND c.country = this.country AND (c.tax_key = '' OR this.tax_key = '') LIMIT 50)
    ) found
    GROUP BY found.id
    ORDER BY min(found.strength), found.id
    LIMIT 50;
END $$;
REVOKE ALL ON FUNCTION customers_alike(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_alike(bigint)
    TO portal_reseller, portal_distributor, portal_staff, portal_system;
"""


def fill(apps, schema_editor):
    """The owner is bound by policies too, where they are in place: they make way for the length of this."""
    Customer = apps.get_model("customers", "Customer")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'customers_customer'::regclass")
        (forced,) = cursor.fetchone()
        cursor.execute("ALTER TABLE customers_customer NO FORCE ROW LEVEL SECURITY")
        rows = Customer.objects.order_by("id")
        after = 0
        while batch := list(rows.filter(id__gt=after)[:2000]):
            for customer in batch:
                customer.skeleton = skeleton(customer.name)
                customer.tax_key = tax_key(customer.tax_id, customer.country)
                customer.domain_key = domain_key(customer.web_domain)
                # A name compared anew may be that of another row now: then it stays as it is.
                name = search_name(customer.name)
                if name != customer.search_name and not rows.filter(
                    country=customer.country, search_name=name, search_tax_id=""
                ).exists():
                    rows.filter(id=customer.id).update(search_name=name)
            Customer.objects.bulk_update(batch, ["skeleton", "tax_key", "domain_key"], batch_size=500)
            after = batch[-1].id
        if forced:
            cursor.execute("ALTER TABLE customers_customer FORCE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.AddField(
            "customer", "skeleton", models.CharField(max_length=200, blank=True, default="", editable=False), preserve_default=False
        ),
        migrations.AddField(
            "customer", "tax_key", models.CharField(max_length=32, blank=True, default="", editable=False), preserve_default=False
        ),
        migrations.AddField(
            "customer", "domain_key", models.CharField(max_length=100, blank=True, default="", editable=False), preserve_default=False
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveIndex("customer", "customer_by_domain"),
        migrations.AddIndex(
            "customer", models.Index(fields=["country", "skeleton"], name="customer_by_skeleton")
        ),
        migrations.AddIndex(
            "customer", models.Index(fields=["tax_key"], condition=~Q(tax_key=""), name="customer_by_tax_key")
        ),
        migrations.AddIndex(
            "customer",
            models.Index(fields=["domain_key"], condition=~Q(domain_key=""), name="customer_by_domain"),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION customers_alike(bigint);"),
    ]
