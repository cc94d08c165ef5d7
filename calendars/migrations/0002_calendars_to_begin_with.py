"""The calendars a new portal begins with, from beginning.toml."""

from django.db import migrations

from calendars.beginning import calendars
from identity.models import public_id


def fill(apps, schema_editor):
    WorkingCalendar = apps.get_model("calendars", "WorkingCalendar")
    Holiday = apps.get_model("calendars", "Holiday")
    for columns, days in calendars():
        calendar = WorkingCalendar.objects.create(public_id=public_id(), **columns)
        Holiday.objects.bulk_create(
            Holiday(public_id=public_id(), calendar=calendar, on=on, name=name, every_year=every_year)
            for on, (name, every_year) in days.items()
        )


def empty(apps, schema_editor):
    apps.get_model("calendars", "WorkingCalendar").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]

    operations = [migrations.RunPython(fill, empty)]
