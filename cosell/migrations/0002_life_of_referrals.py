"""How referrals, the vendor's side and invitations go on; who joins the other side, and what stays.

The states are those of cosell/states.py; tests/cosell/referrals/test_states.py tries every pair of them as every role.
The errors are check violations (SQLSTATE 23514) and name the rule as their constraint.
"""

from django.db import migrations, models

# Persons make the moves of their own side; the portal lets what nobody answered expire, and may make every listed move
# (jobs and commands). So may a role that no actor works as (the owner, behind triggers and repairing data).
STATES = """
CREATE FUNCTION cosell_refuse(rule text, message text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION cosell_may_move(before text, after text, side text, who text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT before || ' > ' || after = ANY (ARRAY[
            'pending > received', 'pending > accepted', 'pending > declined', 'pending > expired',
            'received > accepted', 'received > declined', 'received > expired',
            'accepted > won', 'accepted > lost'])
        AND (who IN ('portal_system', 'portal_owner') OR who NOT LIKE 'portal\\_%'
            OR after <> 'expired' AND CASE side
                WHEN 'partner' THEN who IN ('portal_reseller', 'portal_distributor')
                WHEN 'vendor' THEN who = 'portal_staff'
            END)
$$;

-- As identity.models.public_id makes them.
CREATE FUNCTION cosell_public_id() RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
    SELECT string_agg(substr('23456789abcdefghjkmnpqrstuvwxyz', 1 + get_byte(random, place) % 31, 1), '')
    FROM (SELECT uuid_send(gen_random_uuid()) AS random) AS drawn,
        unnest(ARRAY[0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14]) AS place
$$;

-- The state of a deal, which stays so until the transaction ends: nobody adds to what is being closed.
-- It reads as the owner, since whoever writes a part need not be allowed to change the deal. A partner is answered about
-- its own deals, and those of an engagement that it is part of: where it answers an invitation.
CREATE FUNCTION cosell_status_held(referral bigint) RETURNS text
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT deal.status FROM cosell_referral deal
    WHERE deal.id = referral AND (nullif(current_setting('portal.site', true), '') IS NULL OR EXISTS (
        SELECT FROM cosell_referral own WHERE own.engagement = deal.engagement
            AND own.site_id = nullif(current_setting('portal.site', true), '')::bigint))
    FOR NO KEY UPDATE OF deal
$$;
CREATE FUNCTION cosell_vendor_side_held(vendor_side bigint, OUT status text, OUT accepted boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT status, accepted_at IS NOT NULL FROM cosell_vendorreferral WHERE id = vendor_side FOR NO KEY UPDATE
$$;
CREATE FUNCTION cosell_engagement_known(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM cosell_referral WHERE engagement = wanted)
$$;
REVOKE ALL ON FUNCTION cosell_status_held(bigint), cosell_vendor_side_held(bigint), cosell_engagement_known(text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cosell_status_held(bigint), cosell_engagement_known(text)
    TO portal_reseller, portal_distributor, portal_staff, portal_system;
GRANT EXECUTE ON FUNCTION cosell_vendor_side_held(bigint) TO portal_staff, portal_system;
-- Jobs see everything, but the tests evaluate the policies' conditions as the portal itself.
GRANT EXECUTE ON FUNCTION cosell_locations(text) TO portal_system;
"""
NO_STATES = """
DROP FUNCTION cosell_engagement_known(text), cosell_vendor_side_held(bigint), cosell_status_held(bigint),
    cosell_public_id(), cosell_may_move(text, text, text, text), cosell_refuse(text, text);
"""

