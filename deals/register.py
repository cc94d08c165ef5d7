"""Registering a deal, step by step (B1-B6). The draft is kept by the server from the first step on.

Each step keeps what is right in what was sent, whatever is wrong with the rest, so that nothing typed is ever lost;
what is wrong is kept as it was typed, and pointed out. The same steps change a deal that was returned.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from customers.countries import country_name
from customers.models import Customer
from customers.queries import same_name
from identity.access import requires
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version

from . import actions, discounts, queries
from .completeness import what_is_missing
from .forms import NONE_OF_THESE, STEPS, AttachForm, BeginForm, OpportunityForm, StepForm
from .living import of_customer
from .models import PRODUCTS, Deal, Opportunity
from .possible import demand_reseller
from .states import EDITABLE, Stage, Status
from .verdicts import Answer, Manner, explained, verdict_on

P = Privilege

LABELS: dict[str, str | Promise] = {
    "opportunity": gettext_lazy("Opportunity"),
    "customer": gettext_lazy("Customer"),
    "contact": gettext_lazy("Contact"),
    "products": gettext_lazy("Products"),
    "details": gettext_lazy("Details"),
    "review": gettext_lazy("Review"),
}
ORDER = tuple(LABELS)


# ------------------------------------------------------------------------------------------------ beginning


@requires(P.DEAL_REGISTER)
@require_http_methods(["GET", "POST"])
@never_cache
@once
def begin(request: HttpRequest) -> HttpResponse:
    """Is there an opportunity already? (B2) Then a draft, and on to the customer: of the directory, where the
    address names one.
    """
    demand_reseller(request.actor)
    opportunities = queries.open_opportunities()
    chosen, named = request.GET.get("opportunity", ""), request.GET.get("customer", "").replace("\0", "")
    customer = Customer.objects.filter(public_id=named).first() if named else None
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        opportunities=opportunities,
        initial={"opportunity": chosen, "is_there_one": "yes" if chosen else ""},
    )
    if request.method == "POST" and form.is_valid():
        deal = actions.begin_deal(
            opportunity=form.chosen,
            customer=None if form.chosen else customer,  # an opportunity knows its own
            by=request.actor,
            now=timezone.now(),
        )
        return redirect("deals:edit", deal.public_id, "customer")
    context = {
        "form": form,
        "customer": customer,
        "opportunities": opportunities,
        "drafts": queries.unfinished_drafts(),
        "steps": _steps(None, "opportunity", frozenset()),
    }
    return render(request, "deals/begin.html", context, status=422 if form.is_bound else 200)


@requires(P.DEAL_REGISTER)
@require_http_methods(["GET", "POST"])
@once
def new_opportunity(request: HttpRequest) -> HttpResponse:
    """Write down a chance of a sale; nothing is registered by that."""
    demand_reseller(request.actor)
    form = OpportunityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.note_opportunity(**form.cleaned_data, by=request.actor, now=timezone.now())
        messages.success(request, _("The opportunity is noted. Register the deal when it becomes one."))
        return redirect("deals:opportunities")
    return render(request, "deals/opportunity.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(P.DEAL_REGISTER)
@require_http_methods(["GET"])
def opportunities(request: HttpRequest) -> HttpResponse:
    """What the site's people wrote down and have not registered yet."""
    demand_reseller(request.actor)
    found = queries.open_opportunities()
    return render(
        request,
        "deals/opportunities.html",
        {"opportunities": found, "stages": dict(Stage.choices)},
    )


@requires(P.DEAL_REGISTER)
@require_POST
def close_opportunity(request: HttpRequest, public_id: str) -> HttpResponse:
    demand_reseller(request.actor)
    opportunity = get_object_or_404(Opportunity, public_id=public_id)
    actions.close_opportunity(opportunity, by=request.actor, now=timezone.now())
    messages.success(request, _("The opportunity is closed."))
    return redirect("deals:opportunities")


# ------------------------------------------------------------------------------------------------ a step


