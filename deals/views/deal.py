"""One deal: its page, and everything that is done on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.countries import country_name
from identity.access import requires
from identity.actors import Actor, Kind
from identity.once import once
from identity.privileges import Privilege, Refusal
from identity.versions import seen_version

from .. import actions, conflicts, discounts, queries
from ..columns import columns_for
from ..events import CONVERSATION, EVERYTHING, INTERNAL, heard, timeline
from ..forms import (
    AppealForm,
    ApproveForm,
    AskExtensionForm,
    AskForm,
    AttachForm,
    CommentForm,
    ExtendForm,
    LoseForm,
    ReasonForm,
    RefuseExtensionForm,
    RejectForm,
    ReturnForm,
    RevokeForm,
    WithdrawForm,
)
from ..living import Known
from ..models import Deal, VisibleTo
from ..possible import deeds_for, demand_deed
from ..rules import LOST, REJECT, Rules
from ..states import NUMBERED, TONES, WAITING, Status
from ..verdicts import explained
from .awaited import awaited
from .lived import lived

P = Privilege


@requires(P.DEAL_VIEW)
@require_GET
def deal_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    deal = get_object_or_404(Deal.objects.select_related("customer"), public_id=public_id)
    actions.note_viewing(deal, by=request.actor, now=timezone.now())
    return deal_page(request, deal)


def deal_page(
    request: HttpRequest,
    deal: Deal,
    *,
    status: int = 200,
    bound: tuple[str, forms.Form] | None = None,
    problem: str | Promise = "",
) -> HttpResponse:
    """A deal's page; with the form that was just sent, if it could not be acted on, and why."""
    actor, now = request.actor, timezone.now()
    rules = queries.rules_in_force()
    known = Known(deal, now=now, rules=rules)
    deeds = deeds_for(deal, actor, known)
    events, products = queries.events_of(deal), queries.products_of(deal)
    view = _timeline_view(request, bound)
    shown = {name: DOINGS[name].asked(name, rules) for name in deeds if name in DOINGS}
    if actor.kind is Kind.RESELLER and actor.may(P.DEAL_REGISTER) and not deal.is_terminal:
        shown["attach"] = AttachForm(auto_id="id_attach_%s")
    if bound is not None:
        shown[bound[0]] = bound[1]
    if view == INTERNAL and "comment" in shown:
        shown["comment"].fields["text"].label = gettext_lazy("Internal note")
    return render(
        request,
        "deals/deal.html",
        {
            "deal": deal,
            "told": frozenset(column.name for column in columns_for(actor)),
            "now": now,
            "status_label": Status(deal.status).label,
            "tone": TONES[Status(deal.status)],
            "next_step": _next_step(deal, actor, now),
            "steps": _progress(deal),
            "country": country_name(deal.customer_country) if deal.customer_country else "",
            "products": products,
            "verdict": explained(deal.verdict, deal.verdict_rule),
            "files": list(queries.attachments().filter(deal=deal)),
            "timeline": timeline(heard(events, view), rules, actor),
            "timeline_view": view,
            "discount": discounts.granted(deal, rules, actor, events),
            "deeds": deeds,
            "forms": shown,
            "open_form": bound[0] if bound else "",
            "problem": problem,
            "reason": _reason(deal, rules),
            "days_left": (deal.expires_at - now).days if deal.expires_at else None,
            **awaited(deal, products, events, rules, actor),
            **lived(deal, actor, known, events),
            **queries.follow_ups_of(deal),
        },
        status=status,
    )


def _timeline_view(request: HttpRequest, bound: tuple[str, forms.Form] | None) -> str:
    """Everything, the conversation with the partner, or what the vendor's people note among themselves."""
    if bound is not None and bound[0] == "comment":
        return INTERNAL if bound[1].data.get("internal") and request.actor.is_staff else EVERYTHING
    view = request.GET.get("timeline", "")
    allowed = (CONVERSATION, INTERNAL) if request.actor.is_staff else (CONVERSATION,)
    return view if view in allowed else EVERYTHING


def _reason(deal: Deal, rules: Rules) -> str:
    """The words of the reason that a deal was rejected or lost for."""
    if deal.outcome_code:
        return rules.reason_label(deal.outcome_code, LOST)
    return rules.reason_label(deal.decision_code, REJECT)


