"""Whoever leaves a site, or the vendor, loses their keys for good: they do not come back to life when let in again."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION portal_end_keys_of_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
begin
    update identity_apikey set revoked_at = now()
    where user_id = new.user_id and site_id = new.site_id and revoked_at is null;
    return null;
end $$;
CREATE TRIGGER membership_end_keys AFTER UPDATE OF status ON identity_membership
    FOR EACH ROW WHEN (new.status = 'removed' and old.status <> 'removed')
    EXECUTE FUNCTION portal_end_keys_of_member();

CREATE FUNCTION portal_end_keys_of_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
begin
    update identity_apikey set revoked_at = now()
    where user_id = new.id and revoked_at is null and (not new.is_active or site_id is null);
    return null;
end $$;
CREATE TRIGGER user_end_keys AFTER UPDATE OF is_active, staff_roles ON identity_user
    FOR EACH ROW WHEN (
        (old.is_active and not new.is_active) or (new.staff_roles = '{}' and old.staff_roles <> '{}')
    )
    EXECUTE FUNCTION portal_end_keys_of_user();
REVOKE ALL ON FUNCTION portal_end_keys_of_member(), portal_end_keys_of_user() FROM PUBLIC;
"""
UNDO = """
DROP TRIGGER membership_end_keys ON identity_membership;
DROP TRIGGER user_end_keys ON identity_user;
DROP FUNCTION portal_end_keys_of_member();
DROP FUNCTION portal_end_keys_of_user();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_submission")]
    operations = [migrations.RunSQL(TRIGGERS, UNDO)]
