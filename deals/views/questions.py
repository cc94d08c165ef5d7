"""Which partners ask about conflicts, and how often: for the vendor's people, against probing."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.paging import page
from identity.privileges import Privilege

from .. import queries
from ..models import VerdictAsked
from ..states import Verdict

SHOWN = timedelta(days=90)


@requires(Privilege.SETTING_VIEW)
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """The questions of each partner on each day (in UTC), by what was answered; the latest first."""
    since = timezone.now() - SHOWN
    found = page(_by_day_and_site().filter(at__gt=since), ("-day", "-site_id"), request)
    context = {"rows": found.items, "page": found, "limit": queries.rules_in_force().verdicts_a_day}
    return render(request, "deals/settings/questions.html", context)


def _by_day_and_site() -> QuerySet[Any, Any]:
    answered = {name: Count("id", filter=Q(verdict=name)) for name in Verdict.values}
    return (
        VerdictAsked.objects.annotate(day=TruncDate("at", tzinfo=UTC))
        .values("day", "site_id", "site__number", "site__name")
        .annotate(
            questions=Count("question", distinct=True),
            people=Count("user_id", distinct=True),
            refused=Count("id", filter=Q(verdict="")),
            **answered,
        )
    )
