"""What a quote says on paper, in words: everything the page says of it to the customer, in the active language.

Made of the quote as it is stored, and never reckoned anew: paper, page, spreadsheet and API bear the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from identity.places import country_name
from pricing.models import Metric

from ..models import Quote, QuoteLine, QuoteStatus
from ..models.quotes import ORDERABLE
from .figures import Figures
from .fonts import families
from .written import figure, plain, written


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose paper it is."""

    name: str
    address: str = ""
    logo: str = ""  # its file, in the folder that pictures are read from; "" = none


def title(quote: Quote) -> str:
    return _("Proposal") if quote.status == QuoteStatus.DRAFT else _("Quote")


def file_name(quote: Quote, suffix: str) -> str:
    """What a paper is saved as: the number and the version, the same in every language."""
    return f"{quote.number}-{quote.revision}.{suffix}"


def stamp(quote: Quote, today: date) -> str:
    """The word across a paper that is good for nothing any more; "" while it is."""
    if quote.status in ORDERABLE and quote.valid_until is not None and quote.valid_until < today:
        return str(QuoteStatus.EXPIRED.label)
    useless = (QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED, QuoteStatus.CLOSED)
    return str(QuoteStatus(quote.status).label) if quote.status in useless else ""


def document(quote: Quote, lines: Iterable[QuoteLine], *, sender: Sender, today: date) -> dict[str, Any]:
    """The paper as data for the typesetter. `today` only decides whether it has expired."""
    figures = Figures(quote.currency)
    language = get_language() or "en"
    name = figure(quote.number)
    return {
        "faces": families(),
        "language": language.partition("-")[0],
        "region": language.partition("-")[2].upper() or ("GB" if language == "en" else None),
        "rtl": get_language_bidi(),
        "document_title": f"{title(quote)} {quote.number}",
        "author": plain(sender.name),
        "title": title(quote),
        "number": _("%(number)s, version %(version)s")
        % {"number": name, "version": figure(str(quote.revision))},
        "state": _("Ordered in part") if quote.status == QuoteStatus.ORDERED_IN_PART else _ordered(quote),
        "stamp": stamp(quote, today),
        "sender": written(sender.name),
        "sender_lines": written(sender.address),
        "logo": sender.logo and f"/{sender.logo}",
        "heading": written(quote.title),
        "customer": {"label": _("Customer"), "rows": _customer(quote)},
        "contact": {"label": _("Contact"), "rows": [written(row) for row in _contact(quote)]},
        "facts": _facts(quote, figures),
        "columns": columns(quote.currency),
        "lines": [cells(line, quote, figures) for line in lines],
        "totals": totals(quote, figures),
        "notes": notes(quote, figures),
        "terms_label": _("Terms"),
        "terms": written(quote.terms),
        "footer": f"{written(sender.name)} · {title(quote)} {name}",
        # The numbers are put in while pages are set.
        "page_words": _("Page {page} of {pages}"),
    }


def _ordered(quote: Quote) -> str:
    return _("Ordered") if quote.status == QuoteStatus.ORDERED else ""


def _customer(quote: Quote) -> list[str]:
    rows = [written(quote.customer_name) or "–"]
    if quote.site_number:
        rows.append(_("Site %(number)s") % {"number": figure(quote.site_number)})
    return [*rows, country_name(quote.country)]


def _contact(quote: Quote) -> list[str]:
    return [text for text in (quote.contact_name, quote.contact_email) if text] or ["–"]


def _facts(quote: Quote, figures: Figures) -> list[dict[str, str]]:
    pairs = [(_("Valid until"), quote.valid_until and figures.day(quote.valid_until))]
    pairs += [
        (_("Date"), quote.opened_at and figures.day(quote.opened_at.date())),
        (_("Currency"), figure(quote.currency)),
        (_("Price level"), figure(quote.earned_level or quote.price_level)),
        (_("Purchase order"), written(quote.po_number)),
        (_("Deal registration"), quote.deal_number and figure(quote.deal_number)),
        (_("Distributor"), written(quote.distributor_name)),
        (_("Prepared by"), written(quote.owner_name)),
    ]
    return [{"label": label, "value": value} for label, value in pairs if value]


def columns(currency: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "amount": amount, "wide": wide}
        for label, amount, wide in (
            (_("No."), True, False),
            (_("Part"), False, False),
            (_("Description"), False, True),
            (_("Quantity"), True, False),
            (_("Points"), True, False),
            (_("Coverage starts"), False, False),
            (_("Coverage ends"), False, False),
            (_("Months"), True, False),
            (_("Level price, %(currency)s") % {"currency": figure(currency)}, True, False),
            (_("Unit price, %(currency)s") % {"currency": figure(currency)}, True, False),
            (_("Amount, %(currency)s") % {"currency": figure(currency)}, True, False),
        )
    ]


def cells(line: QuoteLine, quote: Quote, figures: Figures) -> list[str]:
    """One line of the quote, in the order of `columns`."""
    return [
        figure(str(line.position)),
        figure(line.part_number),
        described(line, quote),
        figure(figures.number(line.quantity)),
        figure(figures.points(line.points)),
        figures.day(line.coverage_start),
        figures.day(line.coverage_end),
        figure("–" if line.months is None else figures.number(line.months)),
        figure(figures.amount(line.unit_level)),
        figure(figures.amount(line.unit_price)),
        figure(figures.amount(line.extended)),
    ]


def described(line: QuoteLine, quote: Quote) -> str:
    """What the part is, what it is counted by, and for which site, where that is not the quote's."""
    metric = str(Metric(line.metric).label) if line.metric in Metric.values else plain(line.metric)
    elsewhere = ""
    if line.site_number and line.site_number != quote.site_number:
        elsewhere = _("Site %(number)s") % {"number": figure(line.site_number)}
    return "\n".join(filter(None, (written(line.description), metric, elsewhere)))


def totals(quote: Quote, figures: Figures) -> list[dict[str, Any]]:
    currency = figure(quote.currency)
    rows = [(_("Total points"), figures.points(quote.points), False)]
    if quote.list_total > quote.total:
        rows += [
            (
                _("At list prices, %(currency)s") % {"currency": currency},
                figures.amount(quote.list_total),
                False,
            ),
            (
                _("Discount, %(currency)s") % {"currency": currency},
                figures.amount(quote.total - quote.list_total),
                False,
            ),
        ]
    rows.append((_("Total, %(currency)s") % {"currency": currency}, figures.amount(quote.total), True))
    return [{"label": label, "value": figure(value), "strong": strong} for label, value, strong in rows]


def notes(quote: Quote, figures: Figures) -> list[str]:
    said = []
    if quote.status == QuoteStatus.DRAFT:
        said.append(_("Prices are those of today. They are fixed when the proposal becomes a quote."))
    if quote.deal_number and quote.deal_discount_bp:
        said.append(
            _("A discount of %(discount)s is granted by deal registration %(number)s.")
            % {
                "discount": figure(figures.percent(quote.deal_discount_bp)),
                "number": figure(quote.deal_number),
            }
        )
    if quote.earned_level:
        said.append(
            _("The points of this order earn price level %(level)s.") % {"level": figure(quote.earned_level)}
        )
    return [*said, _("Taxes are not included.")]
