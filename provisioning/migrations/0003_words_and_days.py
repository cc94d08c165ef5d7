"""What a portal begins with: the days as they are usual, and the first words that keep a name from being one."""

from django.db import migrations

from provisioning.beginning_words import OFFENSIVE, RESERVED
from provisioning.naming import skeleton


def begin(apps, schema_editor):
    apps.get_model("provisioning", "SetupRules").objects.get_or_create(id=1)
    word = apps.get_model("provisioning", "NameWord")
    for use, words in (("reserved", RESERVED), ("offensive", OFFENSIVE)):
        word.objects.bulk_create(
            [word(word=each, skeleton=skeleton(each), use=use) for each in words], ignore_conflicts=True
        )


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0002_rules_of_the_database")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
