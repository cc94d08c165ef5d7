"""Proposals: what a distributor prepares for a reseller, and the reseller's no."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege, Refusal

from .. import actions
from ..actions.proposing import as_content
from ..forms.proposing import DeclineForm, ProposalForm
from ..models import Deal, Proposal, ProposalStatus
from ..possible import demand_distributor, demand_reseller

P = Privilege
TONES = {
    ProposalStatus.WAITING: "info",
    ProposalStatus.CONFIRMED: "good",
    ProposalStatus.DECLINED: "warn",
    ProposalStatus.LAPSED: "neutral",
    ProposalStatus.TAKEN_BACK: "neutral",
}


@requires(P.DEAL_REGISTER)
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    demand_distributor(request.actor)
    found = page(Proposal.objects.all(), ("-id",), request)
    return render(
        request,
        "deals/proposals.html",
        {"page": found, "statuses": dict(ProposalStatus.choices), "tones": TONES},
    )


@requires(P.DEAL_REGISTER)
@require_http_methods(["GET", "POST"])
@never_cache
@once
def propose(request: HttpRequest) -> HttpResponse:
    demand_distributor(request.actor)
    now = timezone.now()
    today = now.astimezone(ZoneInfo(request.actor.time_zone)).date()
    form = ProposalForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_deal(
                reseller_number=form.cleaned_data["reseller_number"],
                content=as_content(form.changes()),
                by=request.actor,
                now=now,
            )
        except actions.TooManyProposals:
            form.add_error(
                None, _("Your site has proposed 30 deals in a day. Go on tomorrow; what you typed is kept.")
            )
        else:
            messages.success(
                request, _("The reseller is asked to confirm the deal. You see the answer here.")
            )
            return redirect("deals:proposal", made.public_id)
    return render(request, "deals/propose.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(P.DEAL_REGISTER)
@require_GET
def proposal(request: HttpRequest, public_id: str) -> HttpResponse:
    demand_distributor(request.actor)
    found = get_object_or_404(Proposal, public_id=public_id)
    return render(
        request,
        "deals/proposal.html",
        {
            "proposal": found,
            "status_label": ProposalStatus(found.status).label,
            "tone": TONES[ProposalStatus(found.status)],
            "closed": None
            if found.status == ProposalStatus.WAITING
            else Refusal(_("The proposal is closed."), _("Make another proposal.")),
        },
    )


@requires(P.DEAL_REGISTER)
@require_POST
@once
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    demand_distributor(request.actor)
    found = get_object_or_404(Proposal, public_id=public_id)
    try:
        actions.take_back_proposal(found, by=request.actor, now=timezone.now())
    except actions.ProposalClosed:
        messages.error(request, _("The proposal was closed meanwhile."))
    else:
        messages.success(request, _("The proposal is taken back."))
    return redirect("deals:proposal", public_id)


@requires(P.DEAL_REGISTER)
@require_POST
@once
def decline(request: HttpRequest, public_id: str) -> HttpResponse:
    """The reseller's no: the draft is thrown away."""
    demand_reseller(request.actor)
    deal = get_object_or_404(Deal, public_id=public_id)
    form = DeclineForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    try:
        actions.decline_proposal(deal, text=text, by=request.actor, now=timezone.now())
    except actions.DealNotOpen:
        messages.error(
            request, _("This deal is no proposal any more. It can be withdrawn, but not declined.")
        )
        return redirect("deals:detail", public_id)
    messages.success(request, _("The proposal is declined, and the distributor is told."))
    return redirect("deals:list")
