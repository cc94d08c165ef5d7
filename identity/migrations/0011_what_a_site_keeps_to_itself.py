from django.db import migrations, models


class Migration(migrations.Migration):
    """Of some things the vendor's people are not to know even that they happened: what a partner does in private."""

    dependencies = [("identity", "0010_orders_of_reports")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="private",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
