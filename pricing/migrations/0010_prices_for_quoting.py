"""Whoever may quote or order reads prices, though they see no price files. Otherwise the view is as it was (0006)."""

from django.db import migrations

SITE = "s.id = (select nullif(current_setting('portal.site', true), '')::bigint) and s.is_active"
LIST = f"""(select case
        when current_user = 'portal_staff' then 'all'
        when s.kind = 'distributor' then 'volume'
        when s.programme = 'express' then 'list'
        when s.price_level = 'ED' then 'academic'
        when s.price_level = 'GV' then 'government'
        else 'volume' end
    from (values (1)) one left join identity_site s on {SITE})"""
MAY = "(select string_to_array(current_setting('portal.may', true), ' ') && array[{}])"
BEFORE = "'price_file_view'"
NOW = f"{BEFORE}, 'quote_manage', 'order_place', 'guided_selling_use'"


def _of(lists: str, *columns: str) -> str:
    return "\n".join(
        f"    case when {LIST} in ('all', {lists}) then p.{column} end as {column}," for column in columns
    )


def _offer(readers: str) -> str:
    return f"""
CREATE OR REPLACE VIEW pricing_offer WITH (security_barrier) AS
SELECT p.edition_id, p.part_id, e.book_id, e.effective_on,
    p.srp, p.svp_bl,
{_of("'volume'", "svp_d", "svp_e", "svp_f", "svp_g", "svp_h")}
{_of("'academic'", "svp_ed")}
{_of("'government'", "svp_gv")}
    case when {MAY.format("'partner_cost_view'")} then p.bp_price end as bp_price,
    p.replacement
FROM pricing_price p JOIN pricing_priceedition e ON e.id = p.edition_id
WHERE e.status = 'published' AND {MAY.format(readers)}
    AND (e.country = (select s.country from identity_site s where {SITE})
        OR (select current_user = 'portal_staff'));
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0009_quoting")]
    operations = [migrations.RunSQL(_offer(NOW), _offer(BEFORE))]
