"""Addresses that were looked up, what goes along when services are handed over, and whose people a guest may add."""

import django.db.models.deletion
from django.db import migrations, models

from customers.standing_triggers import stands_where_named

# A guest adds people to what its own link is for: the organisation has to be made for the same.
OF_THE_SAME = """
ALTER TABLE provisioning_organisation ADD CONSTRAINT organisation_for_line UNIQUE (id, made_for);
ALTER TABLE provisioning_organisationperson ADD CONSTRAINT organisation_person_made_for
    FOREIGN KEY (organisation_id, made_for) REFERENCES provisioning_organisation (id, made_for) ON UPDATE CASCADE;
"""
NOT_OF_THE_SAME = """
ALTER TABLE provisioning_organisationperson DROP CONSTRAINT organisation_person_made_for;
ALTER TABLE provisioning_organisation DROP CONSTRAINT organisation_for_line;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('provisioning', '0008_subdomain_that_stands'),
    ]

    operations = [
        migrations.AddField(
            model_name='setuplink',
            name='entered',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.CreateModel(
            name='AddressTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email_key', models.CharField(max_length=254)),
                ('at', models.DateTimeField()),
                ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='provisioning.setupline')),
            ],
            options={
                'indexes': [models.Index(fields=['line', 'at'], name='address_try_counted'), models.Index(fields=['at'], name='address_try_over')],
            },
        ),
        migrations.RunSQL(OF_THE_SAME, NOT_OF_THE_SAME),
        stands_where_named("provisioning_setupline"),
        stands_where_named("provisioning_subscription"),
        stands_where_named("orders_fulfilment"),
    ]
