"""Whose turn it is to speak to the backend: so many at a time, whatever they have to say, so that mail goes on."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection

from .models import Activation, Subscription


def is_ones_turn(now: datetime) -> bool:
    """Whether one more may. In the transaction that takes the lease: whoever asks at the same moment waits for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('provisioning.take'))")
    set_up = Activation.objects.filter(finished_at=None, leased_until__gte=now).count()
    told = Subscription.objects.filter(backend_due=True, backend_leased_until__gt=now).count()
    return set_up + told < settings.PROVISIONING_AT_ONCE
