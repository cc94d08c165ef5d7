"""What is done with a quote: opened, revised, closed, thrown away, split, merged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import requires
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version
from pricing.money import in_figures
from pricing.quoting import QuoteFlawed

from ...models import Quote, QuoteStatus
from .. import actions
from ..forms import CloseForm, OpenForm
from ..possible import demand_maker, refusal
from ..telling import REFUSED
from .quote import found, quote_page, too_late

P = Privilege
LONGEST = timedelta(days=180)


def _common(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.actor, "now": timezone.now(), "version": seen_version(request)}


def deed(view: Callable[[HttpRequest, Quote], HttpResponse]) -> Callable[..., HttpResponse]:
    """The address at which one deed is done: POST only, once per form shown; told who was quicker."""

    def wrapped(request: HttpRequest, public_id: str) -> HttpResponse:
        demand_maker(request.actor)
        try:
            return view(request, found(public_id))
        except REFUSED as refused:
            return too_late(request, public_id, refused)

    return requires(P.QUOTE_MANAGE)(require_POST(once(wrapped)))


@deed
def reprice(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Give a proposal the prices of today."""
    actions.reprice_quote(quote, **_common(request))
    messages.success(request, _("The prices are those of today."))
    return redirect("quotes:quote", quote.public_id)


@deed
def discard(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Throw a proposal away."""
    actions.discard_quote(quote, **_common(request))
    messages.success(request, _("The proposal is thrown away."))
    return redirect("quotes:list")


@deed
def revise(request: HttpRequest, quote: Quote) -> HttpResponse:
    """The next version, as a proposal."""
    revision = actions.revise_quote(quote, **_common(request))
    messages.success(
        request, _("This is version %(number)s, at the prices of today.") % {"number": revision.revision}
    )
    return redirect("quotes:quote", revision.public_id)


@deed
def close(request: HttpRequest, quote: Quote) -> HttpResponse:
    """End an open quote by hand."""
    form = CloseForm(request.POST, auto_id="id_close_%s")
    if not form.is_valid():
        return quote_page(request, quote, status=422, close=form)
    actions.close_quote(quote, reason=form.cleaned_data["reason"], **_common(request))
    messages.success(request, _("The quote is closed."))
    return redirect("quotes:quote", quote.public_id)


@deed
def split(request: HttpRequest, quote: Quote) -> HttpResponse:
    """A proposal for each of the customer's sites."""
    try:
        made = actions.split_by_site(quote, **_common(request))
    except actions.OneSiteOnly:
        problem = _("All lines are of one site: there is nothing to split.")
        return quote_page(request, quote, status=422, problem=problem)
    words = ngettext("It is %(num)s proposal now.", "They are %(num)s proposals now.", len(made))
    messages.success(request, words % {"num": len(made)})
    return redirect("quotes:quote", quote.public_id)


@deed
def merge(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Take the lines of other proposals over."""
    ids = [each[:12].replace("\0", "") for each in request.POST.getlist("other")[:20]]
    others = list(Quote.objects.filter(public_id__in=ids))
    if not others:
        return quote_page(request, quote, status=422, problem=_("Choose the proposals to take over."))
    try:
        actions.merge_quotes(quote, others, **_common(request))
    except actions.NotAlike as differs:
        problem = _(
            "%(number)s cannot be taken over: customer, currency, price level and deal have to be the same."
        ) % {"number": differs.quote.number}
        return quote_page(request, quote, status=422, problem=problem)
    except actions.TooManyLines:
        return quote_page(request, quote, status=422, problem=_("That would be too many lines for a quote."))
    messages.success(request, _("The lines are taken over."))
    return redirect("quotes:quote", quote.public_id)


@requires(P.QUOTE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def open_(request: HttpRequest, public_id: str) -> HttpResponse:
    """From proposal to quote: until when, on which terms, at which total."""
    demand_maker(request.actor)
    quote = found(public_id)
    if refusal("open", quote, request.actor):
        return too_late(request, public_id, actions.QuoteNotOpen(quote.status))
    today = actions.day_at(quote.site, timezone.now())
    days = {"first": today, "last": today + LONGEST}
    if request.method != "POST":
        initial = {
            "valid_until": actions.default_valid_until(today),
            "terms": quote.terms,
            "seen_total": quote.total,
        }
        return _open_page(request, quote, OpenForm(initial=initial, **days))
    form = OpenForm(request.POST, **days)
    if not form.is_valid():
        return _open_page(request, quote, form, status=422)
    try:
        actions.open_quote(quote, **form.cleaned_data, **_common(request))
    except QuoteFlawed as flawed:
        return _flawed(request, quote, form, flawed)
    except actions.CustomerMissing:
        return _open_page(request, quote, form, status=422, problem=_("Say for which customer it is first."))
    except actions.DealNotUsable as refused:
        words = f"{refused.refusal.reason} {refused.refusal.who}"
        return _open_page(request, quote, form, status=422, problem=words)
    except actions.PricesChanged as changed:
        return _dearer(request, quote, form, changed)
    except REFUSED as refused:
        return too_late(request, public_id, refused)
    messages.success(request, _("The quote is open: its prices stand."))
    return redirect("quotes:quote", public_id)


def _flawed(request: HttpRequest, quote: Quote, form: OpenForm, flawed: QuoteFlawed) -> HttpResponse:
    """Of the whole quote it is told here; what is wrong with a line, beside the line."""
    for flaw in flawed.flaws:
        if flaw.line is None:
            return _open_page(request, quote, form, status=422, problem=flaw.text)
    words = ngettext(
        "Something is to be put right in %(num)s line", "Something is to be put right in %(num)s lines",
        len({flaw.line for flaw in flawed.flaws}),
    )  # fmt: skip
    problem = f"{words % {'num': len({flaw.line for flaw in flawed.flaws})}}."
    return quote_page(request, quote, status=422, problem=problem)


def _dearer(
    request: HttpRequest, quote: Quote, form: OpenForm, changed: actions.PricesChanged
) -> HttpResponse:
    """Prices have changed since the page was made: it is shown again with the new total, to be sent again."""
    words = {
        "seen": in_figures(changed.seen, quote.currency), "total": in_figures(changed.total, quote.currency)
    }  # fmt: skip
    data = request.POST.copy()
    data["seen_total"] = str(changed.total)
    again = OpenForm(data, first=form.first, last=form.last)
    again.is_valid()
    problem = _("The total was %(seen)s, and is %(total)s now. Open it again if that is right.") % words
    return _open_page(request, quote, again, status=409, problem=problem, total=changed.total)


def _open_page(
    request: HttpRequest,
    quote: Quote,
    form: OpenForm,
    *,
    status: int = 200,
    problem: str = "",
    total: int | None = None,
) -> HttpResponse:
    former = Quote.objects.filter(site_id=quote.site_id, number=quote.number).exclude(id=quote.id)
    context = {
        "quote": quote,
        "form": form,
        "problem": problem,
        "total": quote.total if total is None else total,
        "supersedes": former.filter(status__in=[QuoteStatus.OPEN, QuoteStatus.ORDERED_IN_PART]).first(),
    }
    return render(request, "orders/quotes/open.html", context, status=status)
