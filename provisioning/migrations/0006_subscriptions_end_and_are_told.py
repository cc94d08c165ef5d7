"""When what is running ends, so that it is found by it; how the backend is told; and whom a trial may be begun for."""

from django.db import migrations, models

# Keys are checked above the policies, so that only this keeps a trial out of an organisation of somebody else's.
TRIALS = """
CREATE FUNCTION provisioning_trial_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.line_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM provisioning_organisation o
        WHERE o.id = NEW.organisation_id AND o.kind = 'customer'
            AND o.administered_by_id = NEW.reseller_id AND o.customer_id = NEW.customer_id
    ) THEN
        RAISE EXCEPTION 'A trial is for a customer whose organisation its reseller administers.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'trial_of_own_customer';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER trial_guard AFTER INSERT ON provisioning_subscription
    FOR EACH ROW WHEN (NEW.status = 'trial') EXECUTE FUNCTION provisioning_trial_guard();
"""
NO_TRIALS = """
DROP TRIGGER trial_guard ON provisioning_subscription;
DROP FUNCTION provisioning_trial_guard();
"""
ENDS_ON = models.Case(
    models.When(status="trial", then=models.F("trial_ends_on")),
    models.When(status__in=["active", "suspended"], then=models.F("renews_on")),
    default=None,
    output_field=models.DateField(),
)
RUNNING = models.Q(ends_on__isnull=False)


def _index(name, *fields, include=None):
    index = models.Index(fields=[*fields, "ends_on", "id"], condition=RUNNING, include=include, name=name)
    return migrations.AddIndex("subscription", index)


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0005_forms_that_are_chased")]
    operations = [
        migrations.AddField("subscription", "backend_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("subscription", "backend_attempts", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "subscription", "backend_error", models.CharField(blank=True, default="", max_length=300)
        ),
        migrations.AddField(
            "subscription", "backend_location", models.CharField(blank=True, default="", max_length=400)
        ),
        migrations.AddField(
            "subscription",
            "ends_on",
            models.GeneratedField(
                db_persist=True, expression=ENDS_ON, output_field=models.DateField(null=True)
            ),
        ),
        _index("sub_ends_rese_0", "reseller", include=("reseller_from", "reseller_until")),
        _index("sub_ends_dist_0", "distributor", include=("distributor_from", "distributor_until")),
        _index("sub_ends_all_0"),
        migrations.RunSQL(TRIALS, NO_TRIALS),
    ]