REFERRALS = """
CREATE FUNCTION cosell_referral_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF current_user IN ('portal_reseller', 'portal_distributor') AND (NEW.origin, NEW.direction, NEW.inviter_name)
        IS DISTINCT FROM ('partner', 'outgoing', '') OR
        current_user = 'portal_staff' AND (NEW.origin, NEW.direction, NEW.substatus)
        IS DISTINCT FROM ('vendor', 'incoming', 'received') OR
        current_user IN ('portal_reseller', 'portal_distributor') AND NEW.substatus NOT IN ('pending', 'accepted') THEN
        PERFORM cosell_refuse('referral_begins', 'A deal of this kind does not begin so.');
    END IF;
    IF current_user IN ('portal_reseller', 'portal_distributor', 'portal_staff')
        AND cosell_engagement_known(NEW.engagement) THEN
        PERFORM cosell_refuse('referral_engagement', 'Nobody joins an engagement but by being invited.');
    END IF;
    -- Whoever is to answer is reminded three days before.
    IF NEW.substatus = 'received' AND NEW.remind_at IS NULL
        AND NEW.expires_at - interval '3 days' > NEW.updated_at THEN
        NEW.remind_at := NEW.expires_at - interval '3 days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referral_begins BEFORE INSERT ON cosell_referral
    FOR EACH ROW EXECUTE FUNCTION cosell_referral_begins();

CREATE FUNCTION cosell_referral_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM cosell_refuse('referral_kept', 'A deal is never deleted.');
    END IF;
    IF OLD.status = 'closed' THEN
        PERFORM cosell_refuse('referral_closed', 'A deal that is ' || OLD.substatus || ' is never changed.');
    END IF;
    IF NEW.substatus <> OLD.substatus
        AND cosell_may_move(OLD.substatus, NEW.substatus, 'partner', current_user) IS NOT TRUE THEN
        PERFORM cosell_refuse('referral_transition',
            current_user || ' may not move a deal from ' || OLD.substatus || ' to ' || NEW.substatus || '.');
    END IF;
    IF NEW.sharing <> OLD.sharing
        AND (OLD.sharing, NEW.sharing) NOT IN
            (('private', 'partner_led'), ('private', 'cosell'), ('partner_led', 'cosell')) THEN
        PERFORM cosell_refuse('referral_sharing', 'A deal is only ever shared further.');
    END IF;
    IF (NEW.id, NEW.public_id, NEW.engagement, NEW.site_id, NEW.site_name, NEW.site_number, NEW.location_id,
        NEW.location_name, NEW.direction, NEW.origin, NEW.inviter_name, NEW.recreated_from_id, NEW.created_by_name,
        NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.engagement, OLD.site_id, OLD.site_name, OLD.site_number, OLD.location_id,
        OLD.location_name, OLD.direction, OLD.origin, OLD.inviter_name, OLD.recreated_from_id, OLD.created_by_name,
        OLD.created_at) THEN
        PERFORM cosell_refuse('referral_identity', 'Whose a deal is, where it belongs and how it began never change.');
    END IF;
    IF NEW.expires_at IS DISTINCT FROM OLD.expires_at AND OLD.expires_at IS NOT NULL
        AND current_user IN ('portal_reseller', 'portal_distributor') THEN
        PERFORM cosell_refuse('referral_clock', 'Whoever is to answer does not set the time for it.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referral_guard BEFORE UPDATE OR DELETE ON cosell_referral
    FOR EACH ROW EXECUTE FUNCTION cosell_referral_guard();

-- The vendor is asked for help: when an active deal is, or becomes, co-sell. Once for each deal.
CREATE FUNCTION cosell_ask_vendor() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    until timestamptz := coalesce(NEW.vendor_answer_by, NEW.updated_at + interval '14 days');
BEGIN
    INSERT INTO cosell_vendorreferral (public_id, engagement, site_id, referral_id, direction, status, substatus,
        reason, created_at, expires_at, version)
    VALUES (cosell_public_id(), NEW.engagement, NEW.site_id, NEW.id, 'incoming', 'new', 'received',
        '', NEW.updated_at, until, 1)
    ON CONFLICT (referral_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER referral_asks_vendor AFTER INSERT OR UPDATE OF sharing, substatus ON cosell_referral
    FOR EACH ROW WHEN (NEW.sharing = 'cosell' AND NEW.substatus = 'accepted' AND NEW.origin <> 'vendor')
    EXECUTE FUNCTION cosell_ask_vendor();
"""
NO_REFERRALS = """
DROP TRIGGER referral_asks_vendor ON cosell_referral;
DROP TRIGGER referral_guard ON cosell_referral;
DROP TRIGGER referral_begins ON cosell_referral;
DROP FUNCTION cosell_ask_vendor(), cosell_referral_guard(), cosell_referral_begins();
"""

