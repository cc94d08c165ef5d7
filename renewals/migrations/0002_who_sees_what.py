"""Everything here stands by the rule of all transactional rows."""

from django.db import migrations

from customers.standing_triggers import stands

TABLES = ("entitlement", "renewalitem", "overage", "subscriptionchange", "pricenotification")

# A renewal that is over stays over: what it was is history.
GUARD = [
    """
CREATE FUNCTION renewals_item_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.quote_number, NEW.line_number) IS DISTINCT FROM (OLD.quote_number, OLD.line_number) THEN
        RAISE EXCEPTION 'A renewal item keeps its number.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'renewal_item_number_stays';
    END IF;
    IF OLD.settled_on IS NOT NULL AND
        (NEW.status, NEW.settled_on, NEW.part_number, NEW.quantity, NEW.unit_price, NEW.extended, NEW.currency,
         NEW.new_start, NEW.new_end, NEW.reseller_id, NEW.distributor_id)
        IS DISTINCT FROM
        (OLD.status, OLD.settled_on, OLD.part_number, OLD.quantity, OLD.unit_price, OLD.extended, OLD.currency,
         OLD.new_start, OLD.new_end, OLD.reseller_id, OLD.distributor_id) THEN
        RAISE EXCEPTION 'A renewal that is over cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'renewal_item_is_over';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER renewal_item_guard BEFORE UPDATE ON renewals_renewalitem
    FOR EACH ROW EXECUTE FUNCTION renewals_item_guard()
""",
]


class Migration(migrations.Migration):
    dependencies = [("renewals", "0001_initial"), ("customers", "0009_who_sees_what")]
    operations = [
        *[stands(f"renewals_{table}") for table in TABLES],
        migrations.RunSQL(
            GUARD, "DROP TRIGGER renewal_item_guard ON renewals_renewalitem; DROP FUNCTION renewals_item_guard()"
        ),
    ]
