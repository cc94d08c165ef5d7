"""How referrals, the vendor's side and invitations go on; who joins the other side, and what stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cosell", "0001_initial")]

    operations = []
