"""The list of subscriptions, the page of one, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.countries import country_name
from identity.access import requires
from identity.lists import address_of
from identity.models import AuditEvent
from identity.once import once
from identity.paging import page
from identity.versions import seen_version
from orders.placing.possible import placing_refused

from ..models import TRIALS, Organisation, Service, SetupLine, Subscription, SubscriptionStatus
from . import changing, listing, trials
from .forms import DeleteForm
from .listing import ENDS, EVERYTHING, PARAMETERS, TABS, Wanted, tab_named
from .possible import CHANGERS, SEERS, deeds_for, demand_changing
from .words import HAPPENED, MEANS, TONES

SHOWN = 50  # events of its history


@requires(*SEERS)
@require_GET
def subscription_list(request: HttpRequest) -> HttpResponse:
    """Subscriptions and trials that the reader's site stands on; to the vendor all of them."""
    asked, today = request.GET, timezone.localdate()
    tab, wanted = tab_named(asked.get("show", "")), Wanted.of(asked)
    rows = listing.narrowed(listing.subscriptions_in(tab), wanted, today=today)
    found = page(rows, wanted.order, request)
    context = {
        "subscriptions": found.items,
        "page": found,
        "tab": tab,
        "tabs": [
            (
                each.label,
                address_of("subscriptions:list", asked, PARAMETERS, show=each.name),
                each is tab,
                None,
            )
            for each in TABS
        ],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "statuses": dict(SubscriptionStatus.choices),
        "services": dict(Service.choices),
        "ends": ENDS,
        "tones": TONES,
        "today": today,
    }
    return render(request, "provisioning/subscriptions/list.html", context)


@requires(*SEERS)
@require_GET
def subscription_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return subscription_page(request, _found(public_id))


def _found(public_id: str) -> Subscription:
    return get_object_or_404(Subscription.objects.select_related("customer"), public_id=public_id)


def subscription_page(
    request: HttpRequest, subscription: Subscription, *, problem: str | Promise = "", status: int = 200
) -> HttpResponse:
    """What there is to know of one, and what can be done with it now."""
    now = timezone.now()
    trial = subscription.status in TRIALS
    context = {
        "subscription": subscription,
        "status_label": SubscriptionStatus(subscription.status).label,
        "tone": TONES[subscription.status],
        "means": MEANS[subscription.status],
        "services": [Service(name).label for name in subscription.services],
        "country": country_name(subscription.country) if subscription.country else "",
        "trial": trial,
        "extended_to": trials.extended_to(subscription, now) if trial else None,
        "restore_days": changing.rules().restore_days,
        "deeds": deeds_for(subscription, request.actor, now=now),
        "order_refused": placing_refused(request.actor),
        "line": _line(subscription),
        "organisation": _organisation(subscription),
        "events": _history(subscription),
        "problem": problem,
    }
    return render(request, "provisioning/subscriptions/subscription.html", context, status=status)


def _line(subscription: Subscription) -> SetupLine | None:
    """The line of the order that it came of, as far as the reader sees it."""
    if subscription.line_id is None:
        return None
    return (
        SetupLine.objects.filter(id=subscription.line_id)
        .only("public_id", "order_number", "line_number")
        .first()
    )


def _organisation(subscription: Subscription) -> str:
    """The address of its organisation's page, for those who see it; else ""."""
    public_id = (
        Organisation.objects.filter(id=subscription.organisation_id)
        .values_list("public_id", flat=True)
        .first()
    )
    return reverse("organisations:organisation", args=[public_id]) if public_id else ""


def _history(subscription: Subscription) -> list[dict[str, Any]]:
    """What happened, the newest first; to a distributor nothing, since it reads its own deeds alone."""
    found = AuditEvent.objects.filter(object_type="subscription", object_id=subscription.public_id)
    return [
        {
            "at": event.at,
            "title": HAPPENED[event.event][0],
            "icon": HAPPENED[event.event][1],
            "actor": event.actor_name,
        }
        for event in found.order_by("-at", "-id")[:SHOWN]
        if event.event in HAPPENED
    ]


# ------------------------------------------------------------------------------------------ deeds

DONE: dict[str, tuple[Callable[..., Subscription], str | Promise]] = {
    "suspend": (
        changing.suspend_subscription,
        gettext_lazy("The subscription is suspended. Nobody of the customer can use it until you resume it."),
    ),
    "resume": (
        changing.resume_subscription,
        gettext_lazy("The subscription is active again."),
    ),
    "cancel": (
        changing.cancel_subscription,
        gettext_lazy("The subscription is cancelled. Its page says until when it can be restored."),
    ),
    "restore": (
        changing.restore_subscription,
        gettext_lazy("The subscription is restored, with everything that was in it."),
    ),
    "extend": (trials.extend_trial, gettext_lazy("The trial goes on.")),
    "delete": (changing.delete_subscription, gettext_lazy("It is deleted for good.")),
}


@requires(*CHANGERS)
@require_POST
@once
def change(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Suspend, resume, cancel, restore or extend it."""
    return _do(request, _found(public_id), name)


@requires(*CHANGERS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asked twice: this page says what is lost and wants the number, its button asks once more."""
    subscription = _found(public_id)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _delete_page(request, subscription, form)
    demand_changing(request.actor)
    if not form.is_valid():
        return _delete_page(request, subscription, form, status=422)
    try:
        return _do(request, subscription, "delete", number=form.cleaned_data["number"])
    except changing.NotConfirmed:
        text = _("This is not its number. It is %(number)s.") % {"number": subscription.number}
        form.add_error("number", text)
        return _delete_page(request, subscription, form, status=422)


def _delete_page(
    request: HttpRequest, subscription: Subscription, form: DeleteForm, *, status: int = 200
) -> HttpResponse:
    deeds = deeds_for(subscription, request.actor, now=timezone.now())
    context = {"subscription": subscription, "form": form, "refusal": deeds["delete"]}
    return render(request, "provisioning/subscriptions/delete.html", context, status=status)


def _do(request: HttpRequest, subscription: Subscription, name: str, **given: str) -> HttpResponse:
    """Do it, or show the page again with what stands against it."""
    demand_changing(request.actor)
    act, done = DONE[name]
    try:
        act(subscription, by=request.actor, now=timezone.now(), version=seen_version(request), **given)
    except changing.NotAdministered:
        problem = _(
            "The customer administers this organisation alone, so that your site changes nothing in it."
        )
    except changing.SubscriptionNotOpen as closed:
        status = SubscriptionStatus(closed.status).label
        problem = _("This is not possible any more. The subscription is now: %(status)s.") % {
            "status": status
        }
    except changing.SubscriptionChanged:
        problem = _("Somebody changed this subscription since you opened it. Here is how it is now.")
    except changing.WindowOver:
        problem = _("The time in which this subscription could be restored is over.")
    except trials.NothingGained:
        problem = _("The trial was begun or extended today, so that extending it now changes nothing.")
    else:
        messages.success(request, str(done))
        return redirect("subscriptions:subscription", subscription.public_id)
    return subscription_page(request, _found(subscription.public_id), problem=problem, status=409)
