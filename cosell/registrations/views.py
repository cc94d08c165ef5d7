"""The pages of registrations: the list, one of them, registering a won deal, correcting, deciding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.lists import address_of, typed
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege
from identity.versions import seen_version

from ..models import (
    Deployment,
    Incentive,
    PricingModel,
    Referral,
    RegistrationStatus,
    WonRegistration,
)
from . import actions, listing
from .content import eligible_solutions
from .forms import DecisionForm, RegistrationForm, initial_of
from .listing import PARAMETERS, TONES, tab_named, tabs_for
from .possible import SEERS, deeds_for, registrable, rules_against

P = Privilege


@requires(*SEERS)
@require_GET
def registration_list(request: HttpRequest) -> HttpResponse:
    """Registrations of the reader's locations; to the vendor all of them, what waits for it first."""
    asked, actor = request.GET, request.actor
    tab, text = tab_named(asked.get("show", ""), actor), typed(asked)
    found = page(listing.narrowed(WonRegistration.objects.filter(tab.where), text), tab.order, request)
    context = {
        "registrations": found.items,
        "page": found,
        "tab": tab,
        "tabs": [
            (
                each.label,
                address_of("registrations:list", asked, PARAMETERS, show=each.name),
                each is tab,
                None,
            )
            for each in tabs_for(actor)
        ],
        "text": text,
        "statuses": dict(RegistrationStatus.choices),
        "incentives": dict(Incentive.choices),
        "tones": TONES,
        "now": timezone.now(),
        "registrable": registrable(actor) if tab.name == "all" and not text else [],
    }
    return render(request, "cosell/registrations/list.html", context)


# ------------------------------------------------------------------------------------------------ registering


