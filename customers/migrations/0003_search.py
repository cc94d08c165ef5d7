"""What customers are found by: the beginnings of words, what words are in any script, and words with a letter amiss."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Substr

# customers/finding.py makes the same of what is looked for.
FUNCTION = """
CREATE FUNCTION customers_search_keys(search_name text, skeleton text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(DISTINCT key), '{}')
    FROM (
        -- the beginnings of each word, from its third letter to its eighth
        SELECT left(word, letters) AS key
        FROM string_to_table(search_name, ' ') word,
             generate_series(least(3, length(word)), least(8, length(word))) letters
        UNION ALL
        -- each word of five letters or more, by its first seven, with none or one of them left out
        SELECT '-' || left(left(word, 7), letter - 1) || substr(left(word, 7), letter + 1)
        FROM string_to_table(search_name, ' ') word, generate_series(1, least(8, length(word) + 1)) letter
        WHERE length(word) >= 5
        UNION ALL
        -- a trade as it is, and the beginnings of what other words are in any script
        SELECT CASE WHEN word LIKE '=%' THEN word ELSE '~' || left(word, letters) END
        FROM string_to_table(skeleton, ' ') word,
             generate_series(least(2, length(word)), least(6, length(word))) letters
    ) found
    WHERE key NOT IN ('', '~')
$$;
REVOKE ALL ON FUNCTION customers_search_keys(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_search_keys(text, text)
    TO portal_reseller, portal_distributor, portal_staff, portal_system;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_alike")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION customers_search_keys(text, text);"),
        migrations.RemoveIndex("customer", "customer_in_name"),
        migrations.AddIndex(
            "customer",
            django.contrib.postgres.indexes.GinIndex(
                models.Func("search_name", "skeleton", function="customers_search_keys"),
                name="customer_by_search_keys",
                fastupdate=False,
            ),
        ),
        migrations.RemoveIndex("customer", "customer_by_skeleton"),
        migrations.AddIndex(
            "customer", models.Index(fields=["skeleton", "country"], name="customer_by_skeleton")
        ),
        migrations.AddIndex(
            "customer",
            models.Index(Substr("tax_key", 3), condition=~Q(tax_key=""), name="customer_by_tax_digits"),
        ),
    ]
