"""Who is mailed about deals (C11)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0006_leads")]

    operations = []
