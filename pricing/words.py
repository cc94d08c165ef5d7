"""Sentences about price books that pages, the API and feeds share."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from django.utils.translation import gettext as _

from identity.places import country_name
from reports.words import locale

from .models import PriceBook


def book_name(book: PriceBook) -> str:
    """What a book is called: "Egypt, EGP, Software"."""
    words = {
        "country": country_name(book.country),
        "currency": book.currency,
        "kind": book.get_kind_display(),
    }
    return _("%(country)s, %(currency)s, %(kind)s") % words


def day_taken() -> str:
    return _(
        "Another edition takes effect on that day. Take another day, or withdraw the other edition first."
    )


def day_passed(today: date) -> str:
    day = format_date(today, "long", locale=locale())
    return _(
        "Prices are announced ahead: today is %(day)s in the country. Only a book's first edition, or one that"
        " replaces a withdrawn edition of the same day, takes effect in the past."
    ) % {"day": day}
