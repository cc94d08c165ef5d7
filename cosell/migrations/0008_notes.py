"""How automatic notes fare (C12)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0007_told")]

    operations = []
