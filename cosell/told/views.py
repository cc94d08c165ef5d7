"""Who would be mailed about a deal, and the one address for all co-sell mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from identity.access import PrivilegeMissing, partners_only, requires
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version

from ..models import CosellAddress, Referral
from ..referrals.queries import sides_of
from . import notices
from .address import LOOKERS, AddressChanged, NotYours, keep_address, own_address, why_not_keep
from .forms import AddressForm
from .looking import EVENTS, default_event, who_is_mailed


@requires(Privilege.REFERRAL_WORK)
@require_GET
@never_cache
def deal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everybody who comes into question for news about a deal, with the rule that chose or dropped them."""
    referral = get_object_or_404(Referral, public_id=public_id)
    event = request.GET.get("event", "")
    event = event if event in EVENTS else default_event(referral)
    told = who_is_mailed(referral, event)
    context = {
        "referral": referral,
        "event": event,
        "events": [(name, notices.KINDS[name].title) for name in EVENTS],
        "told": told,
        "number": sum(each.mailed for each in told),
        "kept": own_address(request.actor),
    }
    return render(request, "cosell/told/deal.html", context)


@requires(Privilege.REFERRAL_VIEW)
@partners_only
@require_GET
def side(request: HttpRequest, invitation: str) -> HttpResponse:
    """Where a mail about an invitation leads, which cannot know the reader's own side of the deal: to that side."""
    referral = get_object_or_404(Referral, sides_of(invitation))
    return redirect("referrals:deal", referral.public_id)


@requires(*LOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@once
def address(request: HttpRequest) -> HttpResponse:
    """The one address for all co-sell mail of the reader's company."""
    refused = why_not_keep(request.actor)
    kept = own_address(request.actor)
    form = AddressForm(request.POST if request.method == "POST" else None, initial=_initial(kept))
    problem, status = "", 200
    if request.method == "POST":
        if refused:
            raise PrivilegeMissing(refused)
        status = 422
        if form.is_valid():
            try:
                return _kept(request, form)
            except NotYours as error:
                raise PrivilegeMissing(error.refusal) from None
            except AddressChanged as error:
                kept, status = error.address, 409
                problem = _("Somebody changed the address since you opened this page. Here is how it is now.")
    context = {
        "form": form,
        "kept": kept,
        "refused": refused,
        "problem": problem,
        "languages": dict(settings.LANGUAGES),
    }
    return render(request, "cosell/told/address.html", context, status=status)


def _initial(kept: CosellAddress | None) -> dict[str, str]:
    language = get_language() or settings.LANGUAGE_CODE
    return {"email": kept.email if kept else "", "language": kept.language if kept else language}


def _kept(request: HttpRequest, form: AddressForm) -> HttpResponse:
    kept = keep_address(
        **form.cleaned_data, version=seen_version(request), by=request.actor, now=timezone.now()
    )
    if kept.email:
        messages.success(
            request, _("Co-sell mail goes to %(email)s from now on.") % {"email": f"\u2068{kept.email}\u2069"}
        )
    else:
        messages.success(request, _("Co-sell mail goes to those whom each deal concerns from now on."))
    return redirect("cosell_told:address")
