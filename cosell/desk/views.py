"""The pages of the vendor's co-sell desk: what awaits an answer, one deal, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import PrivilegeMissing, requires
from identity.lists import address_of, counted, query_of
from identity.models import Site
from identity.once import once
from identity.paging import page
from identity.places import countries, country_name
from identity.privileges import Privilege
from identity.versions import seen_version

from ..models import Location, Referral, Seller, Solution, SolutionStatus, VendorReferral
from ..referrals.clock import clock_of
from ..referrals.words import TONES
from ..states import Sharing, Substatus
from . import actions, listing
from .forms import DeclineForm, SellerForm, SendForm, SiteForm
from .history import history_of
from .listing import EVERYTHING, PARAMETERS, TABS, Wanted, tab_named
from .possible import deeds_for, why_not_send
from .worth import worth_of

P = Privilege
#: The vendor's people who see co-sell deals. (REFERRAL_VIEW is partners' as well, who have pages of their own.)
LOOKERS = (P.REFERRAL_ANSWER, P.COSELL_DECIDE)

# ------------------------------------------------------------------------------------------------ the list


@requires(*LOOKERS)
@require_GET
def deal_list(request: HttpRequest) -> HttpResponse:
    """Deals that partners share with the vendor, those first that wait for an answer, the soonest deadline on top."""
    asked, now = request.GET, timezone.now()
    tab, wanted = tab_named(asked.get("show", "")), Wanted.of(asked)
    found = page(listing.found_in(tab, wanted), tab.order, request)
    pairs = [listing.pair_of(row) for row in found.items]
    context = {
        "deals": [(deal, side, clock_of(side, now), clock_of(deal, now)) for deal, side in pairs],
        "page": found,
        "tab": tab,
        "tabs": [
            (each.label, address_of("cosell_desk:list", asked, PARAMETERS, show=each.name), each is tab, None)
            for each in TABS
        ],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": query_of(asked, PARAMETERS),
        "countries": countries(),
        "labels": dict(Substatus.choices),
        "tones": TONES,
        "send_refused": why_not_send(request.actor),
    }
    return render(request, "cosell/desk/list.html", context)


@requires(*LOOKERS)
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many deals each tab has with these filters, in words: asked for after the page."""
    return JsonResponse([counted(number) for number in listing.counts(Wanted.of(request.GET))], safe=False)


# ------------------------------------------------------------------------------------------------ one deal


@requires(*LOOKERS)
@require_GET
@never_cache
def deal(request: HttpRequest, public_id: str) -> HttpResponse:
    """A deal: the partner's side to read, the vendor's own side, and what is done with that."""
    return deal_page(request, get_object_or_404(Referral, public_id=public_id))


