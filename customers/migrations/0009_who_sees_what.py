"""Who sees a transactional row, and the copies in it: filled in by the database, and kept in line by it.

The rule: a site sees a row when it stands on it as reseller or distributor, and has a relationship with its customer in
that role which holds on the row's `settled_on`, or today (by UTC) while that is null.
"""

from django.db import migrations

from customers.standing_triggers import stands

FUNCTIONS = [
    # The days on which a site sees a row: of those periods that follow on one another the one that holds today, or
    # else the next to come; a job brings rows in line when it is over (customers/standing.py).
    """
CREATE FUNCTION customers_days(party bigint, of_customer bigint, as_role text, settled date)
RETURNS TABLE (first date, until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH held AS (
        SELECT unnest(range_agg(daterange(r.valid_from, r.valid_to))) AS period
        FROM customers_relationship r
        WHERE r.site_id = party AND r.customer_id = of_customer AND r.role = as_role
    )
    SELECT
        CASE WHEN settled IS NULL THEN lower(period) ELSE DATE '0001-01-01' END,
        CASE WHEN settled IS NULL THEN upper(period) END
    FROM held
    WHERE CASE
        WHEN settled IS NULL THEN upper(period) IS NULL OR upper(period) > (now() AT TIME ZONE 'utc')::date
        ELSE period @> settled END
    ORDER BY lower(period) LIMIT 1
$$
""",
    "REVOKE ALL ON FUNCTION customers_days(bigint, bigint, text, date) FROM PUBLIC",
    """
CREATE FUNCTION customers_stand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held record;
    whose record;
    placed boolean := false;
BEGIN
    IF TG_TABLE_NAME = 'customers_customersite' THEN
        SELECT a.* INTO STRICT held FROM customers_agreement a WHERE a.id = NEW.contract_id;
        NEW.customer_id := coalesce(NEW.customer_id, held.customer_id);
        NEW.agreement := held.number;
        NEW.programme := held.programme;
        NEW.anniversary_on := held.anniversary_on;
    ELSIF NEW.customer_site_id IS NOT NULL THEN
        SELECT s.* INTO STRICT held FROM customers_customersite s WHERE s.id = NEW.customer_site_id;
        NEW.customer_id := held.customer_id;
        NEW.agreement := held.agreement;
        NEW.site_number := held.site_number;
        NEW.site_name := held.site_name;
        NEW.country := held.country;
        NEW.programme := held.programme;
        NEW.anniversary_on := held.anniversary_on;
        NEW.price_level := held.price_level;
    ELSE
        NEW.agreement := ''; NEW.site_number := ''; NEW.site_name := ''; NEW.country := ''; NEW.programme := '';
        NEW.anniversary_on := NULL; NEW.price_level := '';
    END IF;
    SELECT c.name, coalesce(c.number, '') AS number, c.country INTO whose
        FROM customers_customer c WHERE c.id = NEW.customer_id;
    NEW.customer_name := coalesce(whose.name, '');
    NEW.customer_number := coalesce(whose.number, '');
    IF NEW.country = '' THEN
        NEW.country := coalesce(whose.country, '');
    END IF;

    -- What was entered here is seen by those who stand on it: they made it, or it was made for them.
    IF TG_NARGS > 0 THEN
        placed := NEW.placed_here;
    END IF;
    NEW.reseller_number := ''; NEW.reseller_name := ''; NEW.reseller_from := NULL; NEW.reseller_until := NULL;
    IF NEW.reseller_id IS NOT NULL THEN
        SELECT s.number, s.name INTO NEW.reseller_number, NEW.reseller_name
            FROM identity_site s WHERE s.id = NEW.reseller_id;
        SELECT d.first, d.until INTO NEW.reseller_from, NEW.reseller_until
            FROM customers_days(NEW.reseller_id, NEW.customer_id, 'reseller', NEW.settled_on) d;
        IF placed THEN
            NEW.reseller_from := DATE '0001-01-01';
        END IF;
    END IF;
    NEW.distributor_number := ''; NEW.distributor_name := '';
    NEW.distributor_from := NULL; NEW.distributor_until := NULL;
    IF NEW.distributor_id IS NOT NULL THEN
        SELECT s.number, s.name INTO NEW.distributor_number, NEW.distributor_name
            FROM identity_site s WHERE s.id = NEW.distributor_id;
        SELECT d.first, d.until INTO NEW.distributor_from, NEW.distributor_until
            FROM customers_days(NEW.distributor_id, NEW.customer_id, 'distributor', NEW.settled_on) d;
        IF placed THEN
            NEW.distributor_from := DATE '0001-01-01';
        END IF;
    END IF;
    RETURN NEW;
END $$
""",
    # To write a row again as it is makes the trigger above fill it in anew.
    """
CREATE FUNCTION customers_restand_related() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched text := 'SELECT site_id, customer_id FROM changed';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        touched := touched || ' UNION SELECT site_id, customer_id FROM before';
    END IF;
    EXECUTE format(
        'UPDATE %I t SET customer_id = t.customer_id FROM (SELECT DISTINCT site_id, customer_id FROM (%s) all_of_them) c'
        ' WHERE t.customer_id = c.customer_id AND (t.reseller_id = c.site_id OR t.distributor_id = c.site_id)',
        TG_ARGV[0], touched
    );
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION customers_restand_named() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format(
        'UPDATE %I t SET customer_id = t.customer_id FROM changed n JOIN before o ON o.id = n.id'
        ' WHERE t.%I = n.id AND (%s) IS DISTINCT FROM (%s)',
        TG_ARGV[0], TG_ARGV[1],
        regexp_replace(TG_ARGV[2], '(\\w+)', 'n.\\1', 'g'), regexp_replace(TG_ARGV[2], '(\\w+)', 'o.\\1', 'g')
    );
    RETURN NULL;
END $$
""",
]


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_agreements_and_sites")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            """
            DROP FUNCTION customers_restand_named();
            DROP FUNCTION customers_restand_related();
            DROP FUNCTION customers_stand();
            DROP FUNCTION customers_days(bigint, bigint, text, date);
            """,
        ),
        stands("customers_customersite", contract=True),
    ]
