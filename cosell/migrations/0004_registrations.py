"""Registrations of won deals (C9): what is kept of them, and what the database holds to."""

import django.db.models.deletion
import identity.models
from django.db import migrations, models

# Keys stand above policies: with the site in the key, no row can lead to another tenant's.
KEYS = """
ALTER TABLE cosell_wonregistration
    ADD CONSTRAINT registration_location_of_site FOREIGN KEY (site_id, location_id)
        REFERENCES cosell_location (site_id, id),
    ADD CONSTRAINT registration_referral_of_site FOREIGN KEY (site_id, referral_id)
        REFERENCES cosell_referral (site_id, id);
ALTER TABLE cosell_registeredsolution
    ADD CONSTRAINT registered_solution_of_registration FOREIGN KEY (site_id, registration_id)
        REFERENCES cosell_wonregistration (site_id, id),
    ADD CONSTRAINT registered_solution_of_site FOREIGN KEY (site_id, solution_id)
        REFERENCES cosell_solution (site_id, id);
ALTER TABLE cosell_registrationstep ADD CONSTRAINT registration_step_of_registration
    FOREIGN KEY (site_id, registration_id) REFERENCES cosell_wonregistration (site_id, id);
"""
NO_KEYS = """
ALTER TABLE cosell_registrationstep DROP CONSTRAINT registration_step_of_registration;
ALTER TABLE cosell_registeredsolution DROP CONSTRAINT registered_solution_of_registration,
    DROP CONSTRAINT registered_solution_of_site;
ALTER TABLE cosell_wonregistration DROP CONSTRAINT registration_location_of_site,
    DROP CONSTRAINT registration_referral_of_site;
"""

