"""Files of deals that partners send (C13)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0008_notes")]

    operations = []
