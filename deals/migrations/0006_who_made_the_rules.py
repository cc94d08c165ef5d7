"""Who made a version of the rules and why goes into a table of its own, which partners cannot read."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE TRIGGER rules_note_guard BEFORE UPDATE OR DELETE ON deals_rulesnote
    FOR EACH ROW EXECUTE FUNCTION deals_rules_guard();
"""
NO_GUARD = "DROP TRIGGER rules_note_guard ON deals_rulesnote"


class Migration(migrations.Migration):
    dependencies = [("deals", "0005_what_the_database_holds_to")]
    operations = [
        migrations.CreateModel(
            name="RulesNote",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="made",
                        serialize=False,
                        to="deals.rulesversion",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500)),
                ("by_name", models.CharField(max_length=120)),
            ],
        ),
        migrations.RemoveField(model_name="rulesversion", name="note"),
        migrations.RemoveField(model_name="rulesversion", name="made_by_name"),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
