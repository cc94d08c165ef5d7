import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import identity.models

# A default goes with the view it names, also when that is a colleague's who deletes it: their role does not see other
# people's defaults, so it is the database that cascades.
CASCADE = """
ALTER TABLE reports_defaultview ADD CONSTRAINT default_view_of_view
    FOREIGN KEY (view_id) REFERENCES reports_savedview (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('owner_name', models.CharField(max_length=120)),
                ('listing', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=1500)),
                ('shared', models.BooleanField(default=False, verbose_name='shared with colleagues')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('site', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('site', 'listing', 'user', 'name'), name='saved_view_name', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='DefaultView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listing', models.CharField(max_length=40)),
                ('site', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('view', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='defaults', to='reports.savedview')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('site', 'listing', 'user'), name='default_view_once', nulls_distinct=False)],
            },
        ),
        migrations.RunSQL(CASCADE, migrations.RunSQL.noop),
    ]
