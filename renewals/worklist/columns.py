"""The worklist's columns, and the list as a table: what its files are made of."""

from __future__ import annotations

from django.db.models import Case, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.models import Programme
from identity.places import countries
from reports.columns import Column, Type, seen_by
from reports.sources import offer
from reports.tables import Table

from ..models import LostReason, RenewalKind, RenewalStatus
from .forms import wanted_in
from .listing import ORDER, RENEWALS, items_in, narrowed, view_named

PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})  # who note something of their own


def _words(
    choices: type[RenewalKind] | type[RenewalStatus] | type[LostReason] | type[Programme],
) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


COLUMNS = (
    Column("due", _("Due"), Type.DATE, field="due_on"),
    Column("customer", _("Customer"), field="customer_name", width=32),
    Column("customer_number", _("Customer number"), Type.CODE),
    Column("agreement", _("Agreement"), Type.CODE),
    Column("site_number", _("Customer's site"), Type.CODE),
    Column("site", _("Name of the site"), field="site_name", width=32),
    Column("country", _("Country"), words=countries, width=18),
    Column("programme", _("Programme"), words=lambda: _words(Programme)),
    Column("anniversary", _("Anniversary"), Type.DATE, field="anniversary_on"),
    Column("price_level", _("Price level"), Type.CODE),
    Column("reseller", _("Reseller"), field="reseller_name", width=28),
    Column("distributor", _("Distributor"), field="distributor_name", width=28),
    Column("quote", _("Quote"), Type.CODE, field="quote_number"),
    Column("line", _("Line"), Type.NUMBER, field="line_number"),
    Column("status", _("Status of the quote"), words=lambda: _words(RenewalStatus), width=18),
    Column("kind", _("Kind"), words=lambda: _words(RenewalKind), width=18),
    Column("part", _("Part number"), Type.CODE, field="part_number"),
    Column("description", _("Description"), width=36),
    Column("quantity", _("Quantity"), Type.NUMBER),
    Column("ordered", _("Ordered"), Type.NUMBER),
    Column("current_start", _("Current coverage starts"), Type.DATE),
    Column("current_end", _("Current coverage ends"), Type.DATE),
    Column("new_start", _("New coverage starts"), Type.DATE),
    Column("new_end", _("New coverage ends"), Type.DATE),
    Column("auto", _("Renews by itself"), words=lambda: {"yes": str(_("Yes")), "no": str(_("No"))}),
    Column("months", _("Months"), Type.NUMBER),
    Column("unit_price", _("Unit price"), Type.MONEY, currency="currency"),
    Column("extended", _("Extended price"), Type.MONEY, currency="currency"),
    Column("assigned", _("Assigned to"), field="assigned_name", seen_by=PARTNERS),
    Column("snoozed", _("Put off until"), Type.DATE, field="snoozed_until", seen_by=PARTNERS),
    Column(
        "lost", _("Lost"), field="lost_reason", words=lambda: {**_words(LostReason), "": ""}, seen_by=PARTNERS
    ),
    Column("note", _("Note"), seen_by=PARTNERS, width=40),
)


def renewals_as_table(query: str, actor: Actor) -> Table:
    """What the list shows on all its pages."""
    asked = QueryDict(query)
    view, wanted = view_named(asked.get("show", ""), actor), wanted_in(asked, actor)
    rows = narrowed(items_in(view, actor, today=timezone.localdate()), wanted, actor)
    rows = rows.annotate(auto=Case(When(auto_renew=True, then=Value("yes")), default=Value("no")))
    return Table(str(RENEWALS.label), seen_by(actor, COLUMNS), rows.order_by(*ORDER))


offer(RENEWALS, renewals_as_table)
