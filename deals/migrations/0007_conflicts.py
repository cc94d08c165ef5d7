"""Whether a deal conflicts with another partner's: the one function that answers, and the rule of approvals.

`deals_verdict` belongs to the tables' owner, since a partner may not see what it compares with. It tells the verdict
and the rule that matched, and counts and remembers who asked what: deals/README.md has the rules in prose.
"""

from django.db import migrations, models

# In the order of states.MatchRule, the surest first.
RULES = "ARRAY['customer', 'tax_id', 'domain', 'name', 'similar']"

VERDICT = f"""
-- `manner` is look (only what was answered already), ask (and remember), or hand_in (answer anew, and remember).
CREATE FUNCTION deals_verdict(
    asked bigint, tax text, domain text, bones text, moment timestamptz, a_day int, keeps_place_days int,
    manner text
) RETURNS TABLE (verdict text, rule text, own_deal text, asked_at timestamptz, again_at timestamptz, questions_left int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here bigint := nullif(current_setting('portal.site', true), '')::bigint;
    person bigint := nullif(current_setting('portal.user', true), '')::bigint;
    since timestamptz := moment - interval '24 hours';
    this deals_deal;
    lines text[];
    asks text;  -- what is asked, as one word
    told deals_verdictasked;
    questions int;
    rival int;
    own int;
    own_found text;
BEGIN
    SELECT * INTO this FROM deals_deal d WHERE d.id = asked AND d.site_id = here AND d.status IN ('draft', 'returned');
    IF NOT FOUND THEN
        PERFORM deals_refuse('deal_verdict', 'A partner asks about its own draft or returned deal.');
    END IF;
    IF manner <> 'look' THEN  -- one question of a site at a time, so that they are counted
        PERFORM pg_advisory_xact_lock(hashtextextended('deals verdicts ' || here, 0));
    END IF;
    SELECT coalesce(array_agg(DISTINCT p.line ORDER BY p.line), '{{}}') INTO lines
        FROM deals_dealproduct p WHERE p.deal_id = asked;
    asks := encode(sha256(convert_to(jsonb_build_array(
        asked, this.search_name, this.customer_country, tax, domain, bones, lines)::text, 'UTF8')), 'hex');

    SELECT * INTO told FROM deals_verdictasked v
        WHERE v.site_id = here AND v.question = asks AND v.at > since AND v.verdict <> ''
        ORDER BY v.at DESC, v.id DESC LIMIT 1;
    SELECT count(DISTINCT v.question) INTO questions FROM deals_verdictasked v
        WHERE v.site_id = here AND v.at > since AND v.verdict <> '';
    IF told.id IS NULL AND manner = 'look' THEN
        RETURN;
    END IF;
    IF told.id IS NULL AND questions >= a_day THEN
        INSERT INTO deals_verdictasked (site_id, user_id, deal_public_id, customer_id, at, verdict, rule, question)
        SELECT here, person, this.public_id, coalesce(this.customer_id, 0), moment, '', '', asks
        WHERE NOT EXISTS (SELECT FROM deals_verdictasked v
            WHERE v.site_id = here AND v.question = asks AND v.at > since AND v.verdict = '');
        RETURN QUERY
        SELECT '', '', '', moment,
            (SELECT max(v.at) + interval '24 hours' FROM deals_verdictasked v
             WHERE v.site_id = here AND v.at > since AND v.verdict <> ''
             GROUP BY v.question ORDER BY max(v.at) OFFSET questions - a_day LIMIT 1),
            0;
        RETURN;
    END IF;

    -- Everything is looked at whatever is found: that there is a conflict does not take longer to find out.
    WITH alike AS MATERIALIZED (
        SELECT found.id, min(found.strength) AS strength FROM (
            SELECT this.customer_id AS id, 1 AS strength
            UNION ALL
            -- what the partner typed, of a customer whom the directory may not know
            SELECT a.customer_id, array_position({RULES}, a.rule)
            FROM customers_alike_to(this.search_name, this.customer_country, bones, tax, domain) a
            UNION ALL
            -- and what the directory knows of a chosen one, where that is something else
            SELECT a.customer_id, array_position({RULES}, a.rule)
            FROM customers_customer c, customers_alike(c.id) a
            WHERE c.id = this.customer_id AND (c.search_name, c.country, c.skeleton, c.tax_key, c.domain_key)
                IS DISTINCT FROM (this.search_name, this.customer_country, bones, tax, domain)
        ) found WHERE found.id IS NOT NULL GROUP BY found.id
    ), live AS MATERIALIZED (
        SELECT d.site_id = here AS own, alike.strength, d.public_id, d.listed_at
        FROM alike JOIN deals_deal d ON d.customer_id = alike.id
        WHERE d.status IN ('submitted', 'under_review', 'returned', 'approved') AND d.id <> asked
          -- a returned deal keeps others out only as long as it keeps its place
          AND (d.status <> 'returned' OR d.decided_at > moment - make_interval(days => keeps_place_days))
          AND EXISTS (SELECT FROM deals_dealproduct p WHERE p.deal_id = d.id AND p.line = ANY (lines))
    )
    SELECT min(strength) FILTER (WHERE NOT live.own), min(strength) FILTER (WHERE live.own),
        coalesce((array_agg(live.public_id ORDER BY strength, listed_at DESC) FILTER (WHERE live.own))[1], '')
        INTO rival, own, own_found FROM live;

    IF told.id IS NULL OR manner = 'hand_in' THEN
        INSERT INTO deals_verdictasked (site_id, user_id, deal_public_id, customer_id, at, verdict, rule, question)
        VALUES (here, person, this.public_id, coalesce(this.customer_id, 0), moment,
            CASE WHEN rival IS NOT NULL THEN 'likely' WHEN own IS NOT NULL THEN 'own' ELSE 'clear' END,
            coalesce(({RULES})[coalesce(rival, own)], ''), asks)
        RETURNING * INTO told;
        questions := (SELECT count(DISTINCT v.question) FROM deals_verdictasked v
            WHERE v.site_id = here AND v.at > since AND v.verdict <> '');
    END IF;
    RETURN QUERY SELECT told.verdict::text, told.rule::text, own_found, told.at, NULL::timestamptz,
        greatest(a_day - questions, 0);
END $$;
REVOKE ALL ON FUNCTION deals_verdict(bigint, text, text, text, timestamptz, int, int, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deals_verdict(bigint, text, text, text, timestamptz, int, int, text) TO portal_reseller;
"""  # noqa: S608 - made of our own constants
NO_VERDICT = "DROP FUNCTION deals_verdict(bigint, text, text, text, timestamptz, int, int, text);"

