"""Whoever is invited by several partners has a deal for each of them, and the vendor reads nothing of invitations.

Until now one deal was made for each partner in an engagement; who invited a partner that had one was told so, and so
learned who else works on it. Now an invitation always makes a deal, which says by which it was made.
"""

import django.db.models.deletion
from django.db import migrations, models

# Of each invited partner's deal by which invitation it was made. Who at the inviter sent it stands there: the vendor
# may read the deal itself. Closed deals are among them, which are otherwise never changed.
LINK = """
ALTER TABLE cosell_referral NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cosell_invitation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cosell_referral DISABLE TRIGGER USER;
UPDATE cosell_referral deal SET invitation_id = invitation.id, created_by_name = ''
    FROM cosell_invitation invitation
    WHERE deal.origin = 'invited' AND invitation.engagement = deal.engagement
        AND invitation.invited_site_id = deal.site_id;
SET CONSTRAINTS ALL IMMEDIATE;  -- no table is altered while a check of its rows is put off
ALTER TABLE cosell_referral ENABLE TRIGGER USER;
ALTER TABLE cosell_referral FORCE ROW LEVEL SECURITY;
ALTER TABLE cosell_invitation FORCE ROW LEVEL SECURITY;
"""

# What happened to a private deal, who was invited, and which customers wrote to a partner, is its partner's to read.
TRAIL = """
ALTER TABLE identity_auditevent NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cosell_referral NO FORCE ROW LEVEL SECURITY;
UPDATE identity_auditevent event SET private = true
    WHERE object_type = 'referral' AND (event.event = 'referral.invited' OR event.object_label = '' OR EXISTS (
        SELECT FROM cosell_referral WHERE public_id = event.object_id AND sharing = 'private'))
    OR object_type = 'lead' AND object_label = '';
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE cosell_referral FORCE ROW LEVEL SECURITY;
ALTER TABLE identity_auditevent FORCE ROW LEVEL SECURITY;
"""

# The policy by which the vendor read invitations stands on the column that goes; `migrate` writes them anew at its end.
SHARING_GOES = """
DROP POLICY IF EXISTS portal_staff_select_2 ON cosell_invitation;
ALTER TABLE cosell_invitation DROP CONSTRAINT invitation_of_referral;
"""
KEYS = """
ALTER TABLE cosell_invitation ADD CONSTRAINT invitation_of_referral
    FOREIGN KEY (site_id, referral_id) REFERENCES cosell_referral (site_id, id);
ALTER TABLE cosell_referral ADD CONSTRAINT referral_of_invitation
    FOREIGN KEY (invitation_id, site_id) REFERENCES cosell_invitation (id, invited_site_id);
"""

# As in 0002, with the invitation in place of the inviter's name; and who sees a deal is for its team alone to say.
REFERRALS = """
CREATE OR REPLACE FUNCTION cosell_referral_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF current_user IN ('portal_reseller', 'portal_distributor') AND (NEW.origin, NEW.direction)
        IS DISTINCT FROM ('partner', 'outgoing') OR
        current_user = 'portal_staff' AND (NEW.origin, NEW.direction, NEW.substatus)
        IS DISTINCT FROM ('vendor', 'incoming', 'received') OR
        current_user IN ('portal_reseller', 'portal_distributor') AND NEW.substatus NOT IN ('pending', 'accepted') OR
        current_user IN ('portal_reseller', 'portal_distributor', 'portal_staff') AND NEW.invitation_id IS NOT NULL THEN
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

CREATE OR REPLACE FUNCTION cosell_referral_guard() RETURNS trigger
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
        NEW.location_name, NEW.direction, NEW.origin, NEW.invitation_id, NEW.recreated_from_id, NEW.created_by_name,
        NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.engagement, OLD.site_id, OLD.site_name, OLD.site_number, OLD.location_id,
        OLD.location_name, OLD.direction, OLD.origin, OLD.invitation_id, OLD.recreated_from_id, OLD.created_by_name,
        OLD.created_at) THEN
        PERFORM cosell_refuse('referral_identity', 'Whose a deal is, where it belongs and how it began never change.');
    END IF;
    IF NEW.expires_at IS DISTINCT FROM OLD.expires_at AND OLD.expires_at IS NOT NULL
        AND current_user IN ('portal_reseller', 'portal_distributor') THEN
        PERFORM cosell_refuse('referral_clock', 'Whoever is to answer does not set the time for it.');
    END IF;
    IF NEW.team_user_ids <> OLD.team_user_ids AND current_user IN ('portal_reseller', 'portal_distributor') THEN
        PERFORM cosell_refuse('referral_team', 'Who sees a deal follows from who is on its team.');
    END IF;
    RETURN NEW;
END $$;
"""

