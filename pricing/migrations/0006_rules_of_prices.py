"""What the database itself holds to: that published prices never change, whose files are whose, and who sees which
price columns.

The errors are check violations (SQLSTATE 23514) and name the rule as their constraint.
"""

from django.db import migrations

# What policies go by is a copy that cannot differ from what it was copied from.
FOREIGN_KEYS = """
ALTER TABLE pricing_pricebook ADD CONSTRAINT price_book_country UNIQUE (id, country);
ALTER TABLE pricing_priceedition ADD CONSTRAINT price_edition_of_book
    FOREIGN KEY (book_id, country) REFERENCES pricing_pricebook (id, country);
ALTER TABLE pricing_fileset
    ADD CONSTRAINT file_set_of_book FOREIGN KEY (book_id, country) REFERENCES pricing_pricebook (id, country),
    ADD CONSTRAINT file_set_country UNIQUE (id, country, offered);
ALTER TABLE pricing_pricefile ADD CONSTRAINT price_file_of_set
    FOREIGN KEY (file_set_id, country, offered) REFERENCES pricing_fileset (id, country, offered) ON UPDATE CASCADE;
"""
NO_FOREIGN_KEYS = """
ALTER TABLE pricing_pricefile DROP CONSTRAINT price_file_of_set;
ALTER TABLE pricing_fileset DROP CONSTRAINT file_set_country, DROP CONSTRAINT file_set_of_book;
ALTER TABLE pricing_priceedition DROP CONSTRAINT price_edition_of_book;
ALTER TABLE pricing_pricebook DROP CONSTRAINT price_book_country;
"""

LIFE = """
CREATE FUNCTION pricing_refuse(rule text, message text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION pricing_book_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pricing_refuse('price_book_stays', 'Country, currency and kind of a price book are never changed.');
    RETURN NULL;
END $$;
CREATE TRIGGER price_book_stays BEFORE UPDATE ON pricing_pricebook
    FOR EACH ROW WHEN ((OLD.id, OLD.public_id, OLD.country, OLD.currency, OLD.kind)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.country, NEW.currency, NEW.kind))
    EXECUTE FUNCTION pricing_book_guard();

-- draft > published > withdrawn, and nothing else; what was published stays as it was announced.
CREATE FUNCTION pricing_edition_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            PERFORM pricing_refuse('price_edition_kept', 'An edition that was published is never deleted.');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            PERFORM pricing_refuse('price_edition_transition', 'An edition begins as a draft.');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'withdrawn' THEN
        PERFORM pricing_refuse('price_edition_withdrawn', 'An edition that was withdrawn is never changed.');
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (('draft', 'published'), ('published', 'withdrawn'))
    THEN
        PERFORM pricing_refuse('price_edition_transition',
            'An edition does not go from ' || OLD.status || ' to ' || NEW.status || '.');
    END IF;
    IF (NEW.id, NEW.public_id, NEW.book_id, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.public_id, OLD.book_id, OLD.created_at) THEN
        PERFORM pricing_refuse('price_edition_identity', 'An edition stays in its book.');
    END IF;
    IF OLD.status = 'published' AND
        (NEW.name, NEW.effective_on, NEW.published_at, NEW.published_by_name, NEW.part_count)
        IS DISTINCT FROM (OLD.name, OLD.effective_on, OLD.published_at, OLD.published_by_name, OLD.part_count) THEN
        PERFORM pricing_refuse('price_edition_published', 'A published edition is never changed: announce a new one.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_edition_guard BEFORE INSERT OR UPDATE OR DELETE ON pricing_priceedition
    FOR EACH ROW EXECUTE FUNCTION pricing_edition_guard();

-- Once for a statement, however many prices it writes: after the keys' locks, so that a publisher was waited for.
CREATE FUNCTION pricing_price_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (
        SELECT FROM pricing_priceedition e
        WHERE e.status <> 'draft' AND e.id = ANY (ARRAY(SELECT DISTINCT t.edition_id FROM touched t))
    ) THEN
        PERFORM pricing_refuse('price_published', 'Prices that were published never change: announce a new edition.');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER price_inserted AFTER INSERT ON pricing_price REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION pricing_price_guard();
CREATE TRIGGER price_updated_from AFTER UPDATE ON pricing_price REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION pricing_price_guard();
CREATE TRIGGER price_updated_to AFTER UPDATE ON pricing_price REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION pricing_price_guard();
CREATE TRIGGER price_deleted AFTER DELETE ON pricing_price REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION pricing_price_guard();

CREATE FUNCTION pricing_set_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pricing_refuse('file_set_stays', 'A set of files stays what it was planned as, and a retired one retired.');
    RETURN NULL;
END $$;
CREATE TRIGGER file_set_stays BEFORE UPDATE ON pricing_fileset
    FOR EACH ROW WHEN (
        (OLD.id, OLD.public_id, OLD.book_id, OLD.valid_on, OLD.current_id, OLD.editions, OLD.planned_at)
        IS DISTINCT FROM
        (NEW.id, NEW.public_id, NEW.book_id, NEW.valid_on, NEW.current_id, NEW.editions, NEW.planned_at)
        OR OLD.retired_at IS NOT NULL AND (NEW.retired_at IS DISTINCT FROM OLD.retired_at OR NEW.offered))
    EXECUTE FUNCTION pricing_set_guard();

CREATE FUNCTION pricing_file_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pricing_refuse('price_file_kept', 'A price file, and that somebody was sent it, is never changed.');
    RETURN NULL;
END $$;
-- `offered` follows the set.
CREATE TRIGGER price_file_kept BEFORE UPDATE ON pricing_pricefile
    FOR EACH ROW WHEN ((to_jsonb(OLD) - 'offered') IS DISTINCT FROM (to_jsonb(NEW) - 'offered'))
    EXECUTE FUNCTION pricing_file_guard();
CREATE TRIGGER price_file_not_deleted BEFORE DELETE ON pricing_pricefile
    FOR EACH ROW EXECUTE FUNCTION pricing_file_guard();
CREATE TRIGGER price_download_kept BEFORE UPDATE OR DELETE ON pricing_pricedownload
    FOR EACH ROW EXECUTE FUNCTION pricing_file_guard();
"""
NO_LIFE = """
DROP TRIGGER price_download_kept ON pricing_pricedownload;
DROP TRIGGER price_file_not_deleted ON pricing_pricefile;
DROP TRIGGER price_file_kept ON pricing_pricefile;
DROP TRIGGER file_set_stays ON pricing_fileset;
DROP TRIGGER price_deleted ON pricing_price;
DROP TRIGGER price_updated_to ON pricing_price;
DROP TRIGGER price_updated_from ON pricing_price;
DROP TRIGGER price_inserted ON pricing_price;
DROP TRIGGER price_edition_guard ON pricing_priceedition;
DROP TRIGGER price_book_stays ON pricing_pricebook;
DROP FUNCTION pricing_file_guard(), pricing_set_guard(), pricing_price_guard(), pricing_edition_guard(),
    pricing_book_guard(), pricing_refuse(text, text);
"""