def _progress(deal: Deal) -> list[tuple[str, str]]:
    """How far the deal has come: draft, submitted, decided, closed."""
    status = Status(deal.status)
    words = [_("Draft"), _("With the vendor"), _("Approved"), _("Closed")]
    if status in NUMBERED and status is not Status.APPROVED:
        place, end = 3, "done" if status is Status.WON else "stopped"
        words[3] = str(status.label)
    elif deal.is_terminal:
        place, end = (2, "stopped") if status is Status.REJECTED or not deal.number else (3, "stopped")
        words[place] = str(status.label)
    elif status is Status.RETURNED:
        place, end = 1, "now"
        words[1] = str(status.label)
    else:
        place = {Status.DRAFT: 0, Status.APPROVED: 2}.get(status, 1)
        end = "now"
        if status in WAITING:
            words[1] = str(status.label)
    states = ["done"] * place + [end] + ["todo"] * (3 - place)
    if end == "stopped":
        return list(zip(words, states, strict=True))[: place + 1]
    return list(zip(words, states, strict=True))


def _next_step(deal: Deal, actor: Actor, now: datetime) -> str:
    """What happens next, in a sentence or two for whoever reads it."""
    own = actor.kind is Kind.RESELLER
    match Status(deal.status):
        case Status.DRAFT:
            return _("Only your site sees this draft. Complete it and register it; then the vendor decides.")
        case Status.SUBMITTED | Status.UNDER_REVIEW if deal.is_overdue(now):
            return _("The promised decision is late. The deal desk sees that too.")
        case Status.SUBMITTED if deal.appeal_text:
            return _("Somebody else at the vendor's deal desk decides next.")
        case Status.SUBMITTED:
            return _("The vendor's deal desk decides next.")
        case Status.UNDER_REVIEW:
            return _("Somebody at the vendor's deal desk is looking at it.")
        case Status.RETURNED if own:
            return _("Change what is asked for and submit it again. It keeps its place.")
        case Status.RETURNED:
            return _("The partner changes what was asked for and submits it again. It keeps its place.")
        case Status.APPROVED if own:
            return _("Quote the number to the vendor and the distributor, and mark the deal as won or lost.")
        case Status.APPROVED:
            return _("The partner quotes the number from now on, and marks the deal as won or lost.")
        case Status.WON:
            return _("The customer bought. Nothing more is to be done.")
        case Status.REJECTED if own:
            return _("This deal is not changed any more, but you have other ways on.")
        case Status.EXPIRED if own:
            return _("The registration ran out. You can register the deal again.")
        case _:
            return _("This registration has come to an end.")


# ------------------------------------------------------------------------------------------------ deeds


@dataclass(frozen=True, slots=True)
class Doing:
    """How a page does something with a deal: its form, the action, and what is said when it is done."""

    act: Callable[..., Any]
    done: str | Promise
    form: type[forms.Form] = forms.Form

    def asked(self, name: str, rules: Rules, data: Any = None) -> forms.Form:
        """Its form on the page, with the reasons of these rules where it needs one."""
        extra: Any = {"rules": rules} if issubclass(self.form, ReasonForm) else {}
        return self.form(data, auto_id=f"id_{name}_%s", **extra)


DOINGS: dict[str, Doing] = {
    "take": Doing(actions.take_under_review, gettext_lazy("You are reviewing this deal now.")),
    "approve": Doing(
        actions.approve_deal, gettext_lazy("The deal is approved, and the partner is told."), ApproveForm
    ),
    "ask": Doing(actions.ask_partner, gettext_lazy("The partner is asked, and told at once."), AskForm),
    "return": Doing(actions.return_deal, gettext_lazy("The deal is back with the partner."), ReturnForm),
    "reject": Doing(
        actions.reject_deal, gettext_lazy("The deal is rejected, and the partner is told."), RejectForm
    ),
    "revoke": Doing(actions.revoke_deal, gettext_lazy("The registration is revoked."), RevokeForm),
    "withdraw": Doing(actions.withdraw_deal, gettext_lazy("The deal is withdrawn."), WithdrawForm),
    "win": Doing(actions.win_deal, gettext_lazy("Congratulations. The deal is won.")),
    "lose": Doing(actions.lose_deal, gettext_lazy("The deal is marked as lost."), LoseForm),
    "ask_extension": Doing(
        actions.ask_extension, gettext_lazy("Your request is with the deal desk."), AskExtensionForm
    ),
    "take_extension_back": Doing(
        actions.take_extension_back, gettext_lazy("Your request for an extension is taken back.")
    ),
    "extend": Doing(
        actions.extend_deal,
        gettext_lazy("The registration is extended, and the partner is told."),
        ExtendForm,
    ),
    "refuse_extension": Doing(
        actions.refuse_extension,
        gettext_lazy("The registration is not extended, and the partner is told."),
        RefuseExtensionForm,
    ),
    "appeal": Doing(
        actions.appeal_deal,
        gettext_lazy("Your appeal is with the deal desk. Somebody else decides this time."),
        AppealForm,
    ),
    "comment": Doing(actions.comment_on_deal, gettext_lazy("Your comment is on the timeline."), CommentForm),
}


