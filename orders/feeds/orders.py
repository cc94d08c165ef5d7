# ruff: noqa: S608 - the statements are made of our own names, never of what stands in a file
"""Orders with their lines, as the vendor's order system exports them: a row for each line, which repeats what is said
of its order. README.md tells the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from customers.feeds import parties
from feeds import values
from feeds.declared import Feed, FeedColumn, Flaw, Staged, Summary, register
from feeds.tables import FLAWS, PUBLIC_ID, Check, Settled, TableTarget, To
from identity.actors import Actor
from identity.privileges import Privilege
from pricing.products import named

from ..models import Order, OrderLine, OrderStatus
from ..models.fields import LARGEST_QUANTITY
from . import columns

#: What the vendor can say of an order; "placed" is what nobody at the vendor has looked at yet.
STATUSES = {value: label for value, label in OrderStatus.choices if value != OrderStatus.PLACED}
IS_OVER = "('rejected', 'cancelled')"
OVER = _("This order was rejected or cancelled, and stays as it is.")
PLACED = _("This order was placed in the portal. Only its status can be changed.")
DISAGREES = _("Row %(row)s says something else of this order: %(value)s.")
OF_ORDER = (
    "ordered_on", "status", "status_reason", "customer_site", "reseller", "distributor", "currency", "po_number",
    "quote_number", "deal_number",
)  # fmt: skip
SUMS = frozenset({"total", "points", "line_count"})


def _sums() -> Iterator[To]:
    """What follows from the lines; of an order that was placed here, its own reckoning stands."""
    for column, sql in (
        ("total", f"least(s.total, {named.MOST_EXTENDED})::bigint"),
        ("points", "s.points"),
        ("line_count", "s.line_count"),
    ):
        yield To(column, column, sql=f"CASE WHEN t.placed_here THEN t.{column} ELSE {sql} END", otherwise="0")


ORDERS = TableTarget(
    model=Order,
    match="t.number = s.order_number",
    columns=(
        To("settled_on", "ordered_on", otherwise="null"),
        To("status", "status"),
        To("status_reason", "status_reason"),
        *parties.TO,
        *_sums(),
        To("po_number", "po_number"),
        To("quote_number", "quote_number"),
        To("deal_number", "deal_number"),
    ),
    only_new={"number": "s.order_number", "currency": "s.currency", "public_id": PUBLIC_ID},
    called="s.order_number",
    label="t.number",
    object_type="order",
    object_id="t.public_id",
    added="order.added",
    changed="'order.changed'",
    lookups=parties.LOOKUPS,
    checks=(
        *parties.CHECKS,
        Check(
            "t.currency <> s.currency",
            "currency",
            _("An order keeps its currency: %(currency)s."),
            "currency_changed",
            {"currency": "t.currency"},
        ),
        Check(
            f"s.total > {named.MOST_EXTENDED} OR s.points > 99999999999",
            "order_number",
            _(
                "The lines of this order make more money or points than there are. Look at its quantities and prices."
            ),
            "too_much",
        ),
    ),
    settled=(
        # What is wrong with its lines is told of them.
        Settled(f"t.status IN {IS_OVER}", OVER, "order_is_over", free=SUMS),
        Settled("t.placed_here", PLACED, "placed_here", free=frozenset({"status", "status_reason"})),
    ),
)

LINES = TableTarget(
    model=OrderLine,
    match="t.order_id = o.id AND t.position = s.line",
    columns=(
        *named.of_part("part_id", "description", "part_type", "metric"),
        To("quantity", "quantity", otherwise="null"),
        *named.points_to(),
        To("coverage_start", "coverage_start", otherwise="null"),
        To("coverage_end", "coverage_end", otherwise="null"),
        To(
            "months",
            "coverage_end",
            sql="coalesce(s.months, s.covered::int)",
            otherwise="null",
            name="months",
        ),
        To("unit_price", "unit_price", otherwise="null"),
        To("extended", "unit_price", sql=f"{named.EXTENDED}::bigint", otherwise="null", name="extended"),
        To("renewal_quote", "renewal_quote"),
        To("renewal_line", "renewal_line", otherwise="null"),
        To("requested_start_on", "requested_start_on", otherwise="null"),
        To("provisioning_email", "provisioning_email"),
    ),
    only_new={"order_id": "o.id", "position": "s.line"},
    called="s.order_number || '/' || s.line",
    label="t.order_number || '/' || t.position",
    object_type="order_line",
    added="",  # told with the order
    changed="'order_line.changed'",
    unsaid=frozenset({"part_id", "part_type", "metric"}),
    lookups=(replace(columns.ORDERED, rule=""), named.PART),
    checks=(
        named.TOO_MUCH,
        *named.coverage_checks("coverage_start", "coverage_end"),
        named.months_check("covered"),
        Check(f"t.id IS NULL AND o.status IN {IS_OVER}", "line", OVER, "order_is_over"),
        Check("t.id IS NULL AND o.placed_here", "line", PLACED, "placed_here"),
    ),
    settled=(
        Settled(f"o.status IN {IS_OVER}", OVER, "order_is_over"),
        Settled("o.placed_here", PLACED, "placed_here"),
    ),
    versioned=False,
)


@dataclass(frozen=True, slots=True)
class OrdersWithLines:
    """The target: see feeds.declared.Target. An order's row is made of the first of its lines."""

    removes: bool = False

    def check(self, staged: Staged) -> Iterator[Flaw]:
        heads = self._gather(staged)
        yield from self._disagreeing(staged)
        yield from ORDERS.check(heads)
        yield from LINES.check(staged)

    def summarise(self, staged: Staged) -> Summary:
        orders, lines = ORDERS.summarise(self._heads(staged)), LINES.summarise(staged)
        return Summary(
            added=orders.added + lines.added,
            changed=orders.changed + lines.changed,
            removed=0,
            unchanged=orders.unchanged + lines.unchanged,
            fingerprint=f"{orders.fingerprint} {lines.fingerprint}",
            samples=(*orders.samples, *lines.samples),
        )

    def load(self, staged: Staged, *, by: Actor, now: datetime) -> None:
        ORDERS.load(self._heads(staged), by=by, now=now)
        LINES.load(staged, by=by, now=now)

    def _heads(self, staged: Staged) -> Staged:
        """The orders of the file, a row each."""
        return replace(
            staged,
            table=f"{staged.table}_orders",
            columns=(staged.columns & {"order_number", *OF_ORDER}) | SUMS,
            derived=frozenset(),
        )

    def _gather(self, staged: Staged) -> Staged:
        """Make the table of the orders. Their sums are of all their lines, those included that the file says nothing
        of.
        """
        heads = self._heads(staged)
        lines = f"""
            SELECT s.order_number, {named.EXTENDED} AS extended, s.quantity * {named.UNIT_POINTS} AS points
            FROM {LINES.joined(staged)}
            UNION ALL
            SELECT l.order_number, l.extended, l.points FROM orders_orderline l
            WHERE l.order_id IN (SELECT o.id FROM orders_order o JOIN {staged.table} x ON x.order_number = o.number)
                AND NOT EXISTS (
                    SELECT FROM {staged.table} x WHERE x.order_number = l.order_number AND x.line = l.position)
        """
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                CREATE TEMPORARY TABLE {heads.table} ON COMMIT DROP AS
                SELECT DISTINCT ON (s.order_number) s.row, s.order_number, {", ".join(f"s.{c}" for c in OF_ORDER)},
                    sums.total, sums.points, sums.line_count
                FROM {staged.table} s JOIN (
                    SELECT order_number, sum(extended) AS total, coalesce(sum(points), 0) AS points,
                        count(*) AS line_count
                    FROM ({lines}) lines GROUP BY order_number
                ) sums USING (order_number)
                ORDER BY s.order_number, s.row
                """
            )
            cursor.execute(f"CREATE INDEX ON {heads.table} (order_number); ANALYZE {heads.table}")
        return heads

    def _disagreeing(self, staged: Staged) -> Iterator[Flaw]:
        """Rows that say of their order what its first row does not."""
        heads = self._heads(staged)
        for column in OF_ORDER:
            if column not in staged.columns:
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT s.row, coalesce(s.{column}::text, ''), o.row, coalesce(o.{column}::text, '–')"
                    f" FROM {staged.table} s JOIN {heads.table} o USING (order_number)"
                    f" WHERE s.{column} IS DISTINCT FROM o.{column} ORDER BY s.row LIMIT {FLAWS}"
                )
                for row, text, first, value in cursor.fetchall():
                    yield Flaw(row, column, text, DISAGREES, "disagrees", {"row": first, "value": value})


FEED = register(
    Feed(
        key="orders",
        label=_("Orders"),
        text=_("Orders with their lines: a row for each line, which repeats what is said of its order."),
        privilege=Privilege.ORDER_EDIT,
        icon="shopping-cart",
        order=70,
        columns=(
            columns.ORDER_NUMBER,
            FeedColumn(
                "ordered_on",
                _("Order date"),
                values.Day(),
                aliases=("order date", "ordered", "date"),
                text=_(
                    "It decides who sees the order: whose reseller and distributor had the customer on this day."
                ),
                example="2026-03-05",
            ),
            FeedColumn(
                "status",
                _("Status"),
                values.Choice(STATUSES),
                aliases=("order status",),
                example="fulfilled",
            ),
            FeedColumn(
                "status_reason",
                _("Reason"),
                values.Text(500),
                required=False,
                aliases=("status reason",),
                text=_("Why it was rejected or cancelled; partners read it."),
            ),
            *parties.PARTIES,
            named.CURRENCY,
            FeedColumn(
                "po_number",
                _("Purchase order"),
                values.Text(40),
                required=False,
                aliases=("po", "po number", "purchase order number"),
                example="PO-7781",
            ),
            FeedColumn(
                "quote_number",
                _("Quote"),
                values.Text(24, upper=True),
                required=False,
                aliases=("quote", "quote no"),
            ),
            FeedColumn(
                "deal_number",
                _("Deal registration"),
                values.Text(24, upper=True),
                required=False,
                aliases=("deal", "registration number"),
            ),
            columns.LINE,
            named.PART_NUMBER,
            named.quantity("quantity", _("Quantity"), LARGEST_QUANTITY, aliases=("qty",)),
            named.POINTS,
            named.day("coverage_start", _("Coverage starts"), "coverage from", example="2026-04-01"),
            named.day(
                "coverage_end", _("Coverage ends"), "coverage to", "coverage until", example="2027-03-31"
            ),
            named.months_column(),
            named.unit_price("unit_price", _("Unit price"), "price"),
            named.extended(_("Blank: the price of one, times the quantity.")),
            FeedColumn(
                "renewal_quote",
                _("Renewal quote"),
                values.Text(24, upper=True),
                required=False,
                text=_("That the line renews, if any."),
            ),
            FeedColumn(
                "renewal_line",
                _("line of the renewal quote"),
                values.Whole(min=1, max=99_999),
                required=False,
            ),
            columns.REQUESTED_START,
            columns.PROVISIONING_EMAIL,
        ),
        identity=("order_number", "line"),
        derived=(named.covered("covered", "coverage_start", "coverage_end"),),
        notes=(
            _("Orders and their lines are counted one by one in what would change."),
            _(
                "An order and a line, once there, are never removed. An order that was called off is cancelled."
            ),
            _("An order that was rejected or cancelled stays as it is."),
            _("Of an order that was placed in the portal, only the status can be changed."),
        ),
        target=OrdersWithLines(),
    )
)
