from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from identity import limits
from identity.access import requires
from identity.actors import Kind
from identity.privileges import Privilege

from .countries import country_name
from .models import Customer
from .queries import contacts_at, find_customers

LONGEST = 200


@requires(Privilege.DEAL_REGISTER)
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
