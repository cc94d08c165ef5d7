"""What becomes of an item that waits, in a sentence. What it means is worked out by `pricing.quoting.outlook`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from pricing.quoting import Consequence, Kind, Outlook, outlook
from reports import words

from ..models import RenewalKind

KINDS = {
    RenewalKind.SUPPORT: Kind.SUPPORT,
    RenewalKind.COMMITTED_TERM: Kind.COMMITTED,
    RenewalKind.SAAS: Kind.SAAS,
    RenewalKind.MONTHLY: Kind.MONTHLY,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and how much it matters (a tone)."""

    text: str
    tone: str


def outlook_of(kind: str, current_end: date, today: date) -> Outlook:
    """What ordering the item means today, and later. `current_end` is the last day of what the customer has."""
    return outlook(KINDS[RenewalKind(kind)], current_end, today)


def said_of(
    kind: str, current_end: date, today: date, *, auto_renew: bool = False, ratio: Decimal | None = None
) -> Said:
    """What happens to an item if nobody does anything, for the reader; how much more it costs then is `ratio`, or what
    is typical of its kind.
    """
    found = outlook_of(kind, current_end, today)
    day = words.day(current_end)
    if auto_renew and not found.is_late:
        return Said(_("Renews by itself after %(day)s, unless that is cancelled.") % {"day": day}, "neutral")
    if found.is_late or found.later is None:
        return _late(found, day, ratio)
    times = _times(ratio or found.later.ratio)
    match found.later.consequence:
        case Consequence.REINSTATED:
            text = _("After %(day)s this costs about %(times)s× as much, as reinstatement.")
        case Consequence.INITIAL_PRICE:
            text = _(
                "Needs a written order by %(day)s. Later ones pay the initial price, about %(times)s× as much."
            )
        case _other:
            text = _("The service stops after %(day)s, and is then ordered anew.")
    near = (current_end - today).days <= 30
    return Said(text % {"day": day, "times": times}, "warn" if near else "neutral")


def _late(found: Outlook, day: str, ratio: Decimal | None) -> Said:
    times = _times(ratio or found.now.ratio)
    match found.now.consequence:
        case Consequence.GOES_ON:
            return Said(_("Goes on month by month, until it is cancelled."), "neutral")
        case Consequence.REINSTATED:
            text = _(
                "Support ended on %(day)s: it comes back as reinstatement only, for about %(times)s× as much."
            )
        case Consequence.INITIAL_PRICE:
            text = _(
                "The term ended on %(day)s: an order now pays the initial price, about %(times)s× as much."
            )
        case _other:
            text = _("The service stopped after %(day)s, and is ordered anew.")
    return Said(text % {"day": day, "times": times}, "bad")


def _times(ratio: Decimal) -> str:
    """ "3" or "1.3", in the reader's way of writing."""
    return format_decimal(ratio, format="0.##", locale=words.locale())
