"""How many were ordered here, whom the portal reminded, and private addresses of calendars.

Whoever fetches a calendar has no session: a function tells whose address it is, as one does for an API key. It knows
nobody who has left the site, and no address that was ended.
"""

import django.db.models.deletion
import identity.models
from django.conf import settings
from django.db import migrations, models

WHOSE = """
CREATE FUNCTION portal_who_by_calendar(secret_digest text)
RETURNS TABLE (
    session_data text, expires_at timestamptz,
    user_id bigint, public_id text, email text, name text, password text, language text, time_zone text,
    staff_roles text[], is_active boolean,
    membership_id bigint, standing text, tools text[], roles text[],
    site_id bigint, site_number text, site_name text, site_kind text, site_time_zone text, site_count int,
    key_id bigint, key_privileges text[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select null::text, null::timestamptz,
        u.id, u.public_id::text, u.email::text, u.name::text, u.password::text, u.language::text, u.time_zone::text,
        u.staff_roles::text[], u.is_active,
        m.id, m.standing::text, m.tools::text[], m.roles::text[],
        t.id, t.number::text, t.name::text, t.kind::text, t.time_zone::text, 1,
        null::bigint, null::text[]
    from renewals_calendarfeed f
    join identity_user u on u.id = f.user_id and u.is_active and u.staff_roles = '{}'
    join identity_membership m on m.user_id = u.id and m.site_id = f.site_id and m.status = 'active'
    join identity_site t on t.id = m.site_id and t.is_active
    where f.digest = secret_digest and f.revoked_at is null
$$;
REVOKE ALL ON FUNCTION portal_who_by_calendar(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_who_by_calendar(text) TO portal_anonymous;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0010_orders_of_reports'),
        ('renewals', '0002_who_sees_what'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='renewalitem',
            name='ordered',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='ordered'),
        ),
        migrations.CreateModel(
            name='Reminding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('done_on', models.DateField()),
                ('due_at', models.DateTimeField(db_index=True)),
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
            ],
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('with_names', models.BooleanField(default=False, verbose_name='with the names of customers')),
                ('only_mine', models.BooleanField(default=False, verbose_name='only what is assigned to me')),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('user', 'site'), name='calendar_feed_one_in_force')],
            },
        ),
        migrations.RunSQL(WHOSE, "DROP FUNCTION portal_who_by_calendar(text)"),
    ]