# The lock is that of deals/conflicts.py: whoever decides second sees what the first decided.
OVERLAP = """
CREATE FUNCTION deals_overlap_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('deals customer ' || NEW.customer_id, 0));
    IF EXISTS (
        SELECT FROM deals_deal o
        JOIN deals_dealproduct theirs ON theirs.deal_id = o.id
        JOIN deals_dealproduct mine ON mine.line = theirs.line
        WHERE o.customer_id = NEW.customer_id AND o.status = 'approved' AND o.site_id <> NEW.site_id
          AND mine.deal_id = NEW.id
    ) THEN
        PERFORM deals_refuse('deal_conflict',
            'The same product line is approved for another partner at this customer.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deal_overlap BEFORE UPDATE OF status ON deals_deal
    FOR EACH ROW WHEN (NEW.status = 'approved' AND OLD.status <> 'approved')
    EXECUTE FUNCTION deals_overlap_guard();
"""
NO_OVERLAP = """
DROP TRIGGER deal_overlap ON deals_deal;
DROP FUNCTION deals_overlap_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_alike_with_a_letter_amiss"),
        ("deals", "0006_who_made_the_rules"),
    ]
    operations = [
        migrations.AddField(
            "verdictasked", "question", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.RunSQL(VERDICT, NO_VERDICT),
        migrations.RunSQL(OVERLAP, NO_OVERLAP),
    ]
