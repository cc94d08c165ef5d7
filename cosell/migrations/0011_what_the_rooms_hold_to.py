"""What the rooms of co-selling hold to besides: places of registrations and of public profiles, reasons, words."""

from django.db import migrations, models

# A registration is seen by who administers its location; so nobody may put it at another than its deal's.
PLACE_OF_REGISTRATION = """
CREATE FUNCTION cosell_registration_place() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM cosell_referral r WHERE r.id = NEW.referral_id AND r.location_id = NEW.location_id) THEN
        RAISE EXCEPTION 'A registration is at the location of its deal.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'registration_of_its_deal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registration_place BEFORE INSERT ON cosell_wonregistration
    FOR EACH ROW EXECUTE FUNCTION cosell_registration_place();
"""
NO_PLACE_OF_REGISTRATION = """
DROP TRIGGER registration_place ON cosell_wonregistration;
DROP FUNCTION cosell_registration_place();
"""

# As of the profile itself (0005): of its places those become public that were handed in, in their order.
PUBLIC_PLACES = """
CREATE FUNCTION cosell_published_location_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM cosell_profilelocation l JOIN cosell_profile p ON p.id = l.profile_id
        WHERE l.profile_id = NEW.profile_id AND l.location_id = NEW.location_id AND l.position = NEW.position
        AND p.state = 'waiting';
    IF NOT FOUND THEN
        PERFORM cosell_refuse_profile('published_as_handed_in', 'Only what waits to go live becomes public.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_location_guard BEFORE INSERT OR UPDATE ON cosell_publishedlocation
    FOR EACH ROW EXECUTE FUNCTION cosell_published_location_guard();
"""
NO_PUBLIC_PLACES = """
DROP TRIGGER published_location_guard ON cosell_publishedlocation;
DROP FUNCTION cosell_published_location_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("cosell", "0010_invitations_of_their_own")]

    operations = [
        migrations.AddConstraint(
            model_name="wonregistration",
            constraint=models.CheckConstraint(
                condition=~models.Q(status="closed", by_vendor=True) | ~models.Q(note=""),
                name="registration_closed_with_reason",
            ),
        ),
        migrations.AlterField(
            model_name="notesdraft",
            name="feeling",
            field=models.CharField(
                blank=True, choices=[("good", "Of use"), ("bad", "Of no use")], default="", max_length=4
            ),
        ),
        migrations.RunSQL(PLACE_OF_REGISTRATION, NO_PLACE_OF_REGISTRATION),
        migrations.RunSQL(PUBLIC_PLACES, NO_PUBLIC_PLACES),
    ]
