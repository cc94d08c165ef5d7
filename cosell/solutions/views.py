"""The pages of solutions: the list, one of them with its checklist, and what partner and vendor do with it."""

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
from identity.history import Event, told_in
from identity.lists import address_of, typed
from identity.models import AuditEvent
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege
from identity.versions import seen_version

from ..models import Incentive, Readiness, Solution, SolutionKind, SolutionStatus
from ..rights.possible import why_no_solution
from . import actions, listing
from .checklist import By, checklist, next_step
from .forms import NoteForm, ReadyForm, SolutionForm
from .history import TITLES, sentences
from .listing import PARAMETERS, TONES, tab_named, tabs_for
from .possible import SEERS, deeds_for, not_theirs

P = Privilege
SHOWN = 50


@requires(*SEERS)
@require_GET
def solution_list(request: HttpRequest) -> HttpResponse:
    """The company's solutions; to the vendor what partners have published, what waits for it first."""
    asked, actor = request.GET, request.actor
    tab, text = tab_named(asked.get("show", ""), actor), typed(asked)
    found = page(listing.narrowed(Solution.objects.filter(tab.where), text), tab.order, request)
    context = {
        "solutions": [(one, next_step(one)) for one in found.items],
        "page": found,
        "tab": tab,
        "tabs": [
            (each.label, address_of("solutions:list", asked, PARAMETERS, show=each.name), each is tab, None)
            for each in tabs_for(actor)
        ],
        "text": text,
        "statuses": dict(SolutionStatus.choices),
        "readiness": dict(Readiness.choices),
        "incentives": dict(Incentive.choices),
        "tones": TONES,
        "add_refusal": not_theirs("edit", actor),
        "none_ready": None if actor.is_staff else why_no_solution(),
    }
    return render(request, "cosell/solutions/list.html", context)


# ------------------------------------------------------------------------------------------------ writing


@requires(P.REFERRAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: HttpRequest) -> HttpResponse:
    form = SolutionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            solution = actions.write_solution(form.content(), by=request.actor, now=timezone.now())
        except actions.NameTaken:
            form.add_error("name", _("Another solution of your company has this name."))
        else:
            messages.success(request, _("The draft is kept. Its checklist says what comes next."))
            return redirect("solutions:solution", solution.public_id)
    context = {"form": form, "solution": None}
    return render(request, "cosell/solutions/edit.html", context, status=422 if form.errors else 200)


@requires(P.REFERRAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    solution = _found(public_id)
    if refused := deeds_for(solution, request.actor)["edit"]:
        return solution_page(request, solution, problem=f"{refused.reason} {refused.who}", status=409)
    if request.method != "POST":
        return _edit_page(request, solution, SolutionForm(initial=_initial(solution)))
    form: Any = SolutionForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, solution, form, status=422)
    given = {"version": form.cleaned_data["version"], "by": request.actor, "now": timezone.now()}
    try:
        changed = actions.edit_solution(solution, form.content(), **given)
    except actions.NameTaken:
        form.add_error("name", _("Another solution of your company has this name."))
        return _edit_page(request, solution, form, status=422)
    except actions.NotPossible as error:
        form.add_error(None, f"{error.refusal.reason} {error.refusal.who}")
        return _edit_page(request, _found(public_id), form, status=409)
    except actions.SolutionChanged as error:
        form.data = form.data.copy()
        form.data["version"] = str(error.solution.version)
        return _edit_page(request, error.solution, form, changed=True, status=409)
    if solution.readiness == Readiness.READY and changed.readiness == Readiness.ASKED:
        messages.info(
            request, _("Your change is kept. The vendor looks at it again before it is co-sell ready.")
        )
    else:
        messages.success(request, _("Your change is kept."))
    return redirect("solutions:solution", public_id)


def _initial(solution: Solution) -> dict[str, Any]:
    return {name: getattr(solution, name) for name in SolutionForm.base_fields}


def _edit_page(
    request: HttpRequest, solution: Solution, form: Form, *, changed: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "solution": solution, "changed": changed}
    return render(request, "cosell/solutions/edit.html", context, status=status)


# ------------------------------------------------------------------------------------------------ one of them


@requires(*SEERS)
@require_GET
def solution_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return solution_page(request, _found(public_id))


