"""Business profiles and the public directory (C10)."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import identity.models
from django.db import migrations, models

# Keys stand above policies: with the site in the key, no row can lead to another tenant's.
KEYS = """
ALTER TABLE cosell_profilelocation
    ADD CONSTRAINT profile_location_of_profile FOREIGN KEY (site_id, profile_id)
        REFERENCES cosell_profile (site_id, id),
    ADD CONSTRAINT profile_location_of_site FOREIGN KEY (site_id, location_id)
        REFERENCES cosell_location (site_id, id);
ALTER TABLE cosell_publishedprofile ADD CONSTRAINT published_of_profile
    FOREIGN KEY (site_id, profile_id) REFERENCES cosell_profile (site_id, id);
ALTER TABLE cosell_publishedlocation
    ADD CONSTRAINT published_location_of_profile FOREIGN KEY (site_id, profile_id)
        REFERENCES cosell_publishedprofile (site_id, profile_id) ON DELETE CASCADE,
    ADD CONSTRAINT published_location_of_site FOREIGN KEY (site_id, location_id)
        REFERENCES cosell_location (site_id, id);
"""
NO_KEYS = """
ALTER TABLE cosell_publishedlocation DROP CONSTRAINT published_location_of_profile,
    DROP CONSTRAINT published_location_of_site;
ALTER TABLE cosell_publishedprofile DROP CONSTRAINT published_of_profile;
ALTER TABLE cosell_profilelocation DROP CONSTRAINT profile_location_of_profile,
    DROP CONSTRAINT profile_location_of_site;
