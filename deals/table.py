"""The opportunity manager as a table: what its files are made of."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import timezone

from identity.actors import Actor
from reports.sources import offer
from reports.tables import Table

from .columns import columns_for, columns_shown
from .forms.filters import wanted_in
from .listing import DEALS, deals_in, narrowed, order_named, tab_named


def deals_as_table(query: str, actor: Actor) -> Table:
    """What the list shows on all its pages: the columns chosen, or else every one the reader may see."""
    asked = QueryDict(query)
    tab, wanted = tab_named(asked.get("show", ""), actor), wanted_in(asked, actor)
    order = order_named(asked.get("order", ""), tab, wanted)
    chosen = asked.get("columns", "")
    return Table(
        title=str(tab.label),
        columns=columns_shown(chosen, actor) if chosen else columns_for(actor),
        rows=narrowed(deals_in(tab, now=timezone.now()), wanted, actor).order_by(*order.by),
    )


offer(DEALS, deals_as_table)