def _found(public_id: str) -> Solution:
    return get_object_or_404(Solution, public_id=public_id)


def solution_page(
    request: HttpRequest,
    solution: Solution,
    *,
    forms: dict[str, Form] | None = None,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    seen = {"version": solution.version}
    asked = solution.readiness == Readiness.ASKED and solution.asked_at is not None
    context = {
        "solution": solution,
        "kind": SolutionKind(solution.kind).label,
        "status_label": SolutionStatus(solution.status).label,
        "readiness_label": Readiness(solution.readiness).label,
        "incentive": Incentive(solution.incentive).label if solution.incentive else "",
        "tones": TONES,
        "lines": checklist(solution),
        "by_vendor": By.VENDOR,
        "answer_by": actions.answer_by(solution.asked_at) if asked and solution.asked_at else None,
        "deeds": deeds_for(solution, request.actor),
        "forms": {
            "ready": ReadyForm(initial=seen | {"incentive": solution.incentive}),
            "note": NoteForm(initial=seen),
        }
        | (forms or {}),
        "events": _history(solution),
        "problem": problem,
    }
    return render(request, "cosell/solutions/solution.html", context, status=status)


def _history(solution: Solution) -> list[Event]:
    found = AuditEvent.objects.filter(object_type="solution", object_id=solution.public_id)
    return told_in(TITLES, sentences, found.order_by("-at", "-id")[:SHOWN])


DONE: dict[str, tuple[Callable[..., Solution], str | Promise]] = {
    "publish": (actions.publish_solution, gettext_lazy("It is published: the vendor sees it now.")),
    "ask": (actions.ask_readiness, gettext_lazy("The vendor was asked, and looks at it.")),
    "take_back": (actions.take_back, gettext_lazy("The vendor is no longer asked.")),
    "retire": (actions.retire_solution, gettext_lazy("It is retired. Deals that name it go on.")),
    "bring_back": (actions.bring_back, gettext_lazy("It is a draft again.")),
    "make_ready": (actions.make_ready, gettext_lazy("It is co-sell ready, and the partner was told.")),
    "send_back": (
        actions.send_back,
        gettext_lazy("It was sent back, and the partner was told what is missing."),
    ),
    "withdraw": (
        actions.withdraw_readiness,
        gettext_lazy("It is no longer co-sell ready, and the partner was told why."),
    ),
}


@requires(P.REFERRAL_MANAGE)
@require_POST
@once
def change(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Publish it, ask for readiness, take that back, retire it, bring it back."""
    return _do(request, _found(public_id), name, version=seen_version(request))


@requires(P.COSELL_DECIDE)
@require_POST
@once
def make_ready(request: HttpRequest, public_id: str) -> HttpResponse:
    form = ReadyForm(request.POST)
    solution = _found(public_id)
    if not form.is_valid():
        return solution_page(request, solution, forms={"ready": form}, status=422)
    return _do(request, solution, "make_ready", {"ready": form}, **form.cleaned_data)


@requires(P.COSELL_DECIDE)
@require_POST
@once
def say_not_ready(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Send it back, or take its readiness away, with words for the partner."""
    form = NoteForm(request.POST)
    solution = _found(public_id)
    if not form.is_valid():
        return solution_page(request, solution, forms={"note": form}, status=422)
    return _do(request, solution, name, {"note": form}, **form.cleaned_data)


def _do(
    request: HttpRequest, solution: Solution, name: str, forms: dict[str, Any] | None = None, **given: Any
) -> HttpResponse:
    """Do it, or show the page again with what stands against it and what was typed."""
    act, done = DONE[name]
    try:
        act(solution, **given, by=request.actor, now=timezone.now())
    except actions.NotPossible as error:
        problem = f"{error.refusal.reason} {error.refusal.who}"
    except actions.SolutionChanged as error:
        problem = _("Somebody changed this solution since you opened it. Here is how it is now.")
        for form in (forms or {}).values():
            form.data = form.data.copy()
            form.data["version"] = str(error.solution.version)
    except actions.NameTaken:
        problem = _("Another solution of your company has this name. Rename that one first.")
    else:
        messages.success(request, str(done))
        return redirect("solutions:solution", solution.public_id)
    return solution_page(request, _found(solution.public_id), forms=forms, problem=problem, status=409)
