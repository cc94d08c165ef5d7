"""What can be wrong with a quote, each at its line and field, as a code for programs and a sentence for people."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as of_dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import gettext_lazy as _

from reports.words import locale

SENTENCES = {
    "no_lines": _("There is nothing to price yet. Add a line."),
    "too_few": _("A quantity is 1 or more. Take the line out if nothing is wanted."),
    "too_many": _("At most %(limit)s can be had in one line. Ask the vendor for more."),
    "start_missing": _("Coverage has an end but no start. Say from which day on."),
    "ends_before_start": _("Coverage ends on %(ends_on)s, before it starts on %(starts_on)s."),
    "too_far_ahead": _("That is too far ahead. Coverage starts on %(day)s at the latest."),
    "too_long": _("Coverage is %(months)s months; at most %(limit)s can be had at once."),
    "term_is_whole": _(
        "This part is sold for %(term)s months as a whole, until %(ends_on)s. Its term cannot be changed."
    ),
    "gap": _(
        "Coverage starts on %(starts_on)s, but what is covered now ends on %(covered_until)s. Start on %(wanted)s, so"
        " that no day is left out."
    ),
    "overlap": _(
        "Coverage starts on %(starts_on)s, but lasts until %(covered_until)s already. Start on %(wanted)s, so that no"
        " day is paid twice."
    ),
    "overlapping_lines": _("Another line of this quote covers the same on some of these days."),
    "gap_between_lines": _(
        "Another line covers the same until %(covered_until)s. Start on %(wanted)s, so that no day is left out."
    ),
    "not_sold_here": _("%(part)s is not sold in this country and currency."),
    "no_price_on_day": _("%(part)s has no price on %(day)s, the day on which coverage starts."),
    "priced_from": _("%(part)s has no price on %(day)s, the day on which coverage starts. It has from %(from)s on."),
    "no_price_at_level": _("%(part)s has no price at level %(level)s that your site is shown."),
    "other_currency": _("This line is in %(found)s, the quote in %(currency)s. A quote has one currency."),
    "level_expired": _(
        "The customer's price level %(level)s ended on %(day)s. Ask the vendor to renew it, or quote at level BL."
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that must be put right before there is a price."""

    line: Hashable | None  # the line's key; None: of the whole quote
    field: str  # of LineAsked, or of Buyer where it is the whole quote's
    code: str  # of SENTENCES
    facts: Mapping[str, Any] = of_dataclass(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence, in the reader's language."""
        return str(SENTENCES[self.code]) % {name: _shown(value) for name, value in self.facts.items()}


class QuoteFlawed(Exception):
    """There is no price: `flaws` says why, line by line."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(", ".join(flaw.code for flaw in self.flaws))


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return str(format_date(value, "long", locale=locale()))
    return str(format_decimal(value, locale=locale())) if isinstance(value, int) else str(value)
