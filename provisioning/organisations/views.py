"""Customers' organisations as the partner sees them that administers them, and trials begun in them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from customers.countries import country_name
from identity.access import PrivilegeMissing, requires
from identity.actors import Actor, Kind
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege, Refusal, why_not

from ..models import Organisation, OrganisationKind, Service, Subscription, SubscriptionStatus
from ..subscriptions import changing, trials
from ..subscriptions.forms import TrialForm
from ..subscriptions.possible import CHANGERS, SEERS
from ..subscriptions.words import TONES
from .listing import BY_NAME, EVERYTHING, Wanted, organisations

SHOWN = 50

ONLY_ADMINISTRATORS = Refusal(
    gettext_lazy("Trials are begun by the reseller that administers the organisation."),
    gettext_lazy("The reseller can do it."),
)
NOT_THERE_YET = Refusal(
    gettext_lazy("This organisation is still being set up."),
    gettext_lazy("A trial can be begun once the first order for it is set up."),
)


def trial_refused(organisation: Organisation, actor: Actor) -> Refusal | None:
    """Why this actor cannot begin a trial there; None when they can."""
    if actor.kind is not Kind.RESELLER or organisation.administered_by_id != actor.site_id:
        return ONLY_ADMINISTRATORS
    if refused := why_not(actor, Privilege.ORDER_PLACE):
        return refused
    return None if organisation.external_id else NOT_THERE_YET


@requires(*SEERS)
@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Those that the reader's site administers; to the vendor all of them."""
    wanted = Wanted.of(request.GET)
    found = page(organisations(wanted), BY_NAME, request)
    own = Organisation.objects.filter(kind=OrganisationKind.PARTNER, site_id=request.actor.site_id)
    context = {
        "organisations": found.items,
        "page": found,
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "own": own.first() if request.actor.is_partner else None,
        "country_name": country_name,
    }
    return render(request, "provisioning/organisations/list.html", context)


@requires(*SEERS)
@require_GET
def organisation_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of them, with what it has."""
    organisation = _found(public_id)
    held = Subscription.objects.filter(organisation=organisation).order_by("-starts_on", "-id")
    context = {
        "organisation": organisation,
        "country": country_name(organisation.country),
        "administered_by": _administered_by(organisation, request.actor),
        "subscriptions": list(held[:SHOWN]),
        "statuses": dict(SubscriptionStatus.choices),
        "services": dict(Service.choices),
        "tones": TONES,
        "trial_refused": trial_refused(organisation, request.actor),
        "is_customer": organisation.kind == OrganisationKind.CUSTOMER,
    }
    return render(request, "provisioning/organisations/organisation.html", context)


def _found(public_id: str) -> Organisation:
    return get_object_or_404(
        Organisation.objects.select_related("customer", "administered_by"), public_id=public_id
    )


def _administered_by(organisation: Organisation, actor: Actor) -> str:
    if organisation.administered_by is None:
        return _("The customer alone")
    if organisation.administered_by_id == actor.site_id:
        return _("Your site, together with the customer")
    return organisation.administered_by.name


@requires(*CHANGERS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def begin_trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin a trial in it."""
    organisation = _found(public_id)
    if refused := trial_refused(organisation, request.actor):
        raise PrivilegeMissing(refused)
    if request.method != "POST":
        return _trial_page(request, organisation, TrialForm())
    form = TrialForm(request.POST)
    if not form.is_valid():
        return _trial_page(request, organisation, form, status=422)
    problem: str | Promise = ""
    try:
        trial = trials.begin_trial(
            organisation, form.setup.part, quantity=form.cleaned_data["quantity"],
            by=request.actor, now=timezone.now(),
        )  # fmt: skip
    except trials.HadAlready as had:
        text = _("This organisation has this already, in the subscription %(number)s.")
        form.add_error("part", text % {"number": had.subscription.number})
    except trials.NotTried:
        form.add_error("part", _("This part is not sold any more. Choose another one."))
    except trials.NotACustomer:
        problem = _("Your site has no relationship with this customer any more. Customer care can help.")
    except (trials.NotThereYet, changing.NotAdministered):
        problem = _("This cannot be done any more. Look at the organisation again.")
    else:
        messages.success(request, _("The trial is begun. The services are being set up."))
        return redirect("subscriptions:subscription", trial.public_id)
    return _trial_page(request, organisation, form, problem=problem, status=422)


def _trial_page(
    request: HttpRequest,
    organisation: Organisation,
    form: TrialForm,
    *,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "organisation": organisation,
        "form": form,
        "days": changing.rules().trial_days,
        "problem": problem,
    }
    return render(request, "provisioning/organisations/trial.html", context, status=status)
