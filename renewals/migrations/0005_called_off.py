"""What was ordered here can be renewed again when its order is called off or turned down. All else that is over stays."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION renewals_item_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.quote_number, NEW.line_number) IS DISTINCT FROM (OLD.quote_number, OLD.line_number) THEN
        RAISE EXCEPTION 'A renewal item keeps its number.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'renewal_item_number_stays';
    END IF;
    IF OLD.status = 'ordered' AND NEW.settled_on IS NULL AND NEW.ordered < OLD.ordered AND
        (NEW.part_number, NEW.quantity, NEW.unit_price, NEW.extended, NEW.currency, NEW.new_start, NEW.new_end,
         NEW.reseller_id, NEW.distributor_id)
        IS NOT DISTINCT FROM
        (OLD.part_number, OLD.quantity, OLD.unit_price, OLD.extended, OLD.currency, OLD.new_start, OLD.new_end,
         OLD.reseller_id, OLD.distributor_id) THEN
        RETURN NEW;
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
"""


class Migration(migrations.Migration):
    dependencies = [("renewals", "0004_orders_of_reports")]
    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
