"""Leads, and how partners are matched to them (C10)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0005_profiles")]

    operations = []
