"""What the database itself holds to: decided requests never change, and the two rows of a request agree.

And four look-ups that no role may make by reading the tables: each answers about one thing that the caller knows
already (an address typed, a secret from a mail, oneself).
"""

from django.db import migrations

# Whoever decides may not write the applicant's row, nor the applicant the case: each side's change is carried over.
# The actions lock by the request's id first (accounts.actions.lock_request), so the two never wait for each other.
TRIGGERS = """
CREATE FUNCTION accounts_closed_for_good() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'What is % is never changed.', OLD.status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'access_closed_for_good';
END $$;
CREATE TRIGGER access_request_closed BEFORE UPDATE ON accounts_accessrequest
    FOR EACH ROW WHEN (OLD.status <> 'waiting') EXECUTE FUNCTION accounts_closed_for_good();
CREATE TRIGGER access_case_closed BEFORE UPDATE ON accounts_accesscase
    FOR EACH ROW WHEN (OLD.status <> 'waiting') EXECUTE FUNCTION accounts_closed_for_good();
CREATE TRIGGER invitation_closed BEFORE UPDATE ON accounts_invitation
    FOR EACH ROW WHEN (OLD.status <> 'open') EXECUTE FUNCTION accounts_closed_for_good();

CREATE FUNCTION accounts_bring_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE accounts_accessrequest
    SET status = NEW.status, closed_at = NEW.closed_at, reject_code = NEW.reject_code,
        decision_text = NEW.decision_text
    WHERE id = NEW.request_id AND status = 'waiting';
    RETURN NULL;
END $$;
CREATE TRIGGER access_case_decided AFTER UPDATE OF status ON accounts_accesscase
    FOR EACH ROW WHEN (OLD.status = 'waiting' AND NEW.status IN ('approved', 'rejected'))
    EXECUTE FUNCTION accounts_bring_decision();

CREATE FUNCTION accounts_bring_withdrawal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE accounts_accesscase SET status = 'withdrawn', closed_at = NEW.closed_at
    WHERE request_id = NEW.id AND status = 'waiting';
    RETURN NULL;
END $$;
CREATE TRIGGER access_request_withdrawn AFTER UPDATE OF status ON accounts_accessrequest
    FOR EACH ROW WHEN (OLD.status = 'waiting' AND NEW.status = 'withdrawn')
    EXECUTE FUNCTION accounts_bring_withdrawal();

REVOKE ALL ON FUNCTION accounts_closed_for_good(), accounts_bring_decision(), accounts_bring_withdrawal() FROM PUBLIC;
"""
NO_TRIGGERS = """
DROP TRIGGER access_request_withdrawn ON accounts_accessrequest;
DROP TRIGGER access_case_decided ON accounts_accesscase;
DROP TRIGGER invitation_closed ON accounts_invitation;
DROP TRIGGER access_case_closed ON accounts_accesscase;
DROP TRIGGER access_request_closed ON accounts_accessrequest;
DROP FUNCTION accounts_bring_withdrawal();
DROP FUNCTION accounts_bring_decision();
DROP FUNCTION accounts_closed_for_good();
"""

LOOKUPS = """
-- Whose vendor ID a confirmed address opens: for adding somebody to a site by the address they are known by.
CREATE FUNCTION portal_person_by_address(address text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select u.id from account_emailaddress a join identity_user u on u.id = a.user_id
    where a.email = address and a.verified and u.is_active and u.staff_roles = '{}'
$$;
-- Is this address one of the caller's own, and confirmed?
CREATE FUNCTION portal_is_my_address(address text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select exists (
        select 1 from account_emailaddress
        where email = address and verified
          and user_id = (select nullif(current_setting('portal.user', true), '')::bigint)
    )
$$;
-- The invitation whose secret the caller knows, by its digest.
CREATE FUNCTION portal_invitation(secret_digest text)
RETURNS TABLE (
    public_id text, email text, status text, expires_at timestamptz, invited_by_name text,
    site_id bigint, site_name text, site_kind text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select i.public_id::text, i.email::text, i.status::text, i.expires_at, i.invited_by_name::text,
           t.id, t.name::text, t.kind::text
    from accounts_invitation i join identity_site t on t.id = i.site_id and t.is_active
    where i.digest = secret_digest
$$;
-- Has the caller set up an authenticator app or a passkey?
CREATE FUNCTION portal_has_second_factor() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    select exists (
        select 1 from mfa_authenticator
        where type in ('totp', 'webauthn')
          and user_id = (select nullif(current_setting('portal.user', true), '')::bigint)
    )
$$;
REVOKE ALL ON FUNCTION portal_person_by_address(text), portal_is_my_address(text), portal_invitation(text),
    portal_has_second_factor() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_person_by_address(text) TO portal_reseller, portal_distributor;
GRANT EXECUTE ON FUNCTION portal_is_my_address(text), portal_invitation(text)
    TO portal_anonymous, portal_reseller, portal_distributor, portal_staff;
GRANT EXECUTE ON FUNCTION portal_has_second_factor()
    TO portal_anonymous, portal_reseller, portal_distributor, portal_staff;
"""
NO_LOOKUPS = """
DROP FUNCTION portal_has_second_factor();
DROP FUNCTION portal_invitation(text);
DROP FUNCTION portal_is_my_address(text);
DROP FUNCTION portal_person_by_address(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS), migrations.RunSQL(LOOKUPS, NO_LOOKUPS)]
