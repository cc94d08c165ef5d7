"""The page of one renewal: everything there is to know of it, and what the site notes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from deals.queries import colleagues_of
from identity.access import requires
from identity.actors import Actor, Kind
from identity.models import AuditEvent, Site
from identity.places import country_name
from identity.privileges import Privilege
from orders.models import QuoteLine
from pricing.models import Part
from pricing.products.queries import sibling
from pricing.quoting import Found, price_ratio
from pricing.quoting.prices import look_up

from .. import quoting
from ..models import LostReason, PriceNotification, RenewalItem, RenewalWork
from ..reminders.steps import STEPS
from ..work.forms import AssignForm, LoseForm, NoteForm, SnoozeForm
from .outlook import Said, outlook_of, said_of
from .views import badges

#: What colleagues did, as the history says it; in the past tense, by the event of the audit trail.
HAPPENED: dict[str, tuple[str | Promise, str]] = {
    "renewal.noted": (_("Note written"), "note"),
    "renewal.assigned": (_("Assigned to %(name)s"), "user-check"),
    "renewal.assigned_to_nobody": (_("Assigned to nobody"), "user-off"),
    "renewal.put_off": (pgettext_lazy("what happened", "Put off"), "zzz"),
    "renewal.lost": (_("Marked as lost"), "circle-x"),
    "renewal.brought_back": (_("Brought back"), "arrow-back-up"),
    "renewal.ordered": (pgettext_lazy("what happened", "Ordered"), "shopping-cart"),
    "renewal.given_back": (_("The order came to nothing: it can be renewed again"), "arrow-back-up"),
    "renewal.expired": (pgettext_lazy("what happened", "Expired"), "clock-x"),
    "renewal.lapsed": (pgettext_lazy("what happened", "Lapsed"), "clock-x"),
    "renewal.auto_renewed": (_("Renewed by itself"), "refresh"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, as `ui.timeline` shows it."""

    at: datetime
    title: str
    actor: str
    icon: str


@requires(Privilege.RENEWAL_VIEW)
@require_GET
def item_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One renewal. Somebody else's and one that does not exist are the same 404."""
    item = get_object_or_404(RenewalItem.objects.select_related("part", "customer"), public_id=public_id)
    return item_page(request, item)


def item_page(
    request: HttpRequest,
    item: RenewalItem,
    *,
    forms: Mapping[str, Form] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; `forms` are those that were filled in and could not be acted on, `problem` why not."""
    actor, today = request.actor, timezone.localdate()
    later = _later(item, actor, today)
    context = {
        "item": item,
        "today": today,
        "open": item.settled_on is None,
        "late": item.current_end < today,
        "badge": badges(get_language())[item.status],
        "country": country_name(item.country) if item.country else "",
        "said": _said(item, later, today),
        "later": later,
        "steps": [(step.label, step.on(item.due_on), step.on(item.due_on) <= today) for step in STEPS],
        "left": quoting.left_of(item),
        "quote_refusal": quoting.refusal(actor),
        "quotes": _quotes(item) if actor.kind is not Kind.DISTRIBUTOR else [],
        "price_notices": _price_notices(item),
        "problem": problem,
        "work": None,
    }
    if actor.is_partner:
        context |= _work(item, actor, forms or {})
    return render(request, "renewals/item.html", context, status=status)


# ------------------------------------------------------------------------------------------------ prices


@dataclass(frozen=True, slots=True)
class Later:
    """What it is ordered as once it is late, and for how much; amounts of one, in minor units."""

    part: Part
    price: int
    ratio: Decimal | None


def _later(item: RenewalItem, actor: Actor, today: date) -> Later | None:
    """By the prices that the reader may see; None where there is no such part or price, or nothing changes."""
    found = outlook_of(item.kind, item.current_end, today)
    period = found.later or found.now
    if item.part is None or item.settled_on is not None or period.part_type == item.part.type:
        return None
    part = sibling(item.part, period.part_type)
    if part is None:
        return None
    day = max(period.from_on or today, today)
    prices = look_up([(part, day)], country=_country(item, actor), currency=item.currency)
    price = prices[part.id, day]
    if not isinstance(price, Found):
        return None
    level = price.by_level.get(item.price_level or "BL")
    one = level if level is not None else price.by_level.get("BL")
    return None if one is None else Later(part, one, price_ratio(one, item.unit_price))


def _country(item: RenewalItem, actor: Actor) -> str:
    """Whose prices count: the reseller's country. A distributor does not see the reseller's site."""
    site = actor.site_id if actor.kind is Kind.RESELLER else item.reseller_id
    return Site.objects.filter(id=site).values_list("country", flat=True).first() or item.country


def _said(item: RenewalItem, later: Later | None, today: date) -> Said | None:
    if item.settled_on is not None:
        return None
    ratio = later.ratio if later else None
    return said_of(item.kind, item.current_end, today, auto_renew=item.auto_renew, ratio=ratio)


# ------------------------------------------------------------------------------------------------ what belongs to it


def _quotes(item: RenewalItem) -> list[QuoteLine]:
    """The quotes that contain it, the latest first: a reseller's own; for the vendor, those that were opened."""
    lines = QuoteLine.objects.filter(renewal_item=item.public_id).select_related("quote")
    return list(lines.order_by("-quote__updated_at", "-id")[:20])


def _price_notices(item: RenewalItem) -> list[PriceNotification]:
    """What the vendor announced of its price: of this very line, or of the part at the customer's site."""
    of_line = Q(quote_number=item.quote_number, line_number=item.line_number)
    of_part = Q(customer_site=item.customer_site_id, part_number=item.part_number, line_number__isnull=True)
    found = PriceNotification.objects.filter(of_line | of_part, customer=item.customer_id)
    return list(found.order_by("-notified_on", "-id")[:10])


# ------------------------------------------------------------------------------------------------ the site's own


def _work(item: RenewalItem, actor: Actor, filled: Mapping[str, Form]) -> dict[str, Any]:
    work = RenewalWork.objects.filter(item=item).select_related("assigned").first()
    colleagues = colleagues_of(actor)
    here = {one.public_id for one in colleagues}
    assigned = work.assigned.public_id if work and work.assigned else ""
    forms = {
        "note": NoteForm(initial={"note": work.note if work else ""}),
        "assign": AssignForm(
            colleagues=colleagues, initial={"colleague": assigned if assigned in here else ""}
        ),
        "snooze": SnoozeForm(initial={"until": work.snoozed_until if work else None}),
        "lose": LoseForm(initial={"reason": work.lost_reason, "text": work.lost_text} if work else {}),
    }
    return {
        "work": work or RenewalWork(version=0),
        "forms": {**forms, **filled},
        "history": _history(item),
        "lost_reasons": dict(LostReason.choices),
    }


def _history(item: RenewalItem) -> list[Event]:
    """What the site's own people did about it, the latest first."""
    found = AuditEvent.objects.filter(object_type="renewal", object_id=item.public_id).order_by("-at", "-id")
    events = []
    for each in found[:50]:
        title, icon = HAPPENED.get(each.event, (each.event, "point"))
        words = str(title) % {"name": each.detail.get("to_name", "")}
        events.append(Event(each.at, words, each.actor_name, icon))
    return events