# What belongs to a deal: written by whoever sees it, while it is not closed. By the database, `team_user_ids` are the
# users on the team: the policies go by it (cosell/models/referrals.py).
PARTS = """
CREATE FUNCTION cosell_part_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    row record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.site_id, NEW.referral_id)
        IS DISTINCT FROM (OLD.id, OLD.site_id, OLD.referral_id) THEN
        PERFORM cosell_refuse('referral_identity', 'What belongs to a deal never belongs to another.');
    END IF;
    PERFORM FROM cosell_referral WHERE id = row.referral_id;  -- as whoever writes it
    IF NOT FOUND THEN
        PERFORM cosell_refuse('referral_unseen', 'Only whoever sees a deal adds to it.');
    END IF;
    IF cosell_status_held(row.referral_id) = 'closed' THEN
        PERFORM cosell_refuse('referral_closed', 'What belongs to a closed deal is never changed.');
    END IF;
    RETURN row;
END $$;
CREATE TRIGGER team_member_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_teammember
    FOR EACH ROW EXECUTE FUNCTION cosell_part_guard();
CREATE TRIGGER referral_solution_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_referralsolution
    FOR EACH ROW EXECUTE FUNCTION cosell_part_guard();

CREATE FUNCTION cosell_team_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_deal bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.referral_id ELSE NEW.referral_id END;
    users bigint[] := ARRAY(
        SELECT DISTINCT m.user_id FROM cosell_teammember t JOIN identity_membership m ON m.id = t.membership_id
        WHERE t.referral_id = of_deal ORDER BY m.user_id);
BEGIN
    UPDATE cosell_referral SET team_user_ids = users WHERE id = of_deal AND team_user_ids <> users;
    RETURN NULL;
END $$;
CREATE TRIGGER team_changed AFTER INSERT OR DELETE OR UPDATE OF membership_id ON cosell_teammember
    FOR EACH ROW EXECUTE FUNCTION cosell_team_changed();
"""
NO_PARTS = """
DROP TRIGGER team_changed ON cosell_teammember;
DROP TRIGGER referral_solution_guard ON cosell_referralsolution;
DROP TRIGGER team_member_guard ON cosell_teammember;
DROP FUNCTION cosell_team_changed(), cosell_part_guard();
"""

VENDOR = """
CREATE FUNCTION cosell_vendor_side_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    deal record;
BEGIN
    SELECT engagement, origin, sharing INTO deal FROM cosell_referral WHERE id = NEW.referral_id;
    IF NOT FOUND OR deal.engagement <> NEW.engagement OR deal.sharing <> 'cosell' THEN
        PERFORM cosell_refuse('vendor_referral_engagement', 'The vendor''s side belongs to a co-sell deal.');
    END IF;
    IF current_user = 'portal_staff' AND (deal.origin, NEW.direction, NEW.substatus)
        IS DISTINCT FROM ('vendor', 'outgoing', 'accepted') THEN
        PERFORM cosell_refuse('vendor_referral_begins', 'Staff begin the vendor''s side of what they send alone.');
    END IF;
    IF NEW.substatus = 'received' AND NEW.remind_at IS NULL
        AND NEW.expires_at - interval '3 days' > NEW.created_at THEN
        NEW.remind_at := NEW.expires_at - interval '3 days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vendor_side_begins BEFORE INSERT ON cosell_vendorreferral
    FOR EACH ROW EXECUTE FUNCTION cosell_vendor_side_begins();

CREATE FUNCTION cosell_vendor_side_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM cosell_refuse('vendor_referral_kept', 'The vendor''s side of a deal is never deleted.');
    END IF;
    IF OLD.status = 'closed' THEN
        PERFORM cosell_refuse('vendor_referral_closed',
            'The vendor''s side that is ' || OLD.substatus || ' is never changed.');
    END IF;
    IF NEW.substatus <> OLD.substatus
        AND cosell_may_move(OLD.substatus, NEW.substatus, 'vendor', current_user) IS NOT TRUE THEN
        PERFORM cosell_refuse('vendor_referral_transition', current_user ||
            ' may not move the vendor''s side from ' || OLD.substatus || ' to ' || NEW.substatus || '.');
    END IF;
    IF (NEW.id, NEW.public_id, NEW.engagement, NEW.site_id, NEW.referral_id, NEW.direction, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.engagement, OLD.site_id, OLD.referral_id, OLD.direction, OLD.created_at) THEN
        PERFORM cosell_refuse('vendor_referral_identity', 'Of which deal the vendor''s side is never changes.');
    END IF;
    IF NEW.expires_at IS DISTINCT FROM OLD.expires_at AND current_user = 'portal_staff' THEN
        PERFORM cosell_refuse('vendor_referral_clock', 'Whoever is to answer does not set the time for it.');
    END IF;
    IF NEW.substatus = 'accepted' AND NEW.accepted_at IS NULL THEN
        PERFORM cosell_refuse('vendor_referral_accepted_at', 'What is accepted says since when.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vendor_side_guard BEFORE UPDATE OR DELETE ON cosell_vendorreferral
    FOR EACH ROW EXECUTE FUNCTION cosell_vendor_side_guard();

-- The partner sees the seller once the vendor has accepted, and from then on.
CREATE FUNCTION cosell_seller_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    row record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    side record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM cosell_refuse('seller_kept', 'A seller is replaced, not deleted.');
    END IF;
    SELECT * INTO side FROM cosell_vendor_side_held(row.vendor_referral_id);
    IF side.status = 'closed' THEN
        PERFORM cosell_refuse('vendor_referral_closed', 'The seller of a closed deal is never changed.');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.site_id, NEW.vendor_referral_id)
        IS DISTINCT FROM (OLD.id, OLD.site_id, OLD.vendor_referral_id) THEN
        PERFORM cosell_refuse('vendor_referral_identity', 'Of which deal somebody is the seller never changes.');
    END IF;
    NEW.shown := coalesce(side.accepted, false);
    RETURN NEW;
END $$;
CREATE TRIGGER seller_guard BEFORE INSERT OR UPDATE OR DELETE ON cosell_seller
    FOR EACH ROW EXECUTE FUNCTION cosell_seller_guard();

CREATE FUNCTION cosell_show_seller() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE cosell_seller SET shown = true WHERE vendor_referral_id = NEW.id AND NOT shown;
    RETURN NULL;
END $$;
CREATE TRIGGER vendor_accepted AFTER UPDATE OF substatus ON cosell_vendorreferral
    FOR EACH ROW WHEN (NEW.substatus = 'accepted') EXECUTE FUNCTION cosell_show_seller();
"""
NO_VENDOR = """
DROP TRIGGER vendor_accepted ON cosell_vendorreferral;
DROP TRIGGER seller_guard ON cosell_seller;
DROP TRIGGER vendor_side_guard ON cosell_vendorreferral;
DROP TRIGGER vendor_side_begins ON cosell_vendorreferral;
DROP FUNCTION cosell_show_seller(), cosell_seller_guard(), cosell_vendor_side_guard(), cosell_vendor_side_begins();
"""

