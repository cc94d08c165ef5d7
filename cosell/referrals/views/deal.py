"""The page of one deal, and what is done there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.countries import country_name
from identity.access import PrivilegeMissing, demand, partners_only, requires
from identity.actors import Actor
from identity.once import once
from identity.privileges import Privilege, Refusal
from identity.versions import seen_version
from identity.views import safe_next

from ...models import Favourite, Referral, Seller, WonRegistration
from ...registrations.possible import why_not_register
from ...states import STAGE_PERCENT, UPGRADES, SalesStage, Substatus
from .. import actions
from ..clock import clock_of
from ..forms import AcceptForm, ReasonForm, StageForm, UpgradeForm, take
from ..possible import WHY_NOT
from ..words import OWN_SIDE, SHARING_MEANS, TONES, VENDOR_SIDE, history_of
from .list import vendor_side

P = Privilege
Forms = Mapping[str, Form]


def found(public_id: str) -> Referral:
    """The deal with what its page reads of it, if the reader sees it; else 404."""
    deals = Referral.objects.select_related("location", "customer", "vendor_side", "invitation")
    return get_object_or_404(deals, public_id=public_id)


@requires(P.REFERRAL_VIEW)
@partners_only
@require_GET
def deal_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """A deal: how both sides stand, what is in it, and what can be done now."""
    return deal_page(request, found(public_id))


def deal_page(
    request: HttpRequest,
    deal: Referral,
    *,
    forms: Forms | None = None,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    vendor = vendor_side(deal)
    deeds = {name: why_not(deal, actor, now) for name, why_not in WHY_NOT.items()}
    context = {
        "deal": deal,
        "vendor": vendor,
        "own_clock": clock_of(deal, now),
        "vendor_clock": clock_of(vendor, now),
        "own_means": OWN_SIDE[deal.substatus],
        "vendor_means": VENDOR_SIDE[vendor.substatus] if vendor else "",
        "vendor_reason": _why_declined(vendor) if vendor and vendor.substatus == Substatus.DECLINED else "",
        "seller": Seller.objects.filter(vendor_referral=vendor).first() if vendor else None,
        "sharing_means": SHARING_MEANS,
        "tones": TONES,
        "steps": _steps(deal),
        "country": country_name(deal.country),
        "team": list(deal.team.select_related("membership").order_by("id")),
        "solutions": list(deal.solutions.select_related("solution").order_by("id")),
        "invitations": list(deal.invitations.order_by("id")),
        "begun_by": deal.invitation.invited_by_name if deal.invitation else deal.created_by_name,
        "others": list(_others(deal)),
        "starred": Favourite.objects.filter(referral=deal, user_id=actor.user_id).exists(),
        "following": Referral.objects.filter(recreated_from=deal).first(),
        "previous": _previous(deal),
        "deeds": deeds,
        "forms": _forms(deal, actor, deeds) | dict(forms or {}),
        "open_form": next(iter(forms), "") if forms else "",
        "registration": WonRegistration.objects.filter(referral=deal).order_by("-id").first(),
        "register_refused": why_not_register(deal, actor, now),
        "events": history_of(deal),
        "problem": problem,
    }
    return render(request, "referrals/deal.html", context, status=status)


def _why_declined(vendor: Any) -> str | Promise:
    """The vendor's reason; where it gave none, that this is as it should be (C7)."""
    return vendor.get_reason_display() or _(
        "The vendor gives no reason for deals that are worth less than 25,000 US dollars."
    )


def _steps(deal: Referral) -> list[tuple[Any, str]]:
    """How far the sale is, each stage with how likely it makes it."""
    stages = list(SalesStage)
    lost = deal.substatus in (Substatus.LOST, Substatus.DECLINED, Substatus.EXPIRED)
    here = stages.index(SalesStage(deal.stage))
    won = deal.substatus == Substatus.WON

    def state(place: int) -> str:
        if won or place < here:
            return "done"
        if place > here:
            return "todo"
        return "stopped" if lost else "now"

    return [
        (
            _("%(stage)s, %(percent)s%%") % {"stage": stage.label, "percent": STAGE_PERCENT[stage]},
            state(place),
        )
        for place, stage in enumerate(stages)
    ]


def _others(deal: Referral) -> QuerySet[Referral]:
    """What else of the engagement is the reader's own: several partners invited theirs."""
    same = Referral.objects.filter(engagement=deal.engagement).exclude(id=deal.id)
    return same.select_related("invitation").order_by("id")


def _previous(deal: Referral) -> Referral | None:
    if deal.recreated_from_id is None:
        return None
    return Referral.objects.filter(id=deal.recreated_from_id).first()


def _forms(deal: Referral, actor: Actor, deeds: Mapping[str, Refusal | None]) -> dict[str, Form]:
    """Of what can be done now."""
    return {name: doing.form(deal, actor, None) for name, doing in DOINGS.items() if deeds[name] is None}


