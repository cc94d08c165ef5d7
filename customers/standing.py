"""Bringing transactional rows in line with the day: a relationship that ended and begins again later."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from .models.standing import transactional_models
from .queries import day_of


def renew_days(now: datetime) -> int:
    """Rows whose reseller or distributor saw them up to a day that has come: the next days on which it sees them, if
    there are any. Returns how many rows were looked at anew; run a second time, none.

    Until this has run, nobody sees more than before: a period that is over is over by the policies alone.
    """
    today = day_of(now)
    over = Q(reseller_until__lte=today) | Q(distributor_until__lte=today)
    renewed = 0
    for model in transactional_models():
        # To write a row again as it is makes the database's trigger fill it in.
        renewed += model._default_manager.filter(over, settled_on__isnull=True).update(customer=F("customer"))
    return renewed
