from django.db import migrations, models

LIVE = ('submitted', 'under_review', 'returned', 'approved')


class Migration(migrations.Migration):
    """The opportunity manager lists what closes first, and for distributors what expires first."""

    dependencies = [
        ('deals', '0007_conflicts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status', 'approved')), fields=['distributor', 'expires_at'], name='deal_expiring_of_distributor'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status__in', LIVE)), fields=['site', 'close_on', 'id'], name='deal_closing_of_site'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status__in', LIVE)), fields=['distributor', 'close_on', 'id'], name='deal_closing_of_distributor'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status__in', LIVE)), fields=['close_on', 'id'], name='deal_closing'),
        ),
    ]