# From which status a registration may go to which, and by whom; whose hands are on what in between.
GUARD = """
CREATE FUNCTION cosell_registration_may_move(before text, after text, who text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT CASE
        WHEN who IN ('portal_reseller', 'portal_distributor') THEN (before || ' ' || after) IN (
            'action_required review_pending', 'review_pending closed', 'action_required closed')
        WHEN who = 'portal_staff' THEN (before || ' ' || after) IN (
            'review_pending action_required', 'review_pending approved', 'review_pending failed',
            'review_pending closed', 'action_required closed')
        ELSE (before || ' ' || after) IN (
            'review_pending action_required', 'review_pending approved', 'review_pending failed',
            'review_pending closed', 'action_required review_pending', 'action_required closed')
    END
$$;

CREATE FUNCTION cosell_registration_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    deal record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A registration is kept.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'review_pending' THEN
            RAISE EXCEPTION 'A registration begins with its review.'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_goes_on';
        END IF;
        SELECT substatus, sharing INTO deal FROM cosell_referral WHERE id = NEW.referral_id;
        IF deal.substatus IS DISTINCT FROM 'won' OR deal.sharing = 'private' THEN
            RAISE EXCEPTION 'Won deals that the vendor sees are registered, and no others.'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_of_won_deal';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status IN ('approved', 'failed', 'closed') THEN
        RAISE EXCEPTION 'A registration that is % is never changed.', OLD.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_is_over';
    END IF;
    IF NEW.status <> OLD.status AND NOT cosell_registration_may_move(OLD.status, NEW.status, current_user::text) THEN
        RAISE EXCEPTION 'A registration goes from % to % by no rule for %.', OLD.status, NEW.status, current_user
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_goes_on';
    END IF;
    IF (NEW.id, NEW.public_id, NEW.site_id, NEW.site_name, NEW.site_number, NEW.location_id, NEW.location_name,
        NEW.referral_id, NEW.referral_name, NEW.customer_name, NEW.engagement, NEW.created_at)
        IS DISTINCT FROM
       (OLD.id, OLD.public_id, OLD.site_id, OLD.site_name, OLD.site_number, OLD.location_id, OLD.location_name,
        OLD.referral_id, OLD.referral_name, OLD.customer_name, OLD.engagement, OLD.created_at) THEN
        RAISE EXCEPTION 'A registration stays the one of its deal.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_of_its_deal';
    END IF;
    IF OLD.status <> 'action_required' AND
       (NEW.incentive, NEW.contract_value, NEW.currency, NEW.starts_on, NEW.ends_on, NEW.signed_on, NEW.solution_count)
        IS DISTINCT FROM
       (OLD.incentive, OLD.contract_value, OLD.currency, OLD.starts_on, OLD.ends_on, OLD.signed_on, OLD.solution_count)
    THEN
        RAISE EXCEPTION 'The contents of a registration are changed only where action is required.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registration_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_wonregistration
    FOR EACH ROW EXECUTE FUNCTION cosell_registration_guard();

-- The solutions come in with the registration, as many as it says; later they change where action is required.
CREATE FUNCTION cosell_registered_solution_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    held record;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.site_id, NEW.registration_id)
        IS DISTINCT FROM (OLD.id, OLD.site_id, OLD.registration_id) THEN
        RAISE EXCEPTION 'A solution of a registration never becomes another''s.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_of_its_deal';
    END IF;
    SELECT status, version, solution_count INTO held FROM cosell_wonregistration
        WHERE id = coalesce(NEW.registration_id, OLD.registration_id);
    IF held.status = 'action_required' OR TG_OP = 'INSERT' AND held.status = 'review_pending' AND held.version = 1
        AND (SELECT count(*) FROM cosell_registeredsolution WHERE registration_id = NEW.registration_id)
            < held.solution_count
    THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'The solutions of a registration are changed only where action is required.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_frozen';
END $$;
CREATE TRIGGER registered_solution_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_registeredsolution
    FOR EACH ROW EXECUTE FUNCTION cosell_registered_solution_guard();

-- Each status that a registration had is kept, with its time.
CREATE FUNCTION cosell_registration_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN
        INSERT INTO cosell_registrationstep (site_id, registration_id, status, at, by_name, by_vendor, note)
        VALUES (NEW.site_id, NEW.id, NEW.status, NEW.changed_at, NEW.changed_by_name, NEW.by_vendor, NEW.note);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER registration_step AFTER INSERT OR UPDATE ON cosell_wonregistration
    FOR EACH ROW EXECUTE FUNCTION cosell_registration_step();

CREATE FUNCTION cosell_registration_step_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'What a registration was is never changed.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_step_stays';
END $$;
CREATE TRIGGER registration_step_stays BEFORE UPDATE OR DELETE ON cosell_registrationstep
    FOR EACH ROW EXECUTE FUNCTION cosell_registration_step_stays();
"""
NO_GUARD = """
DROP TRIGGER registration_step_stays ON cosell_registrationstep;
DROP FUNCTION cosell_registration_step_stays();
DROP TRIGGER registration_step ON cosell_wonregistration;
DROP FUNCTION cosell_registration_step();
DROP TRIGGER registered_solution_guard ON cosell_registeredsolution;
DROP FUNCTION cosell_registered_solution_guard();
DROP TRIGGER registration_guard ON cosell_wonregistration;
DROP FUNCTION cosell_registration_guard();
DROP FUNCTION cosell_registration_may_move(text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("cosell", "0003_rights_and_solutions")]

    operations = [
        migrations.CreateModel(
            name='WonRegistration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=identity.models.public_id, editable=False, max_length=12, unique=True)),
                ('site_name', models.CharField(max_length=200)),
                ('site_number', models.CharField(max_length=7)),
                ('location_name', models.CharField(max_length=120)),
                ('referral_name', models.CharField(max_length=120)),
                ('customer_name', models.CharField(max_length=200)),
                ('engagement', models.CharField(max_length=12)),
                ('incentive', models.CharField(choices=[('cloud_ip', 'Cloud IP co-sell'), ('business_premium', 'Business applications, premium'), ('business_standard', 'Business applications, standard')], max_length=20, verbose_name='incentive')),
                ('contract_value', models.BigIntegerField(verbose_name='contract value')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('starts_on', models.DateField(verbose_name='contract starts')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='contract ends')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('solution_count', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('review_pending', 'Review pending'), ('action_required', 'Action required'), ('approved', 'Approved'), ('failed', 'Not eligible'), ('closed', 'Closed')], default='review_pending', max_length=16)),
                ('note', models.CharField(blank=True, default='', max_length=2000)),
                ('changed_at', models.DateTimeField()),
                ('changed_by_name', models.CharField(max_length=120)),
                ('by_vendor', models.BooleanField(default=False)),
                ('answer_by', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('location', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cosell.location')),
                ('referral', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='cosell.referral')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['site', '-id'], name='registration_newest'),
                    models.Index(condition=models.Q(('status', 'review_pending')), fields=['answer_by', 'id'], name='registration_awaited'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('site', 'id'), name='registration_of_site'),
                    models.UniqueConstraint(condition=models.Q(('status__in', ['failed', 'closed']), _negated=True), fields=('referral',), name='registration_once'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['review_pending', 'action_required', 'approved', 'failed', 'closed'])), name='registration_status_known'),
                    models.CheckConstraint(condition=models.Q(('incentive__in', ['cloud_ip', 'business_premium', 'business_standard'])), name='registration_incentive_known'),
                    models.CheckConstraint(condition=models.Q(('contract_value__gt', 0), ('contract_value__lte', 1000000000000000)), name='registration_value_range'),
                    models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='registration_ends_after_start'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['review_pending', 'action_required']), ('decided_at__isnull', False), _connector='OR'), name='registration_decided_at'),
                    models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['action_required', 'failed']), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='registration_refused_with_reason'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RegistrationStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('review_pending', 'Review pending'), ('action_required', 'Action required'), ('approved', 'Approved'), ('failed', 'Not eligible'), ('closed', 'Closed')], max_length=16)),
                ('at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=120)),
                ('by_vendor', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=2000)),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('registration', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cosell.wonregistration')),
            ],
        ),
        migrations.CreateModel(
            name='RegisteredSolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('value', models.BigIntegerField(verbose_name='value')),
                ('deployed', models.CharField(choices=[('vendor_cloud', "In the vendor's cloud"), ('other_cloud', 'In another cloud'), ('on_premises', "At the customer's own premises"), ('mixed', 'In several of these')], max_length=12, verbose_name='where it is deployed')),
                ('pricing', models.CharField(choices=[('subscription', 'Subscription'), ('consumption', 'By consumption'), ('perpetual', 'Bought once'), ('service', 'Service, by time or project')], max_length=12, verbose_name='pricing model')),
                ('marketplace_id', models.CharField(blank=True, default='', max_length=60, verbose_name='marketplace transaction')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.site')),
                ('solution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cosell.solution')),
                ('registration', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='solutions', to='cosell.wonregistration')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('registration', 'solution'), name='registered_solution_once'),
                    models.CheckConstraint(condition=models.Q(('value__gt', 0), ('value__lte', 1000000000000000)), name='registered_solution_value_range'),
                    models.CheckConstraint(condition=models.Q(('deployed__in', ['vendor_cloud', 'other_cloud', 'on_premises', 'mixed'])), name='registered_solution_deployment_known'),
                    models.CheckConstraint(condition=models.Q(('pricing__in', ['subscription', 'consumption', 'perpetual', 'service'])), name='registered_solution_pricing_known'),
                ],
            },
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
