"""Registrations of won deals (C9)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0003_rights_and_solutions")]

    operations = []
