"""What currencies are worth."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.tenancy import PARTNERS, STAFF, guarded, may


@guarded(may(PARTNERS, "select"), may(STAFF, "select insert update"))
class ExchangeRate(models.Model):
    """How much of a currency one US dollar was on a day."""

    currency = models.CharField(_("currency"), max_length=3)  # ISO 4217
    day = models.DateField(_("day"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)  # units of it for 1 USD

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$") & ~Q(currency="USD"), name="exchange_rate_currency"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day} {self.rate}"
