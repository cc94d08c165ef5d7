"""Names are alike with a letter amiss, too; and those that only sound alike are not, when little of them does."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("customers.migrations.0002_alike").FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
FUNCTIONS = """
-- Whether a letter too many, too few, another or in another place makes one name of the other. A digit never does:
-- numbers tell companies apart.
CREATE FUNCTION customers_a_letter_apart(one text, other text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    at int := 1;
BEGIN
    IF abs(length(one) - length(other)) > 1 THEN
        RETURN false;
    END IF;
    WHILE at <= length(one) AND substr(one, at, 1) = substr(other, at, 1) LOOP
        at := at + 1;
    END LOOP;
    IF substr(one, at, 1) ~ '[[:digit:]]' OR substr(other, at, 1) ~ '[[:digit:]]' THEN
        RETURN false;
    END IF;
    RETURN substr(one, at + 1) = substr(other, at + 1)
        OR substr(one, at) = substr(other, at + 1)
        OR substr(one, at + 1) = substr(other, at)
        OR (substr(one, at, 1) = substr(other, at + 1, 1) AND substr(one, at + 1, 1) = substr(other, at, 1)
            AND substr(one, at + 2) = substr(other, at + 2));
END $$;

-- Whether two names of the same skeleton are the same, as far as one can tell. Three consonants of one script are in
-- many names ("Delta" and "Tilda"): there, vowels count too, in the words that the names do not share.
CREATE FUNCTION customers_sound_alike(one text, other text, skeleton text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
    own text := replace(split_part(' ' || skeleton, ' =', 1), ' ', '');
    mine text[] := string_to_array(one, ' ');
    theirs text[] := string_to_array(other, ' ');
BEGIN
    IF length(own) < 2 THEN
        RETURN false;
    END IF;
    IF length(own) > 3 OR (one ~ '[\u0600-\u06ff]') <> (other ~ '[\u0600-\u06ff]') THEN
        RETURN true;
    END IF;
    RETURN coalesce(similarity(
        (SELECT string_agg(word, ' ') FROM unnest(mine) word WHERE word <> ALL (theirs)),
        (SELECT string_agg(word, ' ') FROM unnest(theirs) word WHERE word <> ALL (mine))
    ), 1) > 0.25;
END $$;

-- Which customers may be the company that is so called, and why; names and keys as customers/names.py makes them.
CREATE FUNCTION customers_alike_to(
    its_name text, its_country text, its_skeleton text, its_tax_key text, its_domain_key text
) RETURNS TABLE (customer_id bigint, rule text)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    words text[] := string_to_array(its_name, ' ');
    word text;
    others text[];
    amiss text[];
    near bigint[] := '{}';
BEGIN
    -- A letter amiss in one of the two longest words, the others as they are: these are looked up, and checked thereafter.
    FOR word IN
        SELECT w FROM unnest(words) w WHERE length(w) > 4 AND w !~ '[[:digit:]]'
        GROUP BY w ORDER BY length(w) DESC, w LIMIT 2
    LOOP
        others := ARRAY(SELECT left(w, 8) FROM unnest(words) w WHERE w <> word AND length(w) > 2);
        amiss := ARRAY(
            SELECT '-' || left(left(word, 7), letter - 1) || substr(left(word, 7), letter + 1)
            FROM generate_series(1, 8) letter
        );
        near := near || ARRAY(
            SELECT c.id FROM (
                SELECT n.id, n.search_name FROM customers_customer n
                WHERE customers_search_keys(n.search_name, n.skeleton) @> others
                  AND customers_search_keys(n.search_name, n.skeleton) && amiss
                  AND n.country = its_country AND (n.tax_key = '' OR its_tax_key = '')
                LIMIT 200
            ) c
            WHERE customers_a_letter_apart(c.search_name, its_name)
            LIMIT 50
        );
    END LOOP;

    RETURN QUERY
    SELECT found.id, (ARRAY['tax_id', 'domain', 'name', 'similar'])[min(found.strength)]
    FROM (
        (SELECT c.id, 1 AS strength FROM customers_customer c
         WHERE its_tax_key <> '' AND c.tax_key <> '' AND c.tax_key = its_tax_key LIMIT 50)
        UNION ALL
        (SELECT c.id, 2 FROM customers_customer c
         WHERE its_domain_key <> '' AND c.domain_key <> '' AND c.domain_key = its_domain_key LIMIT 50)
        UNION ALL
        -- Differing tax ids are different companies, however alike their names are; the very name is told even then.
        (SELECT c.id, CASE WHEN c.tax_key = '' OR its_tax_key = '' OR c.tax_key = its_tax_key THEN 3 ELSE 4 END
         FROM customers_customer c
         WHERE c.search_name = its_name AND c.country = its_country LIMIT 50)
        UNION ALL
        (SELECT c.id, 4 FROM (
             SELECT n.id, n.search_name FROM customers_customer n
             WHERE its_skeleton <> '' AND n.skeleton = its_skeleton AND n.country = its_country
               AND (n.tax_key = '' OR its_tax_key = '')
             LIMIT 100
         ) c
         WHERE customers_sound_alike(c.search_name, its_name, its_skeleton) LIMIT 50)
        UNION ALL
        SELECT each, 4 FROM unnest(near) each
    ) found
    GROUP BY found.id
    ORDER BY min(found.strength), found.id
    LIMIT 50;
END $$;

CREATE OR REPLACE FUNCTION customers_alike(asked bigint) RETURNS TABLE (customer_id bigint, rule text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT c.id, 'customer' FROM customers_customer c WHERE c.id = asked
    UNION ALL
    (SELECT a.customer_id, a.rule
     FROM customers_customer c,
          customers_alike_to(c.search_name, c.country, c.skeleton, c.tax_key, c.domain_key) a
     WHERE c.id = asked AND a.customer_id <> asked
     LIMIT 49)
$$;

REVOKE ALL ON FUNCTION customers_a_letter_apart(text, text), customers_sound_alike(text, text, text),
    customers_alike_to(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_a_letter_apart(text, text), customers_sound_alike(text, text, text),
    customers_alike_to(text, text, text, text, text)
    TO portal_reseller, portal_distributor, portal_staff, portal_system;
"""
DROP = (
    "DROP FUNCTION customers_a_letter_apart(text, text), customers_sound_alike(text, text, text),"
    " customers_alike_to(text, text, text, text, text);"
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_search")]
    operations = [migrations.RunSQL(FUNCTIONS, BEFORE + DROP)]
