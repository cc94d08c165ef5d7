"""What currencies are worth, day by day, as the vendor's treasury sends it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import Check, TableTarget, To
from identity.privileges import Privilege

from ..models import ExchangeRate

RATES = register(
    Feed(
        key="exchange-rates",
        label=_("Exchange rates"),
        text=_("What one US dollar is in other currencies, day by day."),
        privilege=Privilege.PRICE_EDIT,
        icon="arrows-exchange",
        order=50,
        columns=(
            FeedColumn(
                "currency",
                _("Currency"),
                values.Currency(),
                aliases=("currency code", "ccy"),
                text=_("Its code of three letters."),
                example="EUR",
            ),
            FeedColumn("day", _("Day"), values.Day(), aliases=("date", "rate date"), example="2026-12-31"),
            FeedColumn(
                "rate",
                _("Rate"),
                values.Decimal(places=8, min="0.00000001", max="9999999999"),
                aliases=("exchange rate", "rate per usd", "per usd"),
                text=_("How much of the currency one US dollar is."),
                example="0.92145",
            ),
        ),
        identity=("currency", "day"),
        notes=(_("Rates are added and corrected; none is ever removed."),),
        target=TableTarget(
            model=ExchangeRate,
            match="t.currency = s.currency AND t.day = s.day",
            columns=(To("rate", "rate", otherwise="null"),),
            only_new={"currency": "s.currency", "day": "s.day"},
            called="s.currency || ' ' || s.day",
            label="t.currency || ' ' || t.day",
            object_type="exchange_rate",
            object_id="t.currency || ' ' || t.day",
            added="exchange_rate.added",
            changed="'exchange_rate.changed'",
            checks=(
                Check(
                    "s.currency = 'USD'",
                    "currency",
                    _("Rates are per US dollar, which needs none itself."),
                    "base_currency",
                ),
            ),
            versioned=False,
        ),
    )
)