def deal_page(
    request: HttpRequest,
    referral: Referral,
    *,
    forms: dict[str, Form] | None = None,
    open_form: str = "",
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    now, side = timezone.now(), _side_of(referral)
    context = {
        "deal": referral,
        "side": side,
        "seller": Seller.objects.filter(vendor_referral=side).first() if side else None,
        "clock": clock_of(side, now),
        "partner_clock": clock_of(referral, now),
        "worth": worth_of(referral.value, referral.currency, now.date()),
        "team": referral.team.order_by("id"),
        "solutions": referral.solutions.order_by("id"),
        "others": Referral.objects.filter(engagement=referral.engagement)
        .exclude(id=referral.id)
        .order_by("id"),
        "history": history_of(referral, side),
        "deeds": deeds_for(referral, side, request.actor, now),
        "forms": _forms(side) | (forms or {}),
        "open_form": open_form,
        "problem": problem,
        "country": country_name(referral.country),
        "tones": TONES,
    }
    return render(request, "cosell/desk/deal.html", context, status=status)


def _side_of(referral: Referral) -> VendorReferral | None:
    if referral.sharing != Sharing.COSELL:
        return None
    return VendorReferral.objects.select_related("referral").filter(referral=referral).first()


def _forms(side: VendorReferral | None) -> dict[str, Form]:
    if side is None:
        return {}
    people = actions.colleagues()
    named = Seller.objects.filter(vendor_referral=side).first()
    known = {}
    if named is not None:
        chosen = next((each.public_id for each in people if each.user_id == named.user_id), "")
        known = {
            "seller": chosen, "seller_name": named.name, "seller_email": named.email, "seller_phone": named.phone
        }  # fmt: skip
    return {
        "accept": SellerForm(people=people, auto_id="id_accept_%s"),
        "decline": DeclineForm(auto_id="id_decline_%s"),
        "seller": SellerForm(people=people, initial=known, auto_id="id_seller_%s"),
    }


# ------------------------------------------------------------------------------------------------ what is done


@requires(P.REFERRAL_ANSWER)
@require_POST
@once
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Help with the deal, and say who."""
    form = SellerForm(request.POST, people=actions.colleagues(), auto_id="id_accept_%s")

    def act(side: VendorReferral, seen: dict[str, Any]) -> str:
        actions.accept_for_vendor(side, seller=form.details, **seen)
        return _("The deal is accepted. The partner sees now who works on it.")

    return _done(request, public_id, "accept", form, act)


@requires(P.REFERRAL_ANSWER)
@require_POST
@once
def decline(request: HttpRequest, public_id: str) -> HttpResponse:
    """Turn the deal down."""
    form = DeclineForm(request.POST, auto_id="id_decline_%s")

    def act(side: VendorReferral, seen: dict[str, Any]) -> str:
        declined = actions.decline_for_vendor(side, reason=form.cleaned_data["reason"], **seen)
        if declined.reason:
            return _("The deal is declined. The partner is told why.")
        return _(
            "The deal is declined. The partner is shown no reason, since the deal is worth less than USD 25,000."
        )

    return _done(request, public_id, "decline", form, act)


@requires(P.REFERRAL_ANSWER)
@require_POST
@once
def seller(request: HttpRequest, public_id: str) -> HttpResponse:
    """Name somebody else who works on it."""
    form = SellerForm(request.POST, people=actions.colleagues(), auto_id="id_seller_%s")

    def act(side: VendorReferral, seen: dict[str, Any]) -> str:
        actions.change_seller(side, seller=form.details, **seen)
        return _("The seller is changed. The partner is told.")

    return _done(request, public_id, "seller", form, act)


@requires(P.REFERRAL_ANSWER)
@require_POST
@once
def win(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close the vendor's side as won."""
    return _close(request, public_id, "win", won=True)


@requires(P.REFERRAL_ANSWER)
@require_POST
@once
def lose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close the vendor's side as lost."""
    return _close(request, public_id, "lose", won=False)


def _close(request: HttpRequest, public_id: str, name: str, *, won: bool) -> HttpResponse:
    def act(side: VendorReferral, seen: dict[str, Any]) -> str:
        actions.close_for_vendor(side, won=won, **seen)
        return _("The vendor's side is closed as won.") if won else _("The vendor's side is closed as lost.")

    return _done(request, public_id, name, Form(request.POST), act)


def _done(
    request: HttpRequest,
    public_id: str,
    name: str,
    form: Form,
    act: Callable[[VendorReferral, dict[str, Any]], str],
) -> HttpResponse:
    """Do it, or show the page again with what stands against it; what was typed is kept."""
    side = get_object_or_404(VendorReferral.objects.select_related("referral"), referral__public_id=public_id)
    again: dict[str, Any] = {"forms": {name: form}, "open_form": name}
    if not form.is_valid():
        return deal_page(request, side.referral, status=422, **again)
    seen = {"by": request.actor, "now": timezone.now(), "version": seen_version(request)}
    try:
        told = act(side, seen)
    except actions.BadContent as error:
        _take(form, error.errors)
        return deal_page(request, side.referral, status=422, **again)
    except actions.NotPossible as error:
        if error.of_person:
            raise PrivilegeMissing(error.refusal) from None
        problem = f"{error.refusal.reason} {error.refusal.who}"
    except actions.SideChanged:
        problem = _("Somebody changed the vendor's side since you opened it. Here is how it is now.")
    else:
        messages.success(request, told)
        return redirect("cosell_desk:deal", public_id)
    return deal_page(request, side.referral, problem=problem, status=409, **again)


def _take(form: Form, errors: dict[str, list[str]]) -> None:
    for field, sentences in errors.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


# ------------------------------------------------------------------------------------------------ sending


@requires(P.REFERRAL_ANSWER)
@require_GET
def choose_site(request: HttpRequest) -> HttpResponse:
    """To which partner a deal is sent: those that have a location, by name or number."""
    form = SiteForm(request.GET)
    typed = form.cleaned_data["site"] if form.is_valid() else ""
    found = listing.partners(typed)
    if typed and [site.number for site in found] == [listing.as_number(typed)]:
        return redirect("cosell_desk:send_to", found[0].number)
    context = {"form": form, "typed": typed, "partners": found, "most": listing.MOST_PARTNERS}
    return render(request, "cosell/desk/choose_site.html", context)


@requires(P.REFERRAL_ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send a deal to a partner."""
    site, now = get_object_or_404(Site, number=number), timezone.now()
    people = actions.colleagues()
    form = SendForm(
        request.POST if request.method == "POST" else None,
        people=people,
        locations=list(Location.objects.filter(site=site, closed_at=None).order_by("name", "id")),
        solutions=list(
            Solution.objects.filter(site=site, status=SolutionStatus.PUBLISHED).order_by("name", "id")
        ),
        country=site.country,
        today=now.date(),
        own=next((each.public_id for each in people if each.user_id == request.actor.user_id), ""),
    )
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                sent = actions.send_deal(
                    form.content(), site=site, seller=form.details, by=request.actor, now=now
                )
            except actions.BadContent as error:
                form.take(error.errors)
            else:
                messages.success(
                    request, _("The deal is on its way. The partner has been told, and answers in time.")
                )
                return redirect("cosell_desk:deal", sent.public_id)
    return render(request, "cosell/desk/send.html", {"form": form, "to": site}, status=status)