# As in 0002; and the vendor does not take on what the partner closes at the same moment.
VENDOR = """
CREATE OR REPLACE FUNCTION cosell_vendor_side_guard() RETURNS trigger
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
    IF current_user = 'portal_staff' AND NEW.substatus = 'accepted' AND OLD.substatus <> 'accepted'
        AND cosell_status_held(NEW.referral_id) = 'closed' THEN
        PERFORM cosell_refuse('vendor_referral_partner_closed', 'The partner has closed the deal meanwhile.');
    END IF;
    RETURN NEW;
END $$;
"""

INVITATIONS = """
CREATE OR REPLACE FUNCTION cosell_invitation_begins() RETURNS trigger
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
    IF EXISTS (SELECT FROM cosell_invitation WHERE id = deal.invitation_id AND site_id = NEW.invited_site_id) THEN
        PERFORM cosell_refuse('invitation_once', 'Nobody is invited by whom they invited.');
    END IF;
    NEW.invited_name := cosell_name_of_place(NEW.invited_site_id, NEW.invited_location_id);
    IF NEW.invited_name IS NULL THEN
        PERFORM cosell_refuse('invitation_of_place', 'The partner has no such open location.');
    END IF;
    NEW.engagement := deal.engagement;
    NEW.site_name := deal.site_name;
    NEW.status := 'new';
    NEW.substatus := 'received';
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION cosell_invitation_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM cosell_refuse('invitation_kept', 'An invitation is never deleted.');
    END IF;
    IF to_jsonb(NEW) - ARRAY['status', 'substatus'] <> to_jsonb(OLD) - ARRAY['status', 'substatus'] THEN
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

-- The invited partner's own deal: a copy of what the customer agreed to share, without what the inviter noted.
-- The vendor sees it where it sees the inviter's; for help, the invited partner asks itself.
CREATE OR REPLACE FUNCTION cosell_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO cosell_referral (public_id, engagement, site_id, site_name, site_number, location_id, location_name,
        direction, origin, invitation_id, sharing, status, substatus, stage, name, customer_id, customer_name,
        customer_size, address_line1, address_line2, city, state, postal_code, country, duns, contact_first_name,
        contact_last_name, contact_title, contact_phone, contact_email, value, currency, close_on, crm_id, campaign_id,
        notes, help_type, vendor_notes, consent_share, consent_contact, consent_sellers, team_user_ids, reason,
        reason_text, created_by_name, created_at, updated_at, expires_at, version)
    SELECT cosell_public_id(), r.engagement, s.id, s.name, s.number, l.id, l.name,
        'incoming', 'invited', NEW.id, CASE r.sharing WHEN 'private' THEN 'private' ELSE 'partner_led' END, 'new',
        'received', 'qualified', r.name, r.customer_id, r.customer_name,
        r.customer_size, r.address_line1, r.address_line2, r.city, r.state, r.postal_code, r.country, r.duns,
        CASE WHEN r.consent_contact THEN r.contact_first_name ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_last_name ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_title ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_phone ELSE '' END,
        CASE WHEN r.consent_contact THEN r.contact_email ELSE '' END,
        r.value, r.currency, r.close_on, '', '',
        '', '', '', r.consent_share, r.consent_contact, r.consent_sellers, '{}', '',
        '', '', NEW.created_at, NEW.created_at, NEW.expires_at, 1
    FROM cosell_referral r, identity_site s, cosell_location l
    WHERE r.id = NEW.referral_id AND s.id = NEW.invited_site_id AND l.id = NEW.invited_location_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION cosell_answer_invitation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    invited record;
BEGIN
    SELECT id, referral_id INTO invited FROM cosell_invitation
        WHERE id = NEW.invitation_id;
    IF FOUND AND cosell_status_held(invited.referral_id) <> 'closed' THEN
        UPDATE cosell_invitation SET status = NEW.status, substatus = NEW.substatus WHERE id = invited.id;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cosell", "0009_bulk"), ("identity", "0011_what_a_site_keeps_to_itself")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="invitation",
            field=models.OneToOneField(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="made",
                to="cosell.invitation",
            ),
        ),
        migrations.RunSQL(LINK),
        migrations.RunSQL(TRAIL),
        migrations.RemoveField(model_name="referral", name="inviter_name"),
        migrations.RemoveConstraint(model_name="referral", name="referral_of_engagement_once"),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("invitation", None)),
                fields=("engagement", "site"),
                name="referral_of_engagement_once",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["engagement", "site"], name="referral_of_engagement"),
        ),
        migrations.RunSQL(SHARING_GOES),
        migrations.RemoveField(model_name="invitation", name="sharing"),
        migrations.RemoveConstraint(model_name="invitation", name="invitation_once"),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("engagement", "site", "invited_site"), name="invitation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("id", "invited_site"), name="invitation_of_invited_site"
            ),
        ),
        migrations.RunSQL(KEYS),
        migrations.RunSQL(REFERRALS),
        migrations.RunSQL(VENDOR),
        migrations.RunSQL(INVITATIONS),
    ]
