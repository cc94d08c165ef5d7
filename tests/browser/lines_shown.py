"""Lines that are set up, in every state, for the pages that are looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from provisioning.models import LineStatus, Waiting
from tests.provisioning.made import make_line

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


def show_lines(shown: Exhibition) -> None:
    site, distributor, now = shown.cast.site, shown.cast.distributor_site, timezone.now()
    ago, soon = now - timedelta(days=3), now + timedelta(days=2)
    to_call = {
        "mailed_at": ago,
        "called_at": ago,
        "waits_for": Waiting.CLOSE,
        "due_at": soon,
        "closes_at": soon,
    }
    shown.things |= {
        "ordered line": make_line(site, due_at=soon, requested_start_on=soon.date()),
        "line to call about": make_line(
            site, distributor=distributor, status=LineStatus.AWAITING_DETAILS, **to_call
        ),
        "line that is confirmed": make_line(
            site, status=LineStatus.AWAITING_DETAILS, onboarded_at=now, waits_for="", due_at=None
        ),
        "closed line": make_line(site, status=LineStatus.CLOSED, closed_at=now),
        "cancelled line": make_line(site, status=LineStatus.CANCELLED),
    }
