"""A part's number and a line's code are what orders, price books and partners' systems name them by."""

from django.db import migrations

KEEP = """
CREATE FUNCTION pricing_names_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'The % of a % is never changed.', TG_ARGV[0], TG_ARGV[1]
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[1] || '_' || TG_ARGV[0] || '_stays';
END $$;
CREATE TRIGGER part_number_stays BEFORE UPDATE ON pricing_part
    FOR EACH ROW WHEN (OLD.number IS DISTINCT FROM NEW.number)
    EXECUTE FUNCTION pricing_names_stay('number', 'part');
CREATE TRIGGER line_code_stays BEFORE UPDATE ON pricing_productline
    FOR EACH ROW WHEN (OLD.code IS DISTINCT FROM NEW.code)
    EXECUTE FUNCTION pricing_names_stay('code', 'line');
"""
FREE = """
DROP TRIGGER line_code_stays ON pricing_productline;
DROP TRIGGER part_number_stays ON pricing_part;
DROP FUNCTION pricing_names_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_products_are_looked_after")]

    operations = [migrations.RunSQL(KEEP, FREE)]
