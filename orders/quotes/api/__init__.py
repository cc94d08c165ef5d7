"""`/api/v1/quotes/`: everything the pages do, through the same actions."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy

from identity.api import CHANGED, Conflict

from .. import actions
from .changing import Changing
from .offering import Offering
from .reading import Reading

__all__ = ["QuoteViewSet"]

PARTS = (Reading, Changing, Offering)


class QuoteViewSet(*PARTS):
    """Proposals and quotes: a reseller's own; those that were opened, for the vendor's people."""

    privileges: ClassVar = {name: needed for part in PARTS for name, needed in part.privileges.items()}
    may_match = tuple(name for part in PARTS for name in part.may_match)
    answers: ClassVar = {
        actions.QuoteNotOpen: Conflict(
            "quote_not_open", gettext_lazy("The quote is in a state in which this cannot be done (any more).")
        ),
        actions.QuoteChanged: CHANGED,
        actions.LineUnknown: Conflict("line_unknown", gettext_lazy("The quote has no such line (any more).")),
        actions.TooManyLines: Conflict("too_many_lines", gettext_lazy("A quote has 500 lines at most.")),
        actions.CustomerMissing: Conflict(
            "customer_missing", gettext_lazy("Say for which customer it is first.")
        ),
        actions.NotAnniversary: Conflict(
            "no_anniversary", gettext_lazy("There is no anniversary: name the customer's site first.")
        ),
        actions.OneSiteOnly: Conflict(
            "one_site_only", gettext_lazy("All lines are of one site: there is nothing to split.")
        ),
        actions.NotAlike: Conflict(
            "not_alike",
            gettext_lazy("Customer, currency, price level and deal have to be the same in all of them."),
        ),
    }
