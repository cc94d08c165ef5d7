"""The page of one customer: everything that whoever opens it may know, from every app."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.actors import Actor, Kind
from reports.report_views import shown

from . import about
from .countries import country_name
from .models import Customer, Relationship
from .queries import Phase, day_of
from .related import READERS, TONES


class NothingKnown(Exception):
    """The actor knows nothing of this customer but that it is in the directory."""


def known_of(customer: Customer, actor: Actor, now: datetime) -> dict[str, Any]:
    """Relationships, sections and hints. Raises NothingKnown.

    The directory is everybody's, but a page of nothing says nothing: to a partner who has no relationship with the
    customer, no deal, and no row that names it, there is none.
    """
    relationships = list(Relationship.objects.filter(customer=customer).order_by("-valid_from", "-id"))
    sections = about.sections_of(customer, actor, now)
    if actor.is_partner and not relationships and not any(each.lines for each in sections):
        raise NothingKnown
    return {
        "relationships": relationships,
        "sections": sections,
        "hints": about.hints_of(customer, actor, now),
    }


@requires(*READERS)
@require_GET
def customer_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Facts, what to talk about, and the first rows of everything else."""
    actor, now = request.actor, timezone.now()
    customer = get_object_or_404(Customer, public_id=public_id)
    try:
        known = known_of(customer, actor, now)
    except NothingKnown:
        raise Http404 from None
    day = day_of(now)
    context = {
        "customer": customer,
        "country": country_name(customer.country),
        "relationships": [
            (each, phase.label, TONES[phase])
            for each in known["relationships"]
            for phase in [Phase.of(each, day)]
        ]
        if actor.is_partner
        else [],
        "related_sites": len({each.site_id for each in known["relationships"]}) if actor.is_staff else 0,
        "sections": [(each, shown(each.columns)) for each in known["sections"]],
        "hints": known["hints"],
        "sells": actor.kind is Kind.RESELLER,
    }
    return render(request, "customers/customer.html", context)
