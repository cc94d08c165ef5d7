"""Leads, and how partners are matched to them (C10)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import identity.models

# Keys stand above policies: with the site in the key, no row can lead to another tenant's.
KEYS = """
ALTER TABLE cosell_lead
    ADD CONSTRAINT lead_location_of_site FOREIGN KEY (site_id, location_id) REFERENCES cosell_location (site_id, id),
    ADD CONSTRAINT lead_profile_of_site FOREIGN KEY (site_id, profile_id) REFERENCES cosell_profile (site_id, id),
    ADD CONSTRAINT lead_referral_of_site FOREIGN KEY (site_id, referral_id) REFERENCES cosell_referral (site_id, id);
ALTER TABLE cosell_leadfavourite ADD CONSTRAINT lead_favourite_of_site
    FOREIGN KEY (site_id, lead_id) REFERENCES cosell_lead (site_id, id);
ALTER TABLE cosell_matchfigures ADD CONSTRAINT match_figures_of_site
    FOREIGN KEY (site_id, profile_id) REFERENCES cosell_profile (site_id, id) ON DELETE CASCADE;
"""
NO_KEYS = """
ALTER TABLE cosell_matchfigures DROP CONSTRAINT match_figures_of_site;
ALTER TABLE cosell_leadfavourite DROP CONSTRAINT lead_favourite_of_site;
ALTER TABLE cosell_lead DROP CONSTRAINT lead_location_of_site, DROP CONSTRAINT lead_profile_of_site,
    DROP CONSTRAINT lead_referral_of_site;
"""

# Anybody may leave an enquiry, so it is the database that says for whom: for a profile that is public, at a place that
# it names. It looks as whoever writes: everybody reads what is public.
BEGINS = """
CREATE FUNCTION cosell_lead_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM cosell_publishedlocation p WHERE p.profile_id = NEW.profile_id
                   AND p.site_id = NEW.site_id AND p.location_id = NEW.location_id) THEN
        RAISE EXCEPTION 'A lead is of a profile that is public, and of a place that it names.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lead_of_public_profile';
    END IF;
    IF NEW.stage <> 'received' AND NOT (NEW.stage = 'archived' AND NEW.reason IN ('size', 'spam')) THEN
        RAISE EXCEPTION 'A lead begins as received.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lead_begins_received';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lead_begins BEFORE INSERT ON cosell_lead FOR EACH ROW EXECUTE FUNCTION cosell_lead_begins();
"""
NO_BEGINS = "DROP TRIGGER lead_begins ON cosell_lead; DROP FUNCTION cosell_lead_begins();"

# What the customer said stands, stages follow one another, and the deal that came of it stays.
GOES_ON = """
CREATE FUNCTION cosell_lead_goes_on() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.site_id, NEW.location_id, NEW.profile_id, NEW.public_id, NEW.source, NEW.need_id, NEW.received_at,
        NEW.customer_name, NEW.contact_email, NEW.contact_phone, NEW.wish, NEW.consent_contact, NEW.wants_contact)
       IS DISTINCT FROM
       (OLD.site_id, OLD.location_id, OLD.profile_id, OLD.public_id, OLD.source, OLD.need_id, OLD.received_at,
        OLD.customer_name, OLD.contact_email, OLD.contact_phone, OLD.wish, OLD.consent_contact, OLD.wants_contact)
    THEN
        RAISE EXCEPTION 'What a customer asked for stands.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lead_stands';
    END IF;
    IF NEW.stage <> OLD.stage AND (OLD.stage, NEW.stage) NOT IN
        (('received', 'accepted'), ('received', 'archived'), ('accepted', 'archived'))
        AND NOT ((OLD.stage, NEW.stage) = ('archived', 'received') AND OLD.reason IN ('spam', 'size')) THEN
        RAISE EXCEPTION 'A lead does not go from % to %.', OLD.stage, NEW.stage
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lead_transition';
    END IF;
    IF OLD.referral_id IS NOT NULL AND NEW.referral_id IS DISTINCT FROM OLD.referral_id THEN
        RAISE EXCEPTION 'A lead keeps the deal that it became.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lead_keeps_deal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lead_goes_on BEFORE UPDATE ON cosell_lead FOR EACH ROW EXECUTE FUNCTION cosell_lead_goes_on();
