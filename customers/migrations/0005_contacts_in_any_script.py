"""Contacts are found by the words of their names and addresses, in any script. Those that are there are brought in line."""

from django.db import migrations, models

from customers.names import contact_sounds, contact_words


def fill(apps, schema_editor):
    """The owner is bound by policies too, where they are in place: they make way for the length of this."""
    Contact = apps.get_model("customers", "CustomerContact")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'customers_customercontact'::regclass")
        (forced,) = cursor.fetchone()
        cursor.execute("ALTER TABLE customers_customercontact NO FORCE ROW LEVEL SECURITY")
        after = 0
        while batch := list(Contact.objects.order_by("id").filter(id__gt=after)[:2000]):
            for contact in batch:
                contact.words = contact_words(contact.name, contact.email)
                contact.sounds = contact_sounds(contact.name)
            Contact.objects.bulk_update(batch, ["words", "sounds"], batch_size=500)
            after = batch[-1].id
        if forced:
            cursor.execute("ALTER TABLE customers_customercontact FORCE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_alike_with_a_letter_amiss")]

    operations = [
        migrations.AddField(
            "customercontact",
            "words",
            models.CharField(max_length=400, blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            "customercontact",
            "sounds",
            models.CharField(max_length=200, blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "customercontact", models.Index(fields=["site", "words", "public_id"], name="customer_contact_by_words")
        ),
    ]
