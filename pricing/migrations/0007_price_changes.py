"""What differs between two editions. Reads the view of offers, so it tells nobody what they may not see."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

PRICES = ("srp", "svp_bl", "svp_d", "svp_e", "svp_f", "svp_g", "svp_h", "svp_ed", "svp_gv", "bp_price")
SIDES = {"old": "o", "new": "n"}


def _columns(text: str) -> str:
    return ", ".join(text.format(side=side, s=SIDES[side], price=price) for price in PRICES for side in SIDES)


def _all(side: str) -> str:
    return ", ".join(f"{side}.{price}" for price in PRICES)


# Plain SQL without settings of its own, so that the planner sees through it.
CHANGES = f"""
CREATE FUNCTION pricing_changes(old_edition bigint, new_edition bigint)
RETURNS TABLE (part_id bigint, kind text, {_columns("{side}_{price} bigint")})
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(n.part_id, o.part_id),
        CASE WHEN o.part_id IS NULL THEN 'added' WHEN n.part_id IS NULL THEN 'removed' ELSE 'changed' END,
        {_columns("{s}.{price}")}
    FROM (SELECT * FROM public.pricing_offer WHERE edition_id = old_edition) o
    FULL JOIN (SELECT * FROM public.pricing_offer WHERE edition_id = new_edition) n ON n.part_id = o.part_id
    WHERE o.part_id IS NULL OR n.part_id IS NULL
        OR ROW({_all("o")}) IS DISTINCT FROM ROW({_all("n")})
$$;
REVOKE ALL ON FUNCTION pricing_changes(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pricing_changes(bigint, bigint) TO portal_reseller, portal_distributor, portal_staff;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0006_rules_of_prices"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceChange",
            fields=[
                (
                    "part",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="pricing.part",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("added", "Added"), ("removed", "Removed"), ("changed", "Changed")],
                        max_length=7,
                    ),
                ),
                ("old_srp", models.BigIntegerField(null=True)),
                ("new_srp", models.BigIntegerField(null=True)),
                ("old_svp_bl", models.BigIntegerField(null=True)),
                ("new_svp_bl", models.BigIntegerField(null=True)),
                ("old_svp_d", models.BigIntegerField(null=True)),
                ("new_svp_d", models.BigIntegerField(null=True)),
                ("old_svp_e", models.BigIntegerField(null=True)),
                ("new_svp_e", models.BigIntegerField(null=True)),
                ("old_svp_f", models.BigIntegerField(null=True)),
                ("new_svp_f", models.BigIntegerField(null=True)),
                ("old_svp_g", models.BigIntegerField(null=True)),
                ("new_svp_g", models.BigIntegerField(null=True)),
                ("old_svp_h", models.BigIntegerField(null=True)),
                ("new_svp_h", models.BigIntegerField(null=True)),
                ("old_svp_ed", models.BigIntegerField(null=True)),
                ("new_svp_ed", models.BigIntegerField(null=True)),
                ("old_svp_gv", models.BigIntegerField(null=True)),
                ("new_svp_gv", models.BigIntegerField(null=True)),
                ("old_bp_price", models.BigIntegerField(null=True)),
                ("new_bp_price", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "pricing_changes",
                "managed": False,
            },
        ),
        migrations.RunSQL(CHANGES, "DROP FUNCTION pricing_changes(bigint, bigint);"),
        migrations.AddIndex(
            model_name="part",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("description"), name="gin_trgm_ops"
                ),
                name="part_description_words",
            ),
        ),
    ]
