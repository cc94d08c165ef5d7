"""What is said to somebody whose change of a quote could not be made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from pricing.quoting import QuoteFlawed

from ..listed import Row
from ..models import QuoteStatus
from ..models.fields import LINES
from . import actions
from .forms import of_row
from .wanted import WantedLine

#: Somebody was quicker.
REFUSED = (actions.QuoteChanged, actions.QuoteNotOpen, actions.LineUnknown)


def changed_words(refused: Exception) -> str:
    """Who changed the quote, or what it has become, in a sentence."""
    if isinstance(refused, actions.QuoteChanged):
        who = refused.quote.changed_by_name
        return _(
            "%(name)s changed this quote since you opened it. Here is how it is now; what you typed is kept. Look at it"
            " and send it again."
        ) % {"name": f"\u2068{who}\u2069"}
    if isinstance(refused, actions.QuoteNotOpen):
        status = QuoteStatus(refused.status).label
        return _("This is not possible any more. The quote is now: %(status)s.") % {"status": status}
    return _("Somebody has taken this line out. Here is how the quote is now.")


def wanted_of(rows: Sequence[Row]) -> list[WantedLine]:
    return [WantedLine(part_number=row.part_number, quantity=row.quantity) for row in rows]


def wrong_rows(rows: Sequence[Row], error: Exception) -> Iterator[str]:
    """What is wrong with a list of parts, row by row."""
    if isinstance(error, actions.PartsUnknown):
        for row in rows:
            if row.part_number in error.numbers:
                yield of_row(
                    row.number, _("There is no such part, or it is no longer sold."), row.part_number
                )
    elif isinstance(error, QuoteFlawed):
        for flaw in error.flaws:
            row = rows[int(str(flaw.line)) - 1]
            yield of_row(row.number, flaw.text, row.part_number)
    elif isinstance(error, actions.TooManyLines):
        yield _("That is too much at once. A quote has %(limit)s lines at most.") % {"limit": LINES}
