"""A site's customers as a page, and what is suggested while one types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from identity import limits
from identity.access import requires
from identity.actors import Kind
from identity.models import Site
from identity.paging import page
from identity.places import countries
from identity.privileges import Privilege
from reports.downloads import Wanted as WantedFile
from reports.downloads import hand_out
from reports.exports import TooManyExports, why_no_file
from reports.files import Format, SheetFull
from reports.listings import QueryTooLong
from reports.sources import LIST

from . import related
from .countries import country_name
from .models import Customer
from .queries import Phase, contacts_at, day_of, find_customers
from .related import RELATED, TONES, Wanted, wanted_in

LONGEST = 200
EMPTY: dict[Phase | None, str | Promise] = {
    Phase.CURRENT: gettext_lazy("Customers appear here from the day a relationship with them begins."),
    Phase.UPCOMING: gettext_lazy("No relationship is to begin."),
    Phase.ENDED: gettext_lazy("No relationship has ended."),
    None: gettext_lazy("Customers appear here as soon as the vendor has entered a relationship with them."),
}


@requires(*related.READERS)
@require_GET
def related_list(request: HttpRequest) -> HttpResponse:
    """The customers that a site has a relationship with: now, from a later day on, or no longer."""
    actor, asked = request.actor, request.GET
    wanted, day = wanted_in(asked, actor), day_of(timezone.now())
    found = related.rows(wanted, day).select_related("customer", "site")
    shown = page(found, related.ORDER, request)
    context = {
        "rows": shown.items,
        "page": shown,
        "wanted": wanted,
        "tabs": _tabs(asked, wanted),
        "query": _normalised(asked),
        "site": Site.objects.filter(number=wanted.site).first() if wanted.site else None,
        "empty_text": EMPTY[wanted.phase],
        "countries": countries(),
        "phases": dict(Phase.choices),
        "tones": {phase.value: tone for phase, tone in TONES.items()},
        "sells": actor.kind is Kind.RESELLER,
    }
    return render(request, "customers/list.html", context)


def _tabs(asked: QueryDict, wanted: Wanted) -> list[tuple[Any, str, bool, None]]:
    """Each tab keeps what is looked for."""
    found: list[tuple[Any, str, bool, None]] = []
    for show, label, phase in (*((p.value, p.label, p) for p in Phase), ("all", _("All"), None)):
        query = asked.copy()
        query["show"] = show
        found.append((label, RELATED.address(_normalised(query)), wanted.phase is phase, None))
    return found


def _normalised(asked: QueryDict) -> str:
    try:
        return RELATED.normalised(asked)
    except QueryTooLong:
        return ""


@requires(*related.READERS)
@require_GET
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    """What the list shows on all its pages, as a file."""
    query = _normalised(request.GET)
    try:
        return hand_out(request, WantedFile(RELATED.key, query, LIST, Format(format)), now=timezone.now())
    except (SheetFull, TooManyExports) as error:
        messages.error(request, why_no_file(error))
        return redirect(RELATED.address(query))


# ------------------------------------------------------------------------------------------ while one types


@requires(Privilege.DEAL_REGISTER, Privilege.QUOTE_MANAGE, Privilege.ORDER_PLACE)
@require_GET
@never_cache
@limits.suggestions
def suggest(request: HttpRequest) -> JsonResponse:
    """Known customers for what is being typed: [{value, label, detail, fill}]."""
    found = find_customers(_asked(request))
    return JsonResponse([_suggestion(customer) for customer in found], safe=False)


def _suggestion(customer: Customer) -> dict[str, object]:
    where = country_name(customer.country)
    return {
        "value": customer.public_id,
        "label": customer.name,
        "detail": " · ".join(filter(None, [where, customer.tax_id, customer.web_domain])),
        # What the form shows of the customer once it is chosen, by the names of its fields.
        "fill": {
            "customer_country": customer.country,
            "customer_tax_id": customer.tax_id,
            "customer_domain": customer.web_domain,
        },
    }


@requires(Privilege.DEAL_REGISTER)
@require_GET
@never_cache
@limits.suggestions
def suggest_contact(request: HttpRequest, public_id: str) -> JsonResponse:
    """The site's own contacts at a customer, for what is being typed. Only resellers keep any."""
    found = contacts_at(public_id, _asked(request)) if request.actor.kind is Kind.RESELLER else []
    return JsonResponse(
        [
            {
                "value": contact.public_id,
                "label": contact.name,
                "detail": " · ".join(filter(None, [contact.job_title, contact.email])),
                "fill": {
                    "contact_job_title": contact.job_title,
                    "contact_email": contact.email,
                    "contact_phone": contact.phone,
                },
            }
            for contact in found
        ],
        safe=False,
    )


def _asked(request: HttpRequest) -> str:
    """What to look for; text that a database cannot hold finds nothing."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    return "" if "\0" in text else text
