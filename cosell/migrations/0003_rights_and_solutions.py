"""What solutions hold to, and roles by location."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0002_life_of_referrals")]

    operations = []