def _do(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Do one deed; every way it can fail shows the deal as it is now, and why."""
    deal = get_object_or_404(Deal, public_id=public_id)
    demand_deed(name, request.actor)
    doing = DOINGS[name]
    form = doing.asked(name, queries.rules_in_force(), request.POST)
    if not form.is_valid():
        return deal_page(request, deal, status=422, bound=(name, form))
    try:
        doing.act(deal, by=request.actor, now=timezone.now(), **_given(name, form, request))
    except actions.NotNow as not_now:
        problem = of_rule(not_now.refusal)
    except actions.DealNotOpen as closed:
        problem = too_late(closed)
    except actions.DealChanged:
        problem = _("Somebody changed this deal since you opened it. Here is how it is now; decide again.")
    except actions.ReasonMissing:  # somebody retired it just now
        problem = _("This reason is not offered any more. Choose another.")
    except actions.DealConflict as conflict:
        problem = conflicts.words(conflict.candidate)
    else:
        messages.success(request, str(doing.done))
        return redirect(_afterwards(name, deal, request))
    deal.refresh_from_db()
    return deal_page(request, deal, status=409, bound=(name, form), problem=problem)


def of_rule(refusal: Refusal) -> str:
    """Why something could not be done, and who can change that."""
    return f"{refusal.reason} {refusal.who}"


def too_late(closed: actions.DealNotOpen) -> str:
    """That the deal's state has changed since the page was shown."""
    status = Status(closed.status).label
    return _("This is not possible any more. The deal is now: %(status)s.") % {"status": status}


def _afterwards(name: str, deal: Deal, request: HttpRequest) -> str:
    """The deal; after a note among the vendor's people, with their notes open."""
    address = reverse("deals:detail", args=[deal.public_id])
    noted = name == "comment" and request.actor.is_staff and request.POST.get("internal")
    return f"{address}?timeline={INTERNAL}#timeline" if noted else address


def _given(name: str, form: forms.Form, request: HttpRequest) -> dict[str, Any]:
    if name == "comment":
        internal = form.cleaned_data["internal"] and request.actor.is_staff
        return {
            "text": form.cleaned_data["text"],
            "visible_to": VisibleTo.STAFF if internal else VisibleTo.ALL,
        }
    return {**form.cleaned_data, "version": seen_version(request)}


def deed(name: str, *privileges: Privilege) -> Callable[..., HttpResponse]:
    """The address at which one deed is done: POST only, once per form shown."""

    def view(request: HttpRequest, public_id: str) -> HttpResponse:
        return _do(request, public_id, name)

    return requires(*privileges)(require_POST(once(view)))


take = deed("take", P.DEAL_DECIDE)
approve = deed("approve", P.DEAL_DECIDE)
ask = deed("ask", P.DEAL_DECIDE)
return_ = deed("return", P.DEAL_DECIDE)
reject = deed("reject", P.DEAL_DECIDE)
revoke = deed("revoke", P.DEAL_DECIDE)
withdraw = deed("withdraw", P.DEAL_REGISTER)
win = deed("win", P.DEAL_REGISTER)
lose = deed("lose", P.DEAL_REGISTER)
ask_extension = deed("ask_extension", P.DEAL_REGISTER)
take_extension_back = deed("take_extension_back", P.DEAL_REGISTER)
extend = deed("extend", P.DEAL_DECIDE)
refuse_extension = deed("refuse_extension", P.DEAL_DECIDE)
comment = deed("comment", P.DEAL_REGISTER, P.DEAL_DECIDE)


@requires(P.DEAL_REGISTER)
@require_POST
@once
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a closed deal up again in a new draft, with everything that was in it."""
    previous = get_object_or_404(Deal, public_id=public_id)
    demand_deed("again", request.actor)
    try:
        deal = actions.begin_deal(previous=previous, by=request.actor, now=timezone.now())
    except actions.DealNotOpen:
        return deal_page(
            request, previous, status=409, problem=_("This deal is not closed: go on with it here.")
        )
    messages.success(request, _("A new draft, with everything that was in the earlier deal."))
    return redirect(reverse("deals:review", args=[deal.public_id]))
