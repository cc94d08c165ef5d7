"""The deal desk's queue, and deciding about several deals of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup

from calendars.business import Calendar
from calendars.queries import calendars_for
from identity.access import requires
from identity.once import once
from identity.paging import page
from identity.places import countries
from identity.privileges import Privilege

from .. import actions, desk
from ..actions.bulk import LEFT, MOST
from ..listing import meant_by
from ..models import Deal
from ..promises import clock_for_scripts, standing
from ..states import DealType, Verdict

P = Privilege
VERDICT_TONES = {Verdict.CLEAR: "good", Verdict.OWN: "info", Verdict.LIKELY: "warn"}
SALT = "deals.desk.together"
TOGETHER = {"take": actions.take_together, "approve": actions.approve_together}


@requires(P.DEAL_DECIDE)
@require_GET
def deal_desk(request: HttpRequest) -> HttpResponse:
    """What waits for the desk: one query for the rows, which stay plain tuples, and one for their calendars."""
    actor, now, asked = request.actor, timezone.now(), request.GET
    queue, text = desk.queue_named(asked.get("queue", "")), asked.get("q", "").strip()[:200]
    rows = desk.rows_in(queue, by=actor, now=now)
    if text:
        rows = rows.filter(meant_by(text, actor))
    order = desk.order_of(queue, asked.get("order", ""))
    found = page(rows, order, request, size=MOST)
    here, kept = reverse("deals:desk"), urlencode({"queue": queue.name} | ({"q": text} if text else {}))
    calendars = calendars_for({row[desk.COUNTRY] for row in found.items})
    context = {
        "now": now,
        "queue": queue,
        "tabs": [(each.label, f"{here}?queue={each.name}", each is queue, None) for each in desk.QUEUES],
        "orders": [
            (gettext("Soonest promise first"), f"{here}?{kept}", order == desk.SOONEST),
            (gettext("First come"), f"{here}?{kept}&order=first", order == desk.FIRST_COME),
        ],
        "order": asked.get("order", ""),
        "text": text,
        "rows": _with_clocks(found.items, calendars, now),
        "clock": clock_for_scripts(calendars, now) if found.items else "",
        "page": found,
        "here": request.get_full_path(),
        "countries": countries(),
        "types": _types(get_language()),
        "verdicts": _verdicts(get_language()),
    }
    return render(request, "deals/desk.html", context)


def _with_clocks(rows: list[Any], calendars: Mapping[str, Calendar], now: datetime) -> list[Any]:
    """Each row behind how its promise stands: tone, kind, seconds left and the words, as the template wants them."""
    shown = []
    for row in rows:
        clock = standing(row[desk.DUE], now, calendars[row[desk.COUNTRY]])
        shown.append(((clock.tone, clock.kind, clock.left, clock.words), row))
    return shown


@lru_cache(maxsize=16)
def _types(language: str | None) -> dict[str, str]:
    """`language` is the current one, and here for the cache."""
    return {value: str(label) for value, label in DealType.choices}


@lru_cache(maxsize=16)
def _verdicts(language: str | None) -> dict[str, Markup]:
    badge = Markup('<span class="badge badge-{}">{}</span>')
    return {verdict.value: badge.format(VERDICT_TONES[verdict], verdict.label) for verdict in Verdict}


# ------------------------------------------------------------------------------------------------ several at once


@requires(P.DEAL_DECIDE)
@require_POST
@once
def decide_together(request: HttpRequest) -> HttpResponse:
    """Begin to review, or approve, the chosen deals; then say of each what became of it."""
    what, back = request.POST.get("what", ""), _back(request)
    chosen = [_chosen(text) for text in request.POST.getlist("deal")]
    if what not in TOGETHER or not chosen:
        messages.warning(request, gettext("Select the deals first."))
        return redirect(back)
    try:
        outcomes = TOGETHER[what](chosen, by=request.actor, now=timezone.now())
    except actions.TooManyDeals:
        text = ngettext("Select at most %(most)d deal.", "Select at most %(most)d deals.", MOST)
        messages.error(request, text % {"most": MOST})
        return redirect(back)
    said = {"what": what, "back": back, "left": {each.public_id: each.left for each in outcomes}}
    told = signing.dumps(said, salt=SALT, compress=True)
    return redirect(f"{reverse('deals:together')}?{urlencode({'of': told})}")


def _chosen(text: str) -> actions.Chosen:
    """A row's value: the deal's public id, and the version in which it was shown."""
    public_id, _colon, version = text.partition(":")
    # Nonsense is a version that no deal has.
    return actions.Chosen(public_id[:12], int(version) if version.isascii() and version.isdigit() else -1)


def _back(request: HttpRequest) -> str:
    """The queue from which the deals were chosen."""
    back = request.POST.get("back", "")
    return back if back.startswith(reverse("deals:desk") + "?") and len(back) < 500 else reverse("deals:desk")


@requires(P.DEAL_DECIDE)
@require_GET
def together(request: HttpRequest) -> HttpResponse:
    """What became of deals that were decided together. The address says it all; it may be opened again."""
    try:
        said: dict[str, Any] = signing.loads(request.GET.get("of", ""), salt=SALT)
    except signing.BadSignature:
        raise BadRequest("This is not an answer that was given.") from None
    deals = Deal.objects.in_bulk(list(said["left"]), field_name="public_id")
    outcomes = [(deals[public_id], left) for public_id, left in said["left"].items() if public_id in deals]
    context = {
        "what": said["what"],
        "back": said["back"],
        "done": [deal for deal, left in outcomes if not left],
        "left": [(deal, LEFT[left]) for deal, left in outcomes if left],
        "missing": len(said["left"]) - len(outcomes),
    }
    return render(request, "deals/together.html", context)