def _accept_form(deal: Referral, actor: Actor, data: Any) -> AcceptForm:
    return AcceptForm(data, referral=deal, own=actor.membership_id, auto_id="id_accept_%s")


def _decline_form(deal: Referral, actor: Actor, data: Any) -> ReasonForm:
    return ReasonForm(data, auto_id="id_decline_%s")


def _lose_form(deal: Referral, actor: Actor, data: Any) -> ReasonForm:
    return ReasonForm(data, auto_id="id_lose_%s")


def _stage_form(deal: Referral, actor: Actor, data: Any) -> StageForm:
    return StageForm(data, initial={"stage": deal.stage}, auto_id="id_stage_%s")


def _upgrade_form(deal: Referral, actor: Actor, data: Any) -> UpgradeForm:
    return UpgradeForm(data, referral=deal, to=UPGRADES[deal.sharing], auto_id="id_upgrade_%s")


def _no_form(deal: Referral, actor: Actor, data: Any) -> Form:
    return Form(data)


# ------------------------------------------------------------------------------------------------ what is done


@dataclass(frozen=True, slots=True)
class Doing:
    """How a deed is done from the page. `form` makes its form from a deal, the reader, and what was sent."""

    act: Callable[..., Any]
    done: str | Promise
    form: Callable[[Referral, Actor, Any], Any] = _no_form
    given: Callable[[Any], dict[str, Any]] = lambda form: form.cleaned_data
    versioned: bool = True


DOINGS: dict[str, Doing] = {
    "accept": Doing(
        actions.accept,
        gettext_lazy("The deal is accepted, and whoever sent it is told. Good luck with it."),
        _accept_form,
        lambda form: form.given,
    ),
    "decline": Doing(
        actions.decline,
        gettext_lazy("The deal is declined, and whoever sent it is told why."),
        _decline_form,
    ),
    "win": Doing(actions.win, gettext_lazy("Congratulations. The deal is won.")),
    "lose": Doing(
        actions.lose,
        gettext_lazy("The deal is closed as lost."),
        _lose_form,
    ),
    "stage": Doing(
        actions.set_stage,
        gettext_lazy("The sales stage is changed."),
        _stage_form,
    ),
    "upgrade": Doing(
        actions.upgrade,
        gettext_lazy("More of the deal is shared now. This is not taken back."),
        _upgrade_form,
    ),
    "recreate": Doing(
        actions.recreate,
        gettext_lazy(
            "This is a new deal with everything that was in the former one, and whoever helped is asked again."
        ),
        versioned=False,
    ),
}


@requires(P.REFERRAL_WORK)
@partners_only
@require_POST
@once
def answer(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Accept, decline, win, lose, move on, share further or begin anew; or show what stands against it."""
    deal, doing = found(public_id), DOINGS[name]
    if name == "recreate":
        demand(request.actor, P.REFERRAL_MANAGE)
    form = doing.form(deal, request.actor, request.POST)
    if not form.is_valid():
        return deal_page(request, deal, forms={name: form}, status=422)
    given = doing.given(form) | ({"version": seen_version(request)} if doing.versioned else {})
    try:
        done = doing.act(deal, by=request.actor, now=timezone.now(), **given)
    except actions.BadContent as error:
        return _wrong(request, public_id, name, form, error)
    except REFUSED as error:
        return deal_page(request, found(public_id), forms={name: form}, problem=why(error), status=409)
    messages.success(request, str(doing.done))
    return redirect("referrals:deal", done.public_id if name == "recreate" else public_id)


def _wrong(
    request: HttpRequest, public_id: str, name: str, form: Form, error: actions.BadContent
) -> HttpResponse:
    """What the action found wrong: at its fields where there are any, else as what stands against it."""
    if not form.fields:
        said = " ".join(message for messages in error.errors.values() for message in messages)
        return deal_page(request, found(public_id), problem=said, status=422)
    take(form, error.errors)
    return deal_page(request, found(public_id), forms={name: form}, status=422)


#: Somebody was quicker, or a rule says no.
REFUSED = (actions.DealChanged, actions.NotPossible)


def why(error: Exception) -> str:
    """Why it could not be done, in a sentence for the reader. Raises PrivilegeMissing where it is about them."""
    if isinstance(error, actions.NotPossible):
        if error.of_person:
            raise PrivilegeMissing(error.refusal) from None
        return f"{error.refusal.reason} {error.refusal.who}"
    return _("Somebody changed this deal since you opened it. Here is how it is now; what you typed is kept.")


@requires(P.REFERRAL_VIEW)
@partners_only
@require_POST
@once
def favourite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark a deal as a favourite, or take the mark away; then back to where the star was pressed."""
    actions.mark(found(public_id), request.POST.get("on") == "1", by=request.actor)
    return HttpResponseRedirect(safe_next(request, reverse("referrals:deal", args=[public_id])))
