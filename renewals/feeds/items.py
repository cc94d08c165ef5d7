"""The lines of the vendor's renewal quotes, as its renewal system sends them. README.md tells the rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from customers.feeds import parties
from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, Removal, Settled, TableTarget, To
from identity.privileges import Privilege
from orders.models.fields import LARGEST_QUANTITY
from pricing.products import named

from ..models import RenewalItem, RenewalKind, RenewalStatus
from ..models.renewals import OVER

IS_OVER = "({})".format(", ".join(f"'{status}'" for status in OVER))

RENEWAL_ITEMS = register(
    Feed(
        key="renewal-items",
        label=_("Renewal items"),
        text=_("The lines of renewal quotes: what customers have, until when, and what keeping it costs."),
        privilege=Privilege.RENEWAL_EDIT,
        icon="refresh",
        order=120,
        columns=(
            FeedColumn(
                "quote_number",
                _("Quote"),
                values.Text(24, upper=True),
                aliases=("quote", "renewal quote", "quote no"),
                example="R2000417",
            ),
            FeedColumn(
                "line",
                _("line"),
                values.Whole(min=1, max=99_999),
                aliases=("line number", "line no", "item"),
                example="1",
            ),
            FeedColumn(
                "kind",
                _("Kind"),
                values.Choice(dict(RenewalKind.choices)),
                aliases=("renewal type",),
                example="support",
            ),
            FeedColumn(
                "status",
                _("Status of the quote"),
                values.Choice(dict(RenewalStatus.choices)),
                aliases=("status", "quote status"),
                example="open",
            ),
            FeedColumn(
                "settled_on",
                _("Over since"),
                values.Day(),
                required=False,
                aliases=("closed on", "ordered on", "settled"),
                text=_("The day on which it was ordered, or otherwise over; blank while it can be renewed."),
            ),
            *parties.PARTIES,
            named.PART_NUMBER,
            named.quantity("quantity", _("Quantity"), LARGEST_QUANTITY, aliases=("qty",)),
            named.POINTS,
            named.day("current_start", _("Current coverage starts"), required=True, example="2026-01-01"),
            named.day("current_end", _("Current coverage ends"), required=True, example="2026-12-31"),
            named.day(
                "new_start", _("New coverage starts"), "coverage starts", required=True, example="2027-01-01"
            ),
            named.day(
                "new_end", _("New coverage ends"), "coverage ends", required=True, example="2027-12-31"
            ),
            named.months_column(),
            named.CURRENCY,
            named.unit_price("unit_price", _("Unit price"), "price"),
            named.extended(_("Blank: the price of one, times the quantity.")),
            FeedColumn(
                "due_on",
                _("Due"),
                values.Day(),
                required=False,
                aliases=("due date", "due on"),
                text=_("The last day at this price. Blank: the last day of the current coverage."),
                example="2026-12-31",
            ),
            FeedColumn(
                "auto_renew",
                _("Renews by itself"),
                values.YesNo(),
                required=False,
                aliases=("auto renew", "automatic renewal"),
                text=_("Blank: no."),
                example="no",
            ),
        ),
        identity=("quote_number", "line"),
        derived=(named.covered("covered", "new_start", "new_end"),),
        notes=(
            _("The new coverage starts on the day after the current one ends: no gap, and no overlap."),
            _("A reinstatement starts later: what lapsed is not covered meanwhile."),
            _("An item that is over stays as it is; a file may repeat it."),
            _("What was settled in the portal stays so, although a file may not know of it yet."),
            _(
                "A complete file closes, as of today by UTC, every item that can be renewed and that it lacks."
            ),
        ),
        target=TableTarget(
            model=RenewalItem,
            match="t.quote_number = s.quote_number AND t.line_number = s.line",
            columns=(
                *parties.TO,
                To("kind", "kind"),
                To("status", "status"),
                To("settled_on", "settled_on", otherwise="null"),
                *named.of_part("part_id", "description", "part_type", "metric"),
                To("quantity", "quantity", otherwise="null"),
                *named.points_to(),
                To("current_start", "current_start", otherwise="null"),
                To("current_end", "current_end", otherwise="null"),
                To("new_start", "new_start", otherwise="null"),
                To("new_end", "new_end", otherwise="null"),
                To("months", "new_end", sql="s.covered::int", otherwise="null", name="months"),
                To("currency", "currency"),
                To("unit_price", "unit_price", otherwise="null"),
                To(
                    "extended",
                    "unit_price",
                    sql=f"{named.EXTENDED}::bigint",
                    otherwise="null",
                    name="extended",
                ),
                To("due_on", "due_on", otherwise="s.current_end"),
                To("auto_renew", "auto_renew", otherwise="false"),
            ),
            only_new={"quote_number": "s.quote_number", "line_number": "s.line", "public_id": PUBLIC_ID},
            called="s.quote_number || '/' || s.line",
            label="t.quote_number || '/' || t.line_number",
            object_type="renewal_item",
            object_id="t.public_id",
            added="renewal_item.added",
            changed="""CASE WHEN d.n_settled_on IS NOT NULL THEN 'renewal_item.settled'
                ELSE 'renewal_item.changed' END""",
            unsaid=frozenset({"part_id", "part_type", "metric"}),
            lookups=(*parties.LOOKUPS, named.PART),
            checks=(
                *parties.CHECKS,
                named.TOO_MUCH,
                *named.coverage_checks("current_start", "current_end"),
                *named.coverage_checks("new_start", "new_end"),
                Check(
                    "s.new_start <= s.current_end",
                    "new_start",
                    _(
                        "The new coverage overlaps with the current one, which ends on %(end)s."
                        " It starts the day after."
                    ),
                    "overlap",
                    {"end": "s.current_end"},
                ),
                Check(
                    "s.new_start > s.current_end + 1 AND part.type <> 'reinstatement'",
                    "new_start",
                    _(
                        "There is a gap after the current coverage, which ends on %(end)s."
                        " The new one starts the day after."
                    ),
                    "gap",
                    {"end": "s.current_end"},
                ),
                named.months_check("covered"),
                Check(
                    f"s.status IN {IS_OVER} AND s.settled_on IS NULL",
                    "settled_on",
                    _("Give the day since which it is over."),
                    "no_day",
                ),
                Check(
                    f"s.status NOT IN {IS_OVER} AND s.settled_on IS NOT NULL",
                    "settled_on",
                    _("It can still be renewed, by its status: leave this blank, or correct the status."),
                    "not_over",
                ),
                Check(
                    "s.settled_on > current_date + 1",
                    "settled_on",
                    _("This day is yet to come."),
                    "yet_to_come",
                ),
            ),
            settled=(
                Settled(
                    "t.settled_on IS NOT NULL",
                    _("This renewal is over, and stays as it is."),
                    "renewal_is_over",
                ),
            ),
            # Settled here, of which the file does not know yet.
            kept=f"""t.settled_on IS NOT NULL AND (t.ordered > 0 OR
                (t.status IN ('lapsed', 'auto_renewed') AND s.status NOT IN {IS_OVER}))""",
            removal=Removal(
                "t.settled_on IS NULL",
                {"status": f"'{RenewalStatus.CLOSED}'", "settled_on": "current_date"},
                "renewal_item.closed",
            ),
        ),
    )
)
