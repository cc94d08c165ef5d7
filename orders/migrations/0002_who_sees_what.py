"""Orders stand by the rule of all transactional rows; their lines take over whatever says who sees them."""

from django.db import migrations

from customers.standing_triggers import stands

# What a line has of its order. Kept in the order of models/standing.py.
SHARED = (
    "customer_id", "customer_site_id", "reseller_id", "distributor_id", "settled_on", "placed_here",
    "reseller_from", "reseller_until", "distributor_from", "distributor_until",
    "agreement", "site_number", "site_name", "country", "programme", "anniversary_on", "price_level",
    "customer_number", "customer_name",
    "reseller_number", "reseller_name", "distributor_number", "distributor_name",
)  # fmt: skip

LINES = [
    f"""
CREATE FUNCTION orders_line_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT {", ".join(f"o.{name}" for name in SHARED)}, o.number, o.currency
    INTO STRICT {", ".join(f"NEW.{name}" for name in SHARED)}, NEW.order_number, NEW.currency
    FROM orders_order o WHERE o.id = NEW.order_id;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER order_line_follows BEFORE INSERT OR UPDATE ON orders_orderline
    FOR EACH ROW EXECUTE FUNCTION orders_line_follows()
""",
    f"""
CREATE FUNCTION orders_lines_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE orders_orderline l SET order_id = l.order_id
    FROM changed n JOIN before o ON o.id = n.id
    WHERE l.order_id = n.id
        AND ({", ".join(f"n.{name}" for name in SHARED)}, n.number, n.currency)
        IS DISTINCT FROM ({", ".join(f"o.{name}" for name in SHARED)}, o.number, o.currency);
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER order_lines_follow AFTER UPDATE ON orders_order
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION orders_lines_follow()
""",
]

# Who wrote an order here, and that it was written here, is not changed afterwards.
ORDERS = [
    """
CREATE FUNCTION orders_order_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.number, NEW.placed_here, NEW.placed_at, NEW.currency)
        IS DISTINCT FROM (OLD.number, OLD.placed_here, OLD.placed_at, OLD.currency) THEN
        RAISE EXCEPTION 'An order keeps its number, its currency, and where it was placed.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'order_stays';
    END IF;
    IF OLD.status IN ('rejected', 'cancelled') AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'An order that was rejected or cancelled stays so.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'order_is_over';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER order_guard BEFORE UPDATE ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_order_guard()
""",
]

QUOTES = [
    """
CREATE FUNCTION orders_quote_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'A quote that was opened is kept.'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_is_kept';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.site_id, NEW.number, NEW.revision) IS DISTINCT FROM (OLD.site_id, OLD.number, OLD.revision) THEN
        RAISE EXCEPTION 'A quote keeps its number.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_number_stays';
    END IF;
    IF OLD.status IN ('ordered', 'superseded', 'expired', 'closed') THEN
        RAISE EXCEPTION 'A quote that is % cannot be changed.', OLD.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_is_final';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'open'),
        ('open', 'ordered_in_part'), ('open', 'ordered'), ('open', 'superseded'), ('open', 'expired'),
        ('open', 'closed'),
        ('ordered_in_part', 'ordered'), ('ordered_in_part', 'superseded'), ('ordered_in_part', 'expired'),
        ('ordered_in_part', 'closed')
    ) THEN
        RAISE EXCEPTION 'A quote does not go from % to %.', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_transition';
    END IF;
    -- What was offered stands: from the opening on only how far it is ordered changes, and what is for the order.
    IF OLD.status <> 'draft' AND
        (NEW.customer_id, NEW.customer_site_id, NEW.currency, NEW.country, NEW.price_level, NEW.earned_level,
         NEW.deal_id, NEW.deal_number, NEW.deal_discount_bp, NEW.list_total, NEW.total, NEW.points, NEW.line_count,
         NEW.valid_until, NEW.terms, NEW.opened_at, NEW.anniversary_on)
        IS DISTINCT FROM
        (OLD.customer_id, OLD.customer_site_id, OLD.currency, OLD.country, OLD.price_level, OLD.earned_level,
         OLD.deal_id, OLD.deal_number, OLD.deal_discount_bp, OLD.list_total, OLD.total, OLD.points, OLD.line_count,
         OLD.valid_until, OLD.terms, OLD.opened_at, OLD.anniversary_on) THEN
        RAISE EXCEPTION 'What a quote offers stands; make a new version of it.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_stands';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER quote_guard BEFORE UPDATE OR DELETE ON orders_quote
    FOR EACH ROW EXECUTE FUNCTION orders_quote_guard()
""",
    # Site and status of a line are its quote's; while the quote is no proposal, its lines stay.
    """
CREATE FUNCTION orders_quote_line_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    of_quote record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'The lines of a quote stand.'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_line_stands';
        END IF;
        RETURN OLD;
    END IF;
    SELECT q.site_id, q.status INTO of_quote FROM public.orders_quote q WHERE q.id = NEW.quote_id;
    IF NOT FOUND OR of_quote.site_id IS DISTINCT FROM NEW.site_id THEN
        RAISE EXCEPTION 'A line belongs to a quote of its site.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_line_of_site';
    END IF;
    NEW.status := of_quote.status;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'The lines of a quote stand.'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_line_stands';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status <> 'draft' AND (
        OLD.status NOT IN ('open', 'ordered_in_part')
        OR (to_jsonb(NEW) - 'status' - 'ordered' - 'requested_start_on' - 'provisioning_email')
        IS DISTINCT FROM (to_jsonb(OLD) - 'status' - 'ordered' - 'requested_start_on' - 'provisioning_email')
    ) THEN
        RAISE EXCEPTION 'The lines of a quote stand.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_line_stands';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER quote_line_guard BEFORE INSERT OR UPDATE OR DELETE ON orders_quoteline
    FOR EACH ROW EXECUTE FUNCTION orders_quote_line_guard()
""",
    """
CREATE FUNCTION orders_quote_lines_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE public.orders_quoteline SET status = NEW.status WHERE quote_id = NEW.id;
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER quote_lines_follow AFTER UPDATE OF status ON orders_quote
    FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION orders_quote_lines_follow()
""",
]


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("customers", "0009_who_sees_what")]
    operations = [
        stands("orders_order", placed=True),
        migrations.RunSQL(
            LINES,
            """
            DROP TRIGGER order_lines_follow ON orders_order;
            DROP FUNCTION orders_lines_follow();
            DROP TRIGGER order_line_follows ON orders_orderline;
            DROP FUNCTION orders_line_follows();
            """,
        ),
        migrations.RunSQL(ORDERS, "DROP TRIGGER order_guard ON orders_order; DROP FUNCTION orders_order_guard()"),
        migrations.RunSQL(
            QUOTES,
            """
            DROP TRIGGER quote_lines_follow ON orders_quote;
            DROP FUNCTION orders_quote_lines_follow();
            DROP TRIGGER quote_line_guard ON orders_quoteline;
            DROP FUNCTION orders_quote_line_guard();
            DROP TRIGGER quote_guard ON orders_quote;
            DROP FUNCTION orders_quote_guard();
            """,
        ),
        stands("orders_fulfilment"),
        stands("orders_dataelement"),
    ]
