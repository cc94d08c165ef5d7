from django.db import migrations, models

DECIDED = ('won', 'lost')


class Migration(migrations.Migration):
    """The report of what was won and lost lists it in the order in which it was."""

    dependencies = [
        ('deals', '0010_whose_word_it_is'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status__in', DECIDED)), fields=['site', 'closed_at', 'id'], name='deal_outcomes_of_site'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status__in', DECIDED)), fields=['distributor', 'closed_at', 'id'], name='deal_outcomes_of_distributor'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status__in', DECIDED)), fields=['closed_at', 'id'], name='deal_outcomes'),
        ),
    ]