INVITATIONS = """
-- The name of a partner with this open location. The inviter knows both from the partner's public profile.
CREATE FUNCTION cosell_name_of_place(site bigint, place bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.name FROM identity_site s JOIN cosell_location l ON l.site_id = s.id
    WHERE s.id = site AND l.id = place AND l.closed_at IS NULL
$$;
REVOKE ALL ON FUNCTION cosell_name_of_place(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cosell_name_of_place(bigint, bigint) TO portal_reseller, portal_distributor, portal_system;

CREATE FUNCTION cosell_invitation_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    deal record;
BEGIN
    SELECT * INTO deal FROM cosell_referral WHERE id = NEW.referral_id;  -- as whoever invites
    IF NOT FOUND THEN
        PERFORM cosell_refuse('referral_unseen', 'Only whoever sees a deal adds to it.');
    END IF;
    IF cosell_status_held(NEW.referral_id) <> 'active' THEN
        PERFORM cosell_refuse('invitation_while_active', 'Partners are invited into active deals.');
    END IF;
    IF NOT deal.consent_share THEN
        PERFORM cosell_refuse('invitation_by_consent', 'The customer has not agreed that the deal is shared.');
    END IF;
    NEW.invited_name := cosell_name_of_place(NEW.invited_site_id, NEW.invited_location_id);
    IF NEW.invited_name IS NULL THEN
        PERFORM cosell_refuse('invitation_of_place', 'The partner has no such open location.');
    END IF;
    NEW.engagement := deal.engagement;
    NEW.site_name := deal.site_name;
    NEW.sharing := deal.sharing;
    NEW.status := 'new';
    NEW.substatus := 'received';
    RETURN NEW;
END $$;
CREATE TRIGGER invitation_begins BEFORE INSERT ON cosell_invitation
    FOR EACH ROW EXECUTE FUNCTION cosell_invitation_begins();

CREATE FUNCTION cosell_invitation_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM cosell_refuse('invitation_kept', 'An invitation is never deleted.');
    END IF;
    IF to_jsonb(NEW) - ARRAY['status', 'substatus', 'sharing']
        <> to_jsonb(OLD) - ARRAY['status', 'substatus', 'sharing'] THEN
        PERFORM cosell_refuse('invitation_identity', 'Who invites whom into what never changes.');
    END IF;
    IF NEW.substatus <> OLD.substatus
        AND cosell_may_move(OLD.substatus, NEW.substatus, 'partner', current_user) IS NOT TRUE THEN
        PERFORM cosell_refuse('invitation_transition',
            'An invitation does not go from ' || OLD.substatus || ' to ' || NEW.substatus || '.');
    END IF;
    IF cosell_status_held(OLD.referral_id) = 'closed' THEN
        PERFORM cosell_refuse('referral_closed', 'What belongs to a closed deal is never changed.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invitation_guard BEFORE UPDATE OR DELETE ON cosell_invitation
    FOR EACH ROW EXECUTE FUNCTION cosell_invitation_guard();

-- The invited partner's own deal: a copy of what the customer agreed to share, without what the inviter noted.
-- The vendor sees it where it sees the inviter's; for help, the invited partner asks itself.
CREATE FUNCTION cosell_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO cosell_referral (public_id, engagement, site_id, site_name, site_number, location_id, location_name,
        direction, origin, inviter_name, sharing, status, substatus, stage, name, customer_id, customer_name,
        customer_size, address_line1, address_line2, city, state, postal_code, country, duns, contact_first_name,
        contact_last_name, contact_title, contact_phone, contact_email, value, currency, close_on, crm_id, campaign_id,
        notes, help_type, vendor_notes, consent_share, consent_contact, consent_sellers, team_user_ids, reason,
        reason_text, created_by_name, created_at, updated_at, expires_at, version)
    SELECT cosell_public_id(), r.engagement, s.id, s.name, s.number, l.id, l.name,
        'incoming', 'invited', r.site_name, CASE r.sharing WHEN 'private' THEN 'private' ELSE 'partner_led' END, 'new',
        'received', 'qualified', r.name, r.customer_id, r.customer_name,
        r.customer_size, r.address_line1, r.address_line2, r.city, r.state, r.postal_code, r.country, r.duns,
        CASE WHEN r.consent_contact THEN r.contact_first_name ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_last_name ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_title ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_phone ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_email ELSE '' END,
        r.value, r.currency, r.close_on, '', '',
        '', '', '', r.consent_share, r.consent_contact, r.consent_sellers, '{}', '',
        '', NEW.invited_by_name, NEW.created_at, NEW.created_at, NEW.expires_at, 1
    FROM cosell_referral r, identity_site s, cosell_location l
    WHERE r.id = NEW.referral_id AND s.id = NEW.invited_site_id AND l.id = NEW.invited_location_id;
    RETURN NULL;
END $$;
CREATE TRIGGER invitation_reaches AFTER INSERT ON cosell_invitation
    FOR EACH ROW EXECUTE FUNCTION cosell_invite();

-- Of the invited partner's deal its state comes back, and nothing else; as long as the inviter's own is not closed.
CREATE FUNCTION cosell_answer_invitation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    invited record;
BEGIN
    SELECT id, referral_id INTO invited FROM cosell_invitation
        WHERE engagement = NEW.engagement AND invited_site_id = NEW.site_id;
    IF FOUND AND cosell_status_held(invited.referral_id) <> 'closed' THEN
        UPDATE cosell_invitation SET status = NEW.status, substatus = NEW.substatus WHERE id = invited.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invited_answers AFTER UPDATE OF substatus ON cosell_referral
    FOR EACH ROW WHEN (NEW.origin = 'invited' AND NEW.substatus <> OLD.substatus)
    EXECUTE FUNCTION cosell_answer_invitation();
"""
NO_INVITATIONS = """
DROP TRIGGER invited_answers ON cosell_referral;
DROP TRIGGER invitation_reaches ON cosell_invitation;
DROP TRIGGER invitation_guard ON cosell_invitation;
DROP TRIGGER invitation_begins ON cosell_invitation;
DROP FUNCTION cosell_answer_invitation(), cosell_invite(), cosell_invitation_guard(), cosell_invitation_begins(),
    cosell_name_of_place(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("cosell", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="vendor_answer_by",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(fields=("recreated_from",), name="referral_recreated_once"),
        ),
        migrations.AddConstraint(
            model_name="vendorreferral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason", ""),
                    models.Q(
                        ("substatus", "declined"),
                        models.Q(("value_usd__isnull", True), ("value_usd__gte", 2500000), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="vendor_referral_reason_shown",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorreferral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("substatus", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    ("value_usd__isnull", True),
                    ("value_usd__lt", 2500000),
                    _connector="OR",
                ),
                name="vendor_referral_declined_for_a_reason",
            ),
        ),
        migrations.RunSQL(STATES, NO_STATES),
        migrations.RunSQL(REFERRALS, NO_REFERRALS),
        migrations.RunSQL(PARTS, NO_PARTS),
        migrations.RunSQL(VENDOR, NO_VENDOR),
        migrations.RunSQL(INVITATIONS, NO_INVITATIONS),
    ]