@requires(P.REFERRAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def register(request: HttpRequest, public_id: str) -> HttpResponse:
    """Register a won deal; or read every rule that keeps it from being registered."""
    referral = get_object_or_404(Referral, public_id=public_id)
    if failing := rules_against(referral):
        context = {"referral": referral, "failing": failing, "form": None}
        status = 409 if request.method == "POST" else 200
        return render(request, "cosell/registrations/register.html", context, status=status)
    form = _form(request, referral, initial={"currency": referral.currency})
    if request.method == "POST" and form.is_valid():
        try:
            assert form.content is not None
            made = actions.register_won_deal(referral, form.content, by=request.actor, now=timezone.now())
        except actions.BadContent as error:
            form.add_problems(error.errors)
        except actions.NotPossible as error:
            form.add_error(None, f"{error.refusal.reason} {error.refusal.who}")
        else:
            messages.success(
                request, _("The deal is registered. The vendor promises an answer; see below by when.")
            )
            return redirect("registrations:registration", made.public_id)
    context = {"referral": referral, "failing": [], "form": form}
    wrong = request.method == "POST"
    return render(request, "cosell/registrations/register.html", context, status=422 if wrong else 200)


def _form(request: HttpRequest, referral: Referral, initial: dict[str, Any]) -> RegistrationForm:
    data = request.POST if request.method == "POST" else None
    return RegistrationForm(
        data, eligible=eligible_solutions(referral), today=timezone.localdate(), initial=initial
    )


@requires(P.REFERRAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """Correct what the vendor asked for, and send it again."""
    registration = _found(public_id)
    if refused := deeds_for(registration, request.actor)["correct"]:
        return registration_page(request, registration, problem=f"{refused.reason} {refused.who}", status=409)
    form: Any = _form(request, registration.referral, initial_of(registration))
    if request.method != "POST":
        return _correct_page(request, registration, form)
    if not form.is_valid() or form.content is None:
        return _correct_page(request, registration, form, status=422)
    given: dict[str, Any] = {name: form.cleaned_data[name] for name in ("note", "version")}
    try:
        actions.correct(registration, form.content, **given, by=request.actor, now=timezone.now())
    except actions.BadContent as error:
        form.add_problems(error.errors)
        return _correct_page(request, registration, form, status=422)
    except actions.NotPossible as error:
        problem = f"{error.refusal.reason} {error.refusal.who}"
        return registration_page(request, _found(public_id), problem=problem, status=409)
    except actions.RegistrationChanged as error:
        form.data = form.data.copy()
        form.data["version"] = str(error.registration.version)
        return _correct_page(request, error.registration, form, changed=True, status=409)
    messages.success(request, _("It is sent for review again."))
    return redirect("registrations:registration", public_id)


def _correct_page(
    request: HttpRequest,
    registration: WonRegistration,
    form: RegistrationForm,
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"registration": registration, "form": form, "changed": changed}
    return render(request, "cosell/registrations/correct.html", context, status=status)


# ------------------------------------------------------------------------------------------------ one of them


@requires(*SEERS)
@require_GET
def registration_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return registration_page(request, _found(public_id))


def _found(public_id: str) -> WonRegistration:
    return get_object_or_404(WonRegistration.objects.select_related("referral"), public_id=public_id)


ICONS = {
    RegistrationStatus.REVIEW_PENDING: "clock",
    RegistrationStatus.ACTION_REQUIRED: "alert-triangle",
    RegistrationStatus.APPROVED: "circle-check",
    RegistrationStatus.FAILED: "circle-x",
    RegistrationStatus.CLOSED: "x",
}


def registration_page(
    request: HttpRequest,
    registration: WonRegistration,
    *,
    form: Form | None = None,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "registration": registration,
        "status_label": RegistrationStatus(registration.status).label,
        "tone": TONES[registration.status],
        "incentive": Incentive(registration.incentive).label,
        "items": list(registration.solutions.order_by("name", "id")),
        "deployments": dict(Deployment.choices),
        "pricing": dict(PricingModel.choices),
        "deeds": deeds_for(registration, request.actor),
        "form": form or DecisionForm(initial={"version": registration.version}),
        "events": _steps(registration),
        "now": timezone.now(),
        "problem": problem,
    }
    return render(request, "cosell/registrations/registration.html", context, status=status)


def _steps(registration: WonRegistration) -> list[dict[str, Any]]:
    """Each status that it had, with its time and what was said; the latest first."""
    return [
        {
            "at": step.at,
            "title": RegistrationStatus(step.status).label,
            "text": step.note,
            "actor": step.by_name,
            "tone": TONES[step.status],
            "icon": ICONS[RegistrationStatus(step.status)],
        }
        for step in registration.steps.order_by("-id")
    ]


@requires(P.REFERRAL_MANAGE)
@require_POST
@once
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    done = _("The registration is withdrawn. The deal can be registered again.")
    return _do(request, _found(public_id), actions.withdraw, done, version=seen_version(request))


DECISIONS: dict[str, tuple[Callable[..., WonRegistration], str | Promise]] = {
    "approve": (actions.approve, gettext_lazy("It is approved, and the partner was told.")),
    "require_action": (actions.require_action, gettext_lazy("The partner was asked for a correction.")),
    "fail": (actions.fail, gettext_lazy("It is not eligible, and the partner was told why.")),
    "close": (actions.close, gettext_lazy("It is closed, and the partner was told why.")),
}


@requires(P.COSELL_DECIDE)
@require_POST
@once
def decide(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Approve it, ask for a correction, say that it is not eligible, close it."""
    registration = _found(public_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return registration_page(request, registration, form=form, status=422)
    act, done = DECISIONS[name]
    return _do(request, registration, act, str(done), form=form, **form.cleaned_data)


def _do(
    request: HttpRequest,
    registration: WonRegistration,
    act: Callable[..., WonRegistration],
    done: str,
    *,
    form: Any = None,
    **given: Any,
) -> HttpResponse:
    """Do it, or show the page again with what stands against it and what was typed."""
    try:
        act(registration, **given, by=request.actor, now=timezone.now())
    except actions.ReasonMissing:
        assert form is not None
        form.add_error("note", _("Say why: the partner reads it, and can act on it."))
        return registration_page(request, registration, form=form, status=422)
    except actions.NotPossible as error:
        problem = f"{error.refusal.reason} {error.refusal.who}"
    except actions.RegistrationChanged as error:
        problem = _("Somebody changed this registration since you opened it. Here is how it is now.")
        if form:
            form.data = form.data.copy()
            form.data["version"] = str(error.registration.version)
    else:
        messages.success(request, done)
        return redirect("registrations:registration", registration.public_id)
    return registration_page(request, _found(registration.public_id), form=form, problem=problem, status=409)
