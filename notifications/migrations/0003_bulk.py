"""What very many are told at once waits behind everything else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_mail_reference")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="priority",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Awaited"), (1, "Notice"), (2, "Digest"), (3, "Bulk")], db_default=1, default=1
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="priority",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Awaited"), (1, "Notice"), (2, "Digest"), (3, "Bulk")], default=1
            ),
        ),
        migrations.RemoveIndex(model_name="notice", name="notice_waiting"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["priority", "due_at", "id"],
                name="notice_next",
            ),
        ),
    ]