"""
NO_GOES_ON = "DROP TRIGGER lead_goes_on ON cosell_lead; DROP FUNCTION cosell_lead_goes_on();"


class Migration(migrations.Migration):
    dependencies = [
        ("cosell", "0005_profiles"),
        ("identity", "0010_orders_of_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_name', models.CharField(max_length=200, verbose_name='company')),
                ('customer_size', models.CharField(blank=True, choices=[('1-9', '1–9'), ('10-50', '10–50'), ('51-250', '51–250'), ('251-1000', '251–1,000'), ('1001-5000', '1,001–5,000'), ('5001-10000', '5,001–10,000'), ('10001-20000', '10,001–20,000'), ('more', 'More than 20,000')], default='', max_length=12, verbose_name='people at the company')),
                ('contact_first_name', models.CharField(max_length=60, verbose_name='first name')),
                ('contact_last_name', models.CharField(max_length=60, verbose_name='last name')),
                ('contact_title', models.CharField(blank=True, default='', max_length=120, verbose_name='job title')),
                ('contact_email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('contact_phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('contact_language', models.CharField(default='en', max_length=10)),
                ('city', models.CharField(blank=True, default='', max_length=120, verbose_name='city')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('wish', models.CharField(max_length=2000, verbose_name='what is wished for')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('consent_contact', models.BooleanField(default=False, verbose_name='may be contacted')),
                ('wants_contact', models.BooleanField(default=False, verbose_name='asked to be contacted')),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('created_by_name', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['closed_at', '-id'], name='need_newest')],
            },
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_name', models.CharField(max_length=200, verbose_name='company')),
                ('customer_size', models.CharField(blank=True, choices=[('1-9', '1–9'), ('10-50', '10–50'), ('51-250', '51–250'), ('251-1000', '251–1,000'), ('1001-5000', '1,001–5,000'), ('5001-10000', '5,001–10,000'), ('10001-20000', '10,001–20,000'), ('more', 'More than 20,000')], default='', max_length=12, verbose_name='people at the company')),
                ('contact_first_name', models.CharField(max_length=60, verbose_name='first name')),
                ('contact_last_name', models.CharField(max_length=60, verbose_name='last name')),
                ('contact_title', models.CharField(blank=True, default='', max_length=120, verbose_name='job title')),
                ('contact_email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('contact_phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('contact_language', models.CharField(default='en', max_length=10)),
                ('city', models.CharField(blank=True, default='', max_length=120, verbose_name='city')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('wish', models.CharField(max_length=2000, verbose_name='what is wished for')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('consent_contact', models.BooleanField(default=False, verbose_name='may be contacted')),
                ('wants_contact', models.BooleanField(default=False, verbose_name='asked to be contacted')),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('location_name', models.CharField(max_length=120)),
                ('profile_name', models.CharField(max_length=120)),
                ('source', models.CharField(choices=[('profile', 'Business profile'), ('offer', 'The vendor')], max_length=7)),
                ('offered_by_name', models.CharField(blank=True, default='', max_length=120)),
                ('stage', models.CharField(choices=[('received', 'Received'), ('accepted', 'Accepted'), ('archived', 'Archived')], default='received', max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('no_answer', 'The customer does not respond'), ('no_fit', 'We do not offer what is wished for'), ('no_capacity', 'We have no time for it'), ('no_budget', 'The customer has no budget'), ('elsewhere', 'The customer decided for somebody else'), ('double', 'We know of it already'), ('done', 'It is done, or goes on as a deal'), ('spam', 'Abuse or spam'), ('size', 'The company is of a size that the profile does not serve'), ('other', 'Another reason')], default='', max_length=11)),
                ('note', models.CharField(blank=True, default='', max_length=1000)),
                ('quality', models.CharField(choices=[('good', 'Good'), ('fair', 'Fair'), ('poor', 'Poor')], max_length=4)),
                ('assigned_name', models.CharField(blank=True, default='', max_length=120)),
                ('received_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('assigned_user', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cosell.location')),
                ('profile', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cosell.profile')),
                ('referral', models.OneToOneField(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lead', to='cosell.referral')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='cosell.need')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['site', 'stage', '-id'], name='lead_newest'),
                    models.Index(fields=['profile', 'received_at'], name='lead_of_profile'),
                    models.Index(condition=models.Q(('told_at__isnull', True)), fields=['id'], name='lead_untold'),
                    models.Index(condition=models.Q(('reminded_at__isnull', True), ('stage', 'received'), ('wants_contact', True)), fields=['received_at'], name='lead_waiting'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('site', 'id'), name='lead_of_site'),
                    models.UniqueConstraint(condition=models.Q(('need__isnull', False)), fields=('need', 'profile'), name='lead_offered_once'),
                    models.CheckConstraint(condition=models.Q(('source__in', ['profile', 'offer'])), name='lead_source_known'),
                    models.CheckConstraint(condition=models.Q(('stage__in', ['received', 'accepted', 'archived'])), name='lead_stage_known'),
                    models.CheckConstraint(condition=models.Q(('quality__in', ['good', 'fair', 'poor'])), name='lead_quality_known'),
                    models.CheckConstraint(condition=models.Q(('reason__in', ['', 'no_answer', 'no_fit', 'no_capacity', 'no_budget', 'elsewhere', 'double', 'done', 'spam', 'size', 'other'])), name='lead_reason_known'),
                    models.CheckConstraint(condition=models.Q(('customer_size__in', ['', '1-9', '10-50', '51-250', '251-1000', '1001-5000', '5001-10000', '10001-20000', 'more'])), name='lead_size_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('archived_at__isnull', False), ('stage', 'archived'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('stage', 'archived'), _negated=True), ('archived_at__isnull', True), ('reason', '')), _connector='OR'), name='lead_archived_for_a_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('stage', 'accepted'), _negated=True), ('accepted_at__isnull', False), _connector='OR'), name='lead_accepted_at'),
                    models.CheckConstraint(condition=models.Q(('consent_contact', True)), name='lead_by_consent'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LeadFavourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cosell.lead')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'lead'), name='lead_favourite_once')],
            },
        ),
        migrations.CreateModel(
            name='MatchFigures',
            fields=[
                ('profile', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='figures', serialize=False, to='cosell.profile')),
                ('received', models.PositiveIntegerField(default=0)),
                ('accepted', models.PositiveIntegerField(default=0)),
                ('answered', models.PositiveIntegerField(default=0)),
                ('answer_minutes', models.PositiveIntegerField(default=0)),
                ('closed', models.PositiveIntegerField(default=0)),
                ('won', models.PositiveIntegerField(default=0)),
                ('reckoned_at', models.DateTimeField()),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('accepted__lte', models.F('received')), ('won__lte', models.F('closed'))), name='match_figures_parts')],
            },
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(BEGINS, NO_BEGINS),
        migrations.RunSQL(GOES_ON, NO_GOES_ON),
    ]
