from django.db import migrations, models

OF_ACCESS = ('access_request', 'invitation', 'key', 'membership', 'user')


class Migration(migrations.Migration):
    """The access audit lists what happened last, at all sites."""

    dependencies = [
        ('identity', '0009_a_site_stays_what_it_is'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('object_type__in', OF_ACCESS)), fields=['-at', '-id'], name='audit_of_access'),
        ),
    ]