@requires(P.DEAL_REGISTER)
@require_http_methods(["GET", "POST"])
@never_cache
@once
def edit(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    deal = _editable(request, public_id)
    if deal is None:
        return redirect("deals:detail", public_id)
    form = _form(request, deal, step)
    if request.method != "POST":
        return _page(request, deal, step, form)
    go = request.POST.get("go", "next")
    if step == "customer" and of_customer(deal):
        return redirect(_after(deal, step) if go == "next" else reverse("deals:list"))
    try:
        deal = _keep(request, deal, form)
    except actions.DealChanged as changed:
        return _changed(request, changed.deal, step)
    except actions.DealNotOpen:
        return redirect("deals:detail", public_id)
    if go == "later":
        messages.success(request, _("Your draft is saved. Go on whenever you like."))
        return redirect(f"{reverse('deals:list')}?show=draft")
    if go == "back":
        return redirect(_before(deal, step))
    if not form.is_valid():
        return _page(request, deal, step, form, status=422)
    if candidates := _candidates(request, deal, step):
        return _page(request, deal, step, form, candidates=candidates, status=422)
    return redirect(_after(deal, step))


@requires(P.DEAL_REGISTER)
@require_POST
@never_cache
def autosave(request: HttpRequest, public_id: str, step: str) -> JsonResponse:
    """Keep what is being typed: {version} when kept, 409 {code, message} when the deal was changed elsewhere."""
    deal = _editable(request, public_id)
    if deal is None:
        return _refused("deal_not_open", _("This deal is not being edited any more."))
    try:
        deal = _keep(request, deal, _form(request, deal, step))
    except actions.DealChanged:
        return _refused(
            "deal_changed",
            _(
                "This deal was changed meanwhile, in another tab or by a colleague. Reload to see it as it is now."
            ),
        )
    except actions.DealNotOpen:
        return _refused("deal_not_open", _("This deal is not being edited any more."))
    return JsonResponse({"version": deal.version})


def _refused(code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": message, "details": {}}, status=409)


def _editable(request: HttpRequest, public_id: str) -> Deal | None:
    """The deal, if it can be edited now; None when it was handed in. Raises Http404, PrivilegeMissing."""
    demand_reseller(request.actor)
    deal = get_object_or_404(Deal.objects.select_related("customer"), public_id=public_id)
    return deal if deal.status in EDITABLE else None


def _keep(request: HttpRequest, deal: Deal, form: StepForm) -> Deal:
    """Store what is right and remember what is not. Raises DealChanged, DealNotOpen."""
    form.is_valid()
    return actions.save_draft(
        deal,
        changes=form.changes(),
        typed={form.step: form.typed()},
        version=seen_version(request),
        by=request.actor,
        now=timezone.now(),
    )


def _form(request: HttpRequest, deal: Deal, step: str, *, fresh: bool = False) -> StepForm:
    """The form of a step: with what was sent, else with what the deal holds and what could not be stored of it."""
    if step not in STEPS:
        raise Http404
    extra: dict[str, Any] = {"deal": deal}
    if step == "products":
        extra["products"] = queries.products_of(deal)
    if step == "details":
        extra["colleagues"] = queries.colleagues_of(request.actor)
        extra["distributors"] = queries.distributors()
        extra["today"] = today_of(request)
        extra["rules"] = queries.rules_in_force()
    kind = STEPS[step]
    if request.method == "POST" and not fresh:
        return kind(request.POST, **extra)
    kept = deal.typed.get(step)
    if not kept:
        return kind(**extra)
    shown = kind(**extra)
    data = {name: shown[name].value() for name in shown.fields} | kept
    return kind({name: "" if value is None else value for name, value in data.items()}, **extra)


def today_of(request: HttpRequest) -> date:
    return timezone.now().astimezone(ZoneInfo(request.actor.time_zone)).date()


def _candidates(request: HttpRequest, deal: Deal, step: str) -> list[Customer]:
    """Companies of the directory that a newly typed one may be, unless the partner has said it is none of them."""
    if step != "customer" or deal.customer_id is not None:
        return []
    if request.POST.get("known") == NONE_OF_THESE:
        return []
    return same_name(
        deal.customer_name,
        deal.customer_country,
        tax_id=deal.customer_tax_id,
        web_domain=deal.customer_domain,
    )


def _page(
    request: HttpRequest,
    deal: Deal,
    step: str,
    form: StepForm,
    *,
    candidates: list[Customer] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        f"deals/step_{step}.html",
        {
            "deal": deal,
            "form": form,
            "step": step,
            "steps": _steps(deal, step, _done(request, deal)),
            "candidates": candidates or [],
            "country_name": country_name,
            "problem": problem,
            "customer_stays": of_customer(deal),
            "limit": PRODUCTS,
            "returned": deal.status == Status.RETURNED,
        },
        status=status,
    )


def _changed(request: HttpRequest, deal: Deal, step: str) -> HttpResponse:
    """The deal was changed in another tab or by a colleague: say so, keep what was typed, and let it be sent again."""
    form = _form(request, deal, step)
    problem = _(
        "This deal was changed meanwhile, in another tab or by a colleague. What you typed is still below:"
        " save it again to replace what is there now."
    )
    return _page(request, deal, step, form, problem=problem, status=409)


def _done(request: HttpRequest, deal: Deal) -> frozenset[str]:
    """The steps in which nothing is missing."""
    rules = queries.rules_in_force()
    missing = what_is_missing(deal, queries.products_of(deal), rules=rules, today=today_of(request))
    return frozenset(STEPS) - {item.step for item in missing} | {"opportunity"}


def _steps(deal: Deal | None, current: str, done: frozenset[str]) -> list[tuple[Any, str]]:
    """For the progress line: each step with its link and how far it is."""
    shown: list[tuple[Any, str]] = []
    for name, label in LABELS.items():
        state = "now" if name == current else "done" if name in done else "todo"
        if deal is None or name in (current, "opportunity"):
            shown.append((label, state))
        else:
            shown.append((format_html('<a href="{}">{}</a>', _address(deal, name), label), state))
    return shown


def _address(deal: Deal, step: str) -> str:
    if step == "review":
        return reverse("deals:review", args=[deal.public_id])
    return reverse("deals:edit", args=[deal.public_id, step])


def _after(deal: Deal, step: str) -> str:
    return _address(deal, ORDER[ORDER.index(step) + 1])


def _before(deal: Deal, step: str) -> str:
    earlier = ORDER[ORDER.index(step) - 1]
    return reverse("deals:list") if earlier == "opportunity" else _address(deal, earlier)


# ------------------------------------------------------------------------------------------------ handing in


@requires(P.DEAL_REGISTER)
@require_http_methods(["GET", "POST"])
@never_cache
@once
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything once more, what is missing, and the button that registers the deal (B6)."""
    deal = _editable(request, public_id)
    if deal is None:
        return redirect("deals:detail", public_id)
    if request.method != "POST":
        return _review(request, deal)
    try:
        deal = actions.submit_deal(deal, version=seen_version(request), by=request.actor, now=timezone.now())
    except actions.DealChanged as changed:
        problem = _(
            "This deal was changed meanwhile. Here is how it is now; look at it again, then register it."
        )
        return _review(request, changed.deal, problem=problem, status=409)
    except actions.DealIncomplete:
        return _review(request, deal, status=422)
    except actions.DealNotOpen:
        return redirect("deals:detail", public_id)
    messages.success(
        request,
        _("The deal is registered under %(reference)s. The vendor decides next.")
        % {"reference": deal.reference},
    )
    return redirect("deals:detail", public_id)


def _review(
    request: HttpRequest, deal: Deal, *, problem: str = "", refused: Answer | None = None, status: int = 200
) -> HttpResponse:
    products, rules = queries.products_of(deal), queries.rules_in_force()
    missing = what_is_missing(deal, products, rules=rules, today=today_of(request))
    answer = None if missing else verdict_on(deal, Manner.LOOK, rules=rules, now=timezone.now())
    return render(
        request,
        "deals/review.html",
        {
            "deal": deal,
            "products": products,
            "missing": [(_address(deal, item.step), item.message) for item in missing],
            "steps": _steps(
                deal, "review", frozenset(STEPS) - {item.step for item in missing} | {"opportunity"}
            ),
            "country": country_name(deal.customer_country) if deal.customer_country else "",
            "stage": deal.get_stage_display(),
            "files": list(queries.attachments().filter(deal=deal)),
            "forms": {"attach": AttachForm(auto_id="id_attach_%s")},
            "discount": discounts.expected(deal, rules),
            "pace": queries.latest_pace(),
            "decision_days": rules.decision_days,
            "problem": problem,
            "returned": deal.status == Status.RETURNED,
            "answer": answer,
            "verdict": explained(answer.verdict, answer.rule) if answer else None,
            "own_deal": _own(answer),
            "refused": refused,
        },
        status=status,
    )


def _own(answer: Answer | None) -> Deal | None:
    """The site's own deal about the same, if there is one."""
    return Deal.objects.filter(public_id=answer.own_deal).first() if answer and answer.own_deal else None


@requires(P.DEAL_REGISTER)
@require_POST
@never_cache
@once
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask whether the deal conflicts with another; the review page then says what was answered."""
    deal = _editable(request, public_id)
    if deal is None:
        return redirect("deals:detail", public_id)
    try:
        answer = actions.ask_verdict(
            deal, version=seen_version(request), by=request.actor, now=timezone.now()
        )
    except actions.DealChanged as changed:
        problem = _(
            "This deal was changed meanwhile. Here is how it is now; look at it again, then check it."
        )
        return _review(request, changed.deal, problem=problem, status=409)
    except actions.DealIncomplete:
        return _review(request, deal, status=422)
    except actions.DealNotOpen:
        return redirect("deals:detail", public_id)
    if answer.is_refused:
        return _review(request, deal, refused=answer, status=429)
    return redirect(f"{reverse('deals:review', args=[public_id])}#verdict")


@requires(P.DEAL_REGISTER)
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw a draft away."""
    demand_reseller(request.actor)
    deal = get_object_or_404(Deal, public_id=public_id)
    try:
        actions.discard_draft(deal, by=request.actor, now=timezone.now())
    except actions.DealNotOpen:
        messages.error(request, _("This deal was handed in already. It can be withdrawn, but not discarded."))
        return redirect("deals:detail", public_id)
    messages.success(request, _("The draft is discarded."))
    return redirect(reverse("deals:list"))
