"""What solutions hold to, and roles by location."""

from django.db import migrations

# A scope narrows a role that its holder has. Without its role it goes, whoever takes the role away and however: else
# the same role, given again, would quietly hold at places that nobody thinks of any more.
SCOPES = """
CREATE FUNCTION cosell_scopes_go_with_roles() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM cosell_rolescope
        WHERE membership_id = NEW.id AND (NEW.status <> 'active' OR role <> ALL (NEW.roles));
    RETURN NULL;
END $$;
CREATE TRIGGER cosell_scopes_go_with_roles AFTER UPDATE OF roles, status ON identity_membership
    FOR EACH ROW WHEN (OLD.roles IS DISTINCT FROM NEW.roles OR OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION cosell_scopes_go_with_roles();

-- Nobody changes where their own roles hold: without its last scope, a role would hold company-wide.
CREATE FUNCTION cosell_scope_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    held record;
BEGIN
    SELECT user_id, roles, status INTO held FROM identity_membership
        WHERE id = coalesce(NEW.membership_id, OLD.membership_id);
    IF current_user IN ('portal_reseller', 'portal_distributor')
        AND held.user_id = nullif(current_setting('portal.user', true), '')::bigint THEN
        RAISE EXCEPTION 'Nobody changes where their own roles hold.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'role_scope_of_others';
    END IF;
    IF TG_OP <> 'DELETE' AND (held.status <> 'active' OR NEW.role <> ALL (held.roles)) THEN
        RAISE EXCEPTION 'A role that is not held holds nowhere.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'role_scope_of_held_role';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER role_scope_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_rolescope
    FOR EACH ROW EXECUTE FUNCTION cosell_scope_guard();
"""
NO_SCOPES = """
DROP TRIGGER role_scope_guard ON cosell_rolescope;
DROP FUNCTION cosell_scope_guard();
DROP TRIGGER cosell_scopes_go_with_roles ON identity_membership;
DROP FUNCTION cosell_scopes_go_with_roles();
"""

LOCATIONS = """
CREATE FUNCTION cosell_location_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A location is closed, and never deleted.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'location_kept';
    END IF;
    IF (NEW.id, NEW.public_id, NEW.site_id) IS DISTINCT FROM (OLD.id, OLD.public_id, OLD.site_id) THEN
        RAISE EXCEPTION 'A location stays with its site.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'location_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER location_guard BEFORE UPDATE OR DELETE ON cosell_location
    FOR EACH ROW EXECUTE FUNCTION cosell_location_guard();

-- How many deals of one's own site's location are not closed: whoever closes it need not see the deals themselves.
CREATE FUNCTION cosell_open_deals(location bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM cosell_referral
    WHERE location_id = location AND status <> 'closed'
      AND site_id = nullif(current_setting('portal.site', true), '')::bigint
$$;
REVOKE ALL ON FUNCTION cosell_open_deals(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cosell_open_deals(bigint) TO portal_reseller, portal_distributor;
"""
NO_LOCATIONS = """
DROP FUNCTION cosell_open_deals(bigint);
DROP TRIGGER location_guard ON cosell_location;
DROP FUNCTION cosell_location_guard();
"""

# Partners write and publish, and ask for readiness; the vendor gives it and takes it, and says for which incentive.
SOLUTIONS = """
CREATE FUNCTION cosell_solution_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    partner CONSTANT boolean := current_user IN ('portal_reseller', 'portal_distributor');
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF partner AND (NEW.incentive, NEW.ready_at) IS DISTINCT FROM ('', NULL::timestamptz) THEN
            RAISE EXCEPTION 'The vendor says for which incentive a solution is eligible.'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_incentive_by_vendor';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A solution is retired, and never deleted.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_kept';
    END IF;
    IF (NEW.id, NEW.public_id, NEW.site_id, NEW.created_at) IS DISTINCT FROM
       (OLD.id, OLD.public_id, OLD.site_id, OLD.created_at) THEN
        RAISE EXCEPTION 'A solution stays with its site.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_kept';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status || ' ' || NEW.status) NOT IN (
        'draft published', 'draft retired', 'published retired', 'retired draft'
    ) THEN
        RAISE EXCEPTION 'A solution goes from % to % by no rule.', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_goes_on';
    END IF;
    IF NEW.status = 'retired' AND NEW.readiness <> 'not_ready' THEN
        RAISE EXCEPTION 'What is retired is not sold together with the vendor.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_retired_not_ready';
    END IF;
    IF NEW.readiness <> OLD.readiness AND (OLD.readiness || ' ' || NEW.readiness) NOT IN (
        'not_ready asked', 'asked not_ready', 'asked ready', 'ready not_ready', 'ready asked'
    ) THEN
        RAISE EXCEPTION 'Readiness goes from % to % by no rule.', OLD.readiness, NEW.readiness
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_readiness_goes_on';
    END IF;
    IF NEW.readiness <> OLD.readiness AND (partner AND NEW.readiness = 'ready'
        OR current_user = 'portal_staff' AND NEW.readiness = 'asked') THEN
        RAISE EXCEPTION 'The partner asks for readiness, and the vendor gives it.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_readiness_by_vendor';
    END IF;
    IF partner AND (NEW.incentive, NEW.ready_at) IS DISTINCT FROM (OLD.incentive, OLD.ready_at) THEN
        RAISE EXCEPTION 'The vendor says for which incentive a solution is eligible.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_incentive_by_vendor';
    END IF;
    IF NEW.readiness = 'ready' AND OLD.readiness = 'ready' AND
       (NEW.name, NEW.kind, NEW.description, NEW.customer_value) IS DISTINCT FROM
       (OLD.name, OLD.kind, OLD.description, OLD.customer_value) THEN
        RAISE EXCEPTION 'What the vendor agreed to is looked at again when it changes.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'solution_ready_as_it_was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER solution_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_solution
    FOR EACH ROW EXECUTE FUNCTION cosell_solution_guard();
"""
NO_SOLUTIONS = """
DROP TRIGGER solution_guard ON cosell_solution;
DROP FUNCTION cosell_solution_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cosell", "0002_life_of_referrals"),
        ("identity", "0010_orders_of_reports"),  # for the trigger on memberships
    ]

    operations = [
        migrations.RunSQL(SCOPES, NO_SCOPES),
        migrations.RunSQL(LOCATIONS, NO_LOCATIONS),
        migrations.RunSQL(SOLUTIONS, NO_SOLUTIONS),
    ]
