"""The pages behind a link. GET shows, POST acts: whoever opens every address, as mail scanners do, changes nothing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ..activating.asking import ask_again
from ..activating.progress import progress as progress_of_line
from ..activating.refusals import LineOver, NothingFailed
from ..models import Activation, LineStatus, Organisation
from . import onboarding, service_steps, steps
from .guests import Visit, by_link, over

#: After these, nothing is entered any more.
ASKED = (LineStatus.PROVISIONING, LineStatus.ACTIVE, LineStatus.FAILED)
STOPPED = ("partner", "customer")


@by_link
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """From the first question to the confirmation of both organisations; later, where one had come to."""
    elsewhere = _elsewhere(request, visit, "start")
    if elsewhere:
        return elsewhere
    if request.method != "POST":
        return steps.WAY.begin(request, visit)
    try:
        return steps.WAY.go_on(
            request, visit, lambda: onboarding.begin(visit.line, by=visit.by, now=visit.now)
        )
    except onboarding.LineEnded:
        return over(request, "revoked")
    except onboarding.AlreadyOnboarded:  # in another tab, or by somebody else
        return HttpResponseRedirect(visit.url("ordered"))


@by_link
def stopped(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Nothing was set up, and who helps: the partner organisation, or the customer's, is not the right one."""
    why = request.GET.get("why", "")
    if why not in STOPPED:
        return HttpResponseRedirect(visit.url("start"))
    return render(
        request,
        "setup/stopped.html",
        {"why": why, "again": visit.url("start"), "care": settings.CUSTOMER_CARE},
    )


@by_link
def ordered(request: HttpRequest, visit: Visit) -> HttpResponse:
    """D10: both organisations are confirmed. D11: whoever administers a new partner organisation sets its password."""
    elsewhere = _elsewhere(request, visit, "ordered")
    if elsewhere:
        return elsewhere
    made = Organisation.objects.filter(id=visit.line.partner_organisation_id or 0, made_for=visit.line.id)
    context = {"line": visit.line, "partner": made.first(), "services": visit.url("services")}
    return render(request, "setup/ordered.html", context)


@by_link
def services(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The pages of what was bought, until it is asked for."""
    elsewhere = _elsewhere(request, visit, "services")
    if elsewhere:
        return elsewhere
    if request.method != "POST":
        return service_steps.WAY.begin(request, visit, service_steps.begin_with(request, visit))
    try:
        return service_steps.WAY.go_on(request, visit)
    except onboarding.LineEnded:
        return over(request, "revoked")


@by_link
def progress(request: HttpRequest, visit: Visit) -> HttpResponse:
    """How far each service is, and what to do where one failed; sent, it tries the same again."""
    elsewhere = _elsewhere(request, visit, "progress")
    if elsewhere:
        return elsewhere
    if request.method == "POST":
        return _try_again(request, visit)
    context = {
        "line": visit.line,
        "progress": progress_of_line(visit.line, now=visit.now),
        "correct": visit.url("services"),
        "care": settings.CUSTOMER_CARE,
    }
    return render(request, "setup/progress.html", context)


def _try_again(request: HttpRequest, visit: Visit) -> HttpResponse:
    """With what was entered before. Whoever is second finds it under way."""
    try:
        ask_again(visit.line, by=visit.by, now=visit.now)
    except (NothingFailed, Activation.DoesNotExist):
        pass
    except LineOver:
        return over(request, "cancelled")
    return HttpResponseRedirect(visit.url("progress"))


def _elsewhere(request: HttpRequest, visit: Visit, page: str) -> HttpResponse | None:
    """Where one is led who opens a page that is not the one to be at; None where it is."""
    status, confirmed = LineStatus(visit.line.status), visit.line.onboarded_at is not None
    if status == LineStatus.ACTIVE and page != "progress":
        return over(request, "set_up", progress=visit.url("progress"))
    if status in ASKED:
        allowed = {"progress", "services"} if status == LineStatus.FAILED else {"progress"}
        target = "progress"
    elif confirmed:
        allowed, target = {"ordered", "services"}, "ordered"
    else:
        allowed, target = {"start"}, "start"
    return None if page in allowed else HttpResponseRedirect(visit.url(target))