# The view reads as its owner, whom it is the only way to prices for partners. Everything it asks about the reader is
# a sub-select of its own, which the database evaluates once a query. A barrier: no condition of the reader's is
# evaluated on a row before those of the view, save ones that give nothing away.
SITE = "s.id = (select nullif(current_setting('portal.site', true), '')::bigint) and s.is_active"
LIST = f"""(select case
        when current_user = 'portal_staff' then 'all'
        when s.kind = 'distributor' then 'volume'
        when s.programme = 'express' then 'list'
        when s.price_level = 'ED' then 'academic'
        when s.price_level = 'GV' then 'government'
        else 'volume' end
    from (values (1)) one left join identity_site s on {SITE})"""
MAY = "(select '{}' = any (string_to_array(current_setting('portal.may', true), ' ')))"


def _of(lists: str, *columns: str) -> str:
    return "\n".join(
        f"    case when {LIST} in ('all', {lists}) then p.{column} end as {column}," for column in columns
    )


OFFER = f"""
CREATE VIEW pricing_offer WITH (security_barrier) AS
SELECT p.edition_id, p.part_id, e.book_id, e.effective_on,
    p.srp, p.svp_bl,
{_of("'volume'", "svp_d", "svp_e", "svp_f", "svp_g", "svp_h")}
{_of("'academic'", "svp_ed")}
{_of("'government'", "svp_gv")}
    case when {MAY.format('partner_cost_view')} then p.bp_price end as bp_price,
    p.replacement
FROM pricing_price p JOIN pricing_priceedition e ON e.id = p.edition_id
WHERE e.status = 'published' AND {MAY.format('price_file_view')}
    AND (e.country = (select s.country from identity_site s where {SITE})
        OR (select current_user = 'portal_staff'));
REVOKE ALL ON pricing_offer FROM PUBLIC;
GRANT SELECT ON pricing_offer TO portal_reseller, portal_distributor, portal_staff;
"""
NO_OFFER = "DROP VIEW pricing_offer;"


class Migration(migrations.Migration):
    dependencies = [("pricing", "0005_price_books")]
    operations = [
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(LIFE, NO_LIFE),
        migrations.RunSQL(OFFER, NO_OFFER),
    ]
