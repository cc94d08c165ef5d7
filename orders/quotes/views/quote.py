"""One quote: its page, and the form of its lines."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.countries import country_name
from identity.access import requires
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version
from pricing.quoting import QuoteFlawed

from ...models import FINAL, ORDERABLE, Quote, QuoteStatus
from .. import actions, queries
from ..forms import CUT_REASONS, AddForm, CloseForm
from ..line_forms import LinesForm
from ..possible import SEERS, deeds_for, demand_maker, demand_reader
from ..reaching import reach
from ..reckoning import Reckoned, reckon
from ..telling import REFUSED, changed_words, wanted_of, wrong_rows
from ..words import TONES

P = Privilege


@requires(*SEERS)
@require_GET
def quote_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """A quote with every line and how its price comes about."""
    demand_reader(request.actor)
    return quote_page(request, found(public_id))


def found(public_id: str) -> Quote:
    """Of those that the database shows; a stranger's and a missing one are the same 404."""
    quotes = Quote.objects.select_related("customer", "customer_site", "distributor", "deal", "site")
    return get_object_or_404(quotes, public_id=public_id)


def quote_page(
    request: HttpRequest,
    quote: Quote,
    *,
    status: int = 200,
    lines: LinesForm | None = None,
    add: AddForm | None = None,
    close: CloseForm | None = None,
    problem: str | Promise = "",
) -> HttpResponse:
    """A quote's page; with the form that was just sent, if it could not be acted on, and why."""
    actor, now = request.actor, timezone.now()
    held = [row.line for row in lines.rows] if lines else actions.lines_of(quote)
    today = actions.day_at(quote.site, now)
    form, live = lines or LinesForm(held), None
    if quote.status == QuoteStatus.DRAFT:
        live = reckon(quote, held, today)
        if lines is None:
            form.take(flaw for flaws in live.flaws.values() for flaw in flaws if flaw.line)
    context = {
        "quote": quote,
        "now": now,
        "today": today,
        "rows": form.rows,
        "has_errors": bool(lines and lines.has_errors),
        "live": live,
        "of_all": [flaw.text for flaw in live.flaws.get("", ()) if flaw.code != "no_lines"] if live else [],
        "prices_changed": live is not None and lines is None and _total(live) != quote.total,
        "live_total": _total(live) if live else 0,
        "flawed": sum(1 for row in form.rows if row.errors) if live and lines is None else 0,
        "reach": reach(quote),
        "deeds": deeds_for(quote, actor),
        "cut_reasons": CUT_REASONS,
        "add": add or AddForm(auto_id="id_add_%s"),
        "close": close or CloseForm(auto_id="id_close_%s"),
        "problem": problem,
        "status_label": QuoteStatus(quote.status).label,
        "tone": TONES[quote.status],
        "versions": queries.versions_of(quote),
        "orders": queries.orders_of(quote),
        "mergeable": actions.mergeable_with(quote) if quote.status == QuoteStatus.DRAFT else [],
        "site_count": len({line.customer_site_id or quote.customer_site_id for line in held}),
        "labels": dict(QuoteStatus.choices),
        "tones": TONES,
        "country": country_name(quote.country),
        "is_draft": quote.status == QuoteStatus.DRAFT,
        "orderable": quote.status in ORDERABLE,
        "is_final": quote.status in FINAL,
        "left": (quote.valid_until - today).days if quote.valid_until else None,
        "saved": quote.list_total - quote.total,
        **papers(),
    }
    return render(request, "orders/quotes/quote.html", context, status=status)


def _total(live: Reckoned) -> int:
    return live.whole.total


def papers() -> dict[str, Any]:
    """What the files of a quote offer to choose from, on its page."""
    return {"paper_languages": settings.LANGUAGES, "paper_language": get_language()}


# ------------------------------------------------------------------------------------------ the lines


@requires(P.QUOTE_MANAGE)
@require_POST
@once
def lines(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep what was changed in the lines, and do with those chosen what the button says: all of it, or nothing."""
    demand_maker(request.actor)
    quote = found(public_id)
    form = LinesForm(actions.lines_of(quote), request.POST)
    do, chosen = request.POST.get("do", "save"), form.picked
    if not form.is_valid():
        return quote_page(request, quote, status=422, lines=form)
    if do == "remove" and not chosen:
        return quote_page(request, quote, status=422, lines=form, problem=_("Choose the lines to take out."))
    try:
        done = _act_on_lines(quote, form, do, chosen, request)
    except QuoteFlawed as flawed:
        form.take(flawed.flaws)
        return quote_page(request, quote, status=422, lines=form)
    except actions.ReasonMissing as missing:
        form.ask_reason(missing.line)
        return quote_page(request, quote, status=422, lines=form)
    except actions.NotAnniversary:
        problem = _("There is no anniversary: choose the customer's site first, under “Change”.")
        return quote_page(request, quote, status=422, lines=form, problem=problem)
    except REFUSED as refused:
        return too_late(request, public_id, refused, lines=True)
    messages.success(request, done)
    return redirect("quotes:quote", public_id)


@transaction.atomic
def _act_on_lines(quote: Quote, form: LinesForm, do: str, chosen: list[str], request: HttpRequest) -> str:
    common: dict[str, Any] = {"by": request.actor, "now": timezone.now()}
    version = seen_version(request)
    if do == "remove":
        actions.change_lines(quote, form.changes, remove=chosen, version=version, **common)
        return _("The lines are taken out.")
    if form.changes or do == "save":
        quote = actions.change_lines(quote, form.changes, version=version, **common)
        version = quote.version
    if do in ("coterm", "whole"):
        actions.coterm_lines(quote, chosen or None, back=do == "whole", version=version, **common)
        return _("Coverage is brought in line.") if do == "coterm" else _("Coverage is for whole terms.")
    return _("The lines are saved.")


@requires(P.QUOTE_MANAGE)
@require_POST
@once
def add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add parts by their numbers, typed or pasted."""
    demand_maker(request.actor)
    quote = found(public_id)
    form = AddForm(request.POST, auto_id="id_add_%s")
    if not form.is_valid():
        return quote_page(request, quote, status=422, add=form)
    try:
        actions.add_lines(
            quote, wanted_of(form.rows), by=request.actor, now=timezone.now(), version=seen_version(request)
        )
    except (actions.PartsUnknown, QuoteFlawed, actions.TooManyLines) as error:
        for message in wrong_rows(form.rows, error):
            form.add_error("parts", message)
        return quote_page(request, quote, status=422, add=form)
    except REFUSED as refused:
        return too_late(request, public_id, refused, add=form)
    messages.success(request, _("The parts are added."))
    return redirect("quotes:quote", public_id)


# ------------------------------------------------------------------------------------------ pieces


def too_late(
    request: HttpRequest, public_id: str, refused: Exception, *, lines: bool = False, **forms: Any
) -> HttpResponse:
    """The quote as it is now, with what was typed, and who was quicker."""
    quote = found(public_id)
    if lines and quote.status == QuoteStatus.DRAFT:
        again = LinesForm(actions.lines_of(quote), request.POST)
        again.is_valid()
        forms["lines"] = again
    return quote_page(request, quote, status=409, problem=changed_words(refused), **forms)
