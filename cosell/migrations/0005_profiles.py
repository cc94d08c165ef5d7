"""Business profiles and the public directory (C10)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0004_registrations")]

    operations = []