"""

# Who moves a profile from state to state (cosell/profiles/states.py has the same): partners hand in, change and
# withdraw; the clock and the vendor's people make live; only the latter stop. A role that no actor works as (the
# owner, repairing data) may make any listed move, and no other. The errors are check violations that name the rule.
LIFE = """
CREATE FUNCTION cosell_profile_may_move(before text, after text, who text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT coalesce(
        CASE before || ' > ' || after
            WHEN 'draft > waiting' THEN 'partner'
            WHEN 'waiting > draft' THEN 'partner'
            WHEN 'waiting > changed' THEN 'partner'
            WHEN 'waiting > withdrawn' THEN 'partner'
            WHEN 'live > changed' THEN 'partner'
            WHEN 'live > withdrawn' THEN 'partner'
            WHEN 'changed > waiting' THEN 'partner'
            WHEN 'changed > withdrawn' THEN 'partner'
            WHEN 'stopped > draft' THEN 'partner'
            WHEN 'stopped > changed' THEN 'partner'
            WHEN 'stopped > withdrawn' THEN 'partner'
            WHEN 'withdrawn > draft' THEN 'partner'
            WHEN 'withdrawn > waiting' THEN 'partner'
            WHEN 'waiting > live' THEN 'vendor'
            WHEN 'waiting > stopped' THEN 'staff'
            WHEN 'live > stopped' THEN 'staff'
            WHEN 'changed > stopped' THEN 'staff'
        END = ANY (CASE who
            WHEN 'portal_reseller' THEN ARRAY['partner']
            WHEN 'portal_distributor' THEN ARRAY['partner']
            WHEN 'portal_staff' THEN ARRAY['staff', 'vendor']
            WHEN 'portal_system' THEN ARRAY['vendor']
            WHEN 'portal_anonymous' THEN ARRAY[]::text[]
            WHEN 'portal_guest' THEN ARRAY[]::text[]
            ELSE ARRAY['partner', 'staff', 'vendor'] END), false)
$$;

CREATE FUNCTION cosell_refuse_profile(rule text, message text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION cosell_profile_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.state <> OLD.state AND cosell_profile_may_move(OLD.state, NEW.state, current_user) IS NOT TRUE THEN
        PERFORM cosell_refuse_profile('profile_transition',
            current_user || ' may not move a profile from ' || OLD.state || ' to ' || NEW.state || '.');
    END IF;
    IF (NEW.id, NEW.public_id, NEW.site_id, NEW.country, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.public_id, OLD.site_id, OLD.country, OLD.created_at) THEN
        PERFORM cosell_refuse_profile('profile_identity', 'Whose a profile is, and for which country, never changes.');
    END IF;
    IF NEW.is_public AND NOT OLD.is_public AND NOT (OLD.state = 'waiting' AND NEW.state = 'live') THEN
        PERFORM cosell_refuse_profile('profile_public', 'A profile becomes public when it goes live.');
    END IF;
    IF NEW.state NOT IN ('draft', 'changed') AND
        (NEW.name, NEW.description, NEW.website, NEW.tags, NEW.skills, NEW.languages, NEW.sizes, NEW.turns_away,
         NEW.logo, NEW.logo_sha256, NEW.logo_type, NEW.logo_size, NEW.logo_width, NEW.logo_height)
        IS DISTINCT FROM
        (OLD.name, OLD.description, OLD.website, OLD.tags, OLD.skills, OLD.languages, OLD.sizes, OLD.turns_away,
         OLD.logo, OLD.logo_sha256, OLD.logo_type, OLD.logo_size, OLD.logo_width, OLD.logo_height) THEN
        PERFORM cosell_refuse_profile('profile_frozen', 'What a profile says changes in a draft alone.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER profile_guard BEFORE UPDATE ON cosell_profile
    FOR EACH ROW EXECUTE FUNCTION cosell_profile_guard();

CREATE FUNCTION cosell_profile_location_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.site_id, NEW.profile_id)
        IS DISTINCT FROM (OLD.id, OLD.site_id, OLD.profile_id) THEN
        PERFORM cosell_refuse_profile('profile_identity', 'What a profile names never becomes another''s.');
    END IF;
    SELECT p.state INTO state FROM cosell_profile p
        WHERE p.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.profile_id ELSE NEW.profile_id END;
    IF state NOT IN ('draft', 'changed') THEN
        PERFORM cosell_refuse_profile('profile_frozen', 'What a profile says changes in a draft alone.');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER profile_location_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_profilelocation
    FOR EACH ROW EXECUTE FUNCTION cosell_profile_location_guard();

-- What becomes public is what was handed in, to the letter.
CREATE FUNCTION cosell_published_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM cosell_profile p
        WHERE p.id = NEW.profile_id AND p.state = 'waiting' AND p.public_id = NEW.public_id
        AND (p.name, p.description, p.website, p.country, p.tags, p.skills, p.languages, p.sizes, p.turns_away, p.logo)
            IS NOT DISTINCT FROM
            (NEW.name, NEW.description, NEW.website, NEW.country, NEW.tags, NEW.skills, NEW.languages, NEW.sizes,
             NEW.turns_away, NEW.logo);
    IF NOT FOUND THEN
        PERFORM cosell_refuse_profile('published_as_handed_in', 'Only what waits to go live becomes public.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_guard BEFORE INSERT OR UPDATE ON cosell_publishedprofile
    FOR EACH ROW EXECUTE FUNCTION cosell_published_guard();
"""
NO_LIFE = """
DROP TRIGGER published_guard ON cosell_publishedprofile;
DROP FUNCTION cosell_published_guard();
DROP TRIGGER profile_location_guard ON cosell_profilelocation;
DROP FUNCTION cosell_profile_location_guard();
DROP TRIGGER profile_guard ON cosell_profile;
DROP FUNCTION cosell_profile_guard();
DROP FUNCTION cosell_refuse_profile(text, text);
DROP FUNCTION cosell_profile_may_move(text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("cosell", "0004_registrations")]

    operations = [
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name shown')),
                ('description', models.CharField(blank=True, default='', max_length=2500, verbose_name='description')),
                ('website', models.URLField(blank=True, default='', max_length=300, verbose_name='website')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), blank=True, default=list, size=None)),
                ('sizes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None)),
                ('turns_away', models.BooleanField(default=False)),
                ('logo', models.CharField(blank=True, default='', max_length=64)),
                ('logo_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('logo_type', models.CharField(blank=True, default='', max_length=16)),
                ('logo_size', models.PositiveIntegerField(default=0)),
                ('logo_width', models.PositiveIntegerField(default=0)),
                ('logo_height', models.PositiveIntegerField(default=0)),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('site_name', models.CharField(max_length=200)),
                ('site_number', models.CharField(max_length=7)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('waiting', 'Waiting to go live'), ('live', 'Live'), ('changed', 'Live, with changes that are not published'), ('stopped', 'Stopped'), ('withdrawn', 'Withdrawn')], default='draft', max_length=9)),
                ('is_public', models.BooleanField(default=False)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('published_by_name', models.CharField(blank=True, default='', max_length=120)),
                ('live_at', models.DateTimeField(blank=True, null=True)),
                ('live_since', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by_name', models.CharField(blank=True, default='', max_length=120)),
                ('reason', models.CharField(blank=True, default='', max_length=1000)),
                ('changed_by_name', models.CharField(blank=True, default='', max_length=120)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('state', 'waiting')), fields=['live_at', 'id'], name='profile_waiting'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('site', 'id'), name='profile_of_site'),
                    models.UniqueConstraint(fields=('site', 'country'), name='profile_once_a_country'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'waiting', 'live', 'changed', 'stopped', 'withdrawn'])), name='profile_state_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), models.Q(('live_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='profile_waits_until'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['live', 'changed']), _negated=True), models.Q(('is_public', True), ('live_since__isnull', False)), _connector='OR'), name='profile_live_is_public'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['draft', 'withdrawn']), _negated=True), ('is_public', False), _connector='OR'), name='profile_draft_is_not_public'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'stopped'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='profile_stopped_why'),
                    models.CheckConstraint(condition=models.Q(('skills__len__lte', 20)), name='profile_skills_at_most'),
                    models.CheckConstraint(condition=models.Q(models.Q(('logo', ''), ('logo_width', 0)), models.Q(models.Q(('logo', ''), _negated=True), ('logo_width__gt', 0), ('logo_width__lte', 300)), _connector='OR'), name='profile_logo_narrow'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProfileLocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('location', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cosell.location')),
                ('profile', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='locations', to='cosell.profile')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('profile', 'position'), name='profile_location_place'),
                    models.UniqueConstraint(fields=('profile', 'location'), name='profile_location_once'),
                    models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 5)), name='profile_locations_at_most'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PublishedProfile',
            fields=[
                ('name', models.CharField(max_length=120, verbose_name='name shown')),
                ('description', models.CharField(blank=True, default='', max_length=2500, verbose_name='description')),
                ('website', models.URLField(blank=True, default='', max_length=300, verbose_name='website')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), blank=True, default=list, size=None)),
                ('sizes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None)),
                ('turns_away', models.BooleanField(default=False)),
                ('logo', models.CharField(blank=True, default='', max_length=64)),
                ('logo_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('logo_type', models.CharField(blank=True, default='', max_length=16)),
                ('logo_size', models.PositiveIntegerField(default=0)),
                ('logo_width', models.PositiveIntegerField(default=0)),
                ('logo_height', models.PositiveIntegerField(default=0)),
                ('profile', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='published', serialize=False, to='cosell.profile')),
                ('public_id', models.CharField(max_length=12, unique=True)),
                ('sort_name', models.CharField(max_length=130)),
                ('words', models.TextField()),
                ('live_since', models.DateTimeField()),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['country', 'sort_name', 'profile'], name='published_in_country'),
                    models.Index(fields=['sort_name', 'profile'], name='published_by_name'),
                    django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='published_by_tag'),
                    django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('words'), name='gin_trgm_ops'), name='published_by_word'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('site', 'profile'), name='published_of_site'),
                    models.UniqueConstraint(fields=('site', 'country'), name='published_once_a_country'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PublishedLocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('address_line1', models.CharField(blank=True, default='', max_length=200)),
                ('address_line2', models.CharField(blank=True, default='', max_length=200)),
                ('city', models.CharField(max_length=120)),
                ('state', models.CharField(blank=True, default='', max_length=120)),
                ('postal_code', models.CharField(blank=True, default='', max_length=20)),
                ('country', models.CharField(max_length=2)),
                ('location', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cosell.location')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('profile', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='locations', to='cosell.publishedprofile')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('profile', 'position'), name='published_location_place'),
                ],
            },
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(LIFE, NO_LIFE),
    ]
