import django.contrib.postgres.fields
import django.db.models.deletion
import identity.models
from django.conf import settings
from django.db import migrations, models


# The life of an export: waiting → running → ready → expired, or failed or cancelled on the way. What is over stays as it
# is. A worker that was lost gives it back (running → running, in other hands; → waiting, to be tried later).
LIFE = """
CREATE FUNCTION reports_export_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.user_id <> OLD.user_id OR NEW.site_id IS DISTINCT FROM OLD.site_id THEN
        RAISE EXCEPTION 'An export belongs to whom it belongs.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.status || ' ' || NEW.status = ANY (ARRAY[
        'waiting waiting', 'waiting running', 'waiting failed', 'waiting cancelled',
        'running running', 'running waiting', 'running ready', 'running failed', 'running cancelled',
        'ready expired'
    ])) THEN
        RAISE EXCEPTION 'An export that is % does not become %.', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reports_export_life BEFORE UPDATE ON reports_export
    FOR EACH ROW EXECUTE FUNCTION reports_export_life();
"""
END_OF_LIFE = "DROP TRIGGER reports_export_life ON reports_export; DROP FUNCTION reports_export_life();"


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0007_partner_cost_is_a_tool'),
        ('reports', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('key_id', models.BigIntegerField(null=True)),
                ('source', models.CharField(max_length=60)),
                ('level', models.CharField(max_length=10)),
                ('query', models.CharField(blank=True, max_length=1500)),
                ('format', models.CharField(max_length=8)),
                ('title', models.CharField(max_length=200)),
                ('language', models.CharField(max_length=8)),
                ('time_zone', models.CharField(max_length=64)),
                ('schedule_id', models.BigIntegerField(null=True)),
                ('slot', models.DateTimeField(null=True)),
                ('attached', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Being made'), ('ready', 'Ready'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], default='waiting', max_length=10)),
                ('problem', models.CharField(blank=True, choices=[('no_access', 'You may no longer see this.'), ('bad_filter', 'The filters ask for something that is not there any more.'), ('sheet_full', 'A sheet of Excel has room for 1,048,575 rows, and this is more.'), ('too_slow', 'The database took longer over it than it is given.'), ('disk_full', 'The portal had no room left to store the file.'), ('given_up', 'Something went wrong on our side, several times over.'), ('time', 'Its time was over.'), ('left', 'Its owner has left the site.')], max_length=12)),
                ('rows_done', models.PositiveBigIntegerField(default=0)),
                ('rows_expected', models.PositiveBigIntegerField(null=True)),
                ('kind', models.CharField(blank=True, max_length=12)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('stored', models.CharField(blank=True, max_length=48)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempt_id', models.UUIDField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('site', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'site', '-id'], name='export_by_owner'), models.Index(condition=models.Q(('status__in', ('waiting', 'running'))), fields=['due_at', 'id'], name='export_live'), models.Index(condition=models.Q(('status', 'ready')), fields=['expires_at'], name='export_ready')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'ready', 'failed', 'cancelled', 'expired'])), name='export_status_known'), models.CheckConstraint(condition=models.Q(('format__in', ['csv', 'xlsx', 'parquet'])), name='export_format_known'), models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('status', 'ready'), models.Q(('stored', ''), _negated=True)), models.Q(models.Q(('status', 'ready'), _negated=True), ('stored', '')), _connector='OR'), name='export_file_when_ready'), models.UniqueConstraint(fields=('schedule_id', 'slot', 'user'), name='export_once_per_slot')],
            },
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('owner_name', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('source', models.CharField(max_length=60)),
                ('level', models.CharField(max_length=10)),
                ('query', models.CharField(blank=True, max_length=1500)),
                ('format', models.CharField(max_length=8)),
                ('every', models.CharField(choices=[('day', 'Every day'), ('week', 'Every week'), ('month', 'Every month')], max_length=5)),
                ('weekday', models.PositiveSmallIntegerField(default=0)),
                ('day', models.PositiveSmallIntegerField(default=1)),
                ('hour', models.PositiveSmallIntegerField()),
                ('time_zone', models.CharField(max_length=64)),
                ('attached', models.BooleanField(default=False)),
                ('to_owner', models.BooleanField(default=True)),
                ('colleagues', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('status', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('stopped', 'Stopped')], default='active', max_length=10)),
                ('problem', models.CharField(blank=True, choices=[('no_access', 'You may no longer see this.'), ('bad_filter', 'The filters ask for something that is not there any more.'), ('sheet_full', 'A sheet of Excel has room for 1,048,575 rows, and this is more.'), ('too_slow', 'The database took longer over it than it is given.'), ('disk_full', 'The portal had no room left to store the file.'), ('given_up', 'Something went wrong on our side, several times over.'), ('time', 'Its time was over.'), ('left', 'Its owner has left the site.')], max_length=12)),
                ('next_due_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField(null=True)),
                ('last_sent_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('site', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'site'], name='schedule_by_owner'), models.Index(condition=models.Q(('status', 'active')), fields=['next_due_at'], name='schedule_due'), models.Index(condition=models.Q(('asked_at__isnull', False)), fields=['asked_at'], name='schedule_asked')],
                'constraints': [models.CheckConstraint(condition=models.Q(('every__in', ['day', 'week', 'month']), ('status__in', ['active', 'paused', 'stopped'])), name='schedule_values_known'), models.CheckConstraint(condition=models.Q(('day__gte', 1), ('day__lte', 31), ('hour__lte', 23), ('weekday__lte', 6)), name='schedule_time_possible'), models.CheckConstraint(condition=models.Q(('format__in', ['csv', 'xlsx', 'parquet'])), name='schedule_format_known')],
            },
        ),
        migrations.RunSQL(LIFE, END_OF_LIFE),
    ]
