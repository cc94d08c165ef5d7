"""What is worth talking about with a customer: licences without support, support that ended, terms that end.

It is found in what the reader sees of the customer, and says no more than that: what another partner sold is not seen,
so "no support" is "none that you see". `worth_saying` is pure; `upsell` asks the database twice, whatever there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import about
from customers.about import Hint
from customers.models import Customer
from identity.actors import Actor
from reports import words

from .models import Entitlement, EntitlementKind, RenewalItem
from .reports.inventory import INVENTORY

MOST = 2_000  # entitlements, or items to renew, that are looked through; with more, nothing is said
SHOWN = 6  # hints
SOON = timedelta(days=120)  # before the end of a term, when contacts are checked
LATELY = timedelta(days=365)  # what ended longer ago is past talking about


class Why(StrEnum):
    TERM_ENDS = "term_ends"
    TERM_ENDED = "term_ended"
    SUPPORT_ENDED = "support_ended"
    NO_SUPPORT = "no_support"


@dataclass(frozen=True, slots=True)
class Held:
    """An entitlement, or what can be renewed of one. `thing` is the same for a licence and its support."""

    kind: str
    part_number: str
    description: str
    quantity: int
    until: date | None
    site_number: str
    site_name: str
    thing: tuple[Any, ...]
    public_id: str


@dataclass(frozen=True, slots=True)
class Found:
    why: Why
    held: Held
    renewal: str = ""  # the public id of the item that renews it, if one can be


def worth_saying(held: Sequence[Held], renewable: Sequence[Held], today: date) -> list[Found]:
    """What to talk about, the most urgent first.

    - A licence of which no support was ever bought at that site.
    - Support that ended within a year, where none goes on.
    - A committed term that ends within 120 days, or did within a year, where none goes on after it.
    """
    found = []
    for why, each in _said_of(held, today):
        found.append(Found(why, each, _renewal_of(each, renewable)))
    order = list(Why)
    return sorted(found, key=lambda one: (order.index(one.why), one.held.until or today, one.held.public_id))


def _said_of(held: Sequence[Held], today: date) -> Iterator[tuple[Why, Held]]:
    support = _latest(held, EntitlementKind.SUPPORT)
    terms = _latest(held, EntitlementKind.COMMITTED_TERM)
    for each in held:
        if each.kind == EntitlementKind.LICENCE and each.thing not in support:
            yield Why.NO_SUPPORT, each
    for each in support.values():
        if each.until is not None and today - LATELY <= each.until < today:
            yield Why.SUPPORT_ENDED, each
    for each in terms.values():
        if each.until is None or not today - LATELY <= each.until <= today + SOON:
            continue
        yield (Why.TERM_ENDED if each.until < today else Why.TERM_ENDS), each


def _latest(held: Iterable[Held], kind: str) -> dict[tuple[Any, ...], Held]:
    """Of each thing, what goes on longest; without an end, for good."""
    latest: dict[tuple[Any, ...], Held] = {}
    for each in held:
        if each.kind != kind:
            continue
        known = latest.get(each.thing)
        if known is None or (each.until or date.max) > (known.until or date.max):
            latest[each.thing] = each
    return latest


def _renewal_of(each: Held, renewable: Iterable[Held]) -> str:
    same = (item for item in renewable if item.thing == each.thing)
    return next((item.public_id for item in same if item.kind == each.kind), "")


# ------------------------------------------------------------------------------------------ for the page


@about.hints
def upsell(customer: Customer, actor: Actor, now: datetime) -> Iterator[Hint]:
    if INVENTORY.refusal(actor):
        return
    held = _held(Entitlement.objects.filter(customer=customer), "coverage_end")
    open_items = RenewalItem.objects.filter(customer=customer, settled_on__isnull=True)
    renewable = _held(open_items, "current_end")
    if len(held) > MOST or len(renewable) > MOST:
        return
    for found in worth_saying(held, renewable, timezone.localdate(now))[:SHOWN]:
        yield _hint(found, customer)


def _held(rows: Any, until: str) -> list[Held]:
    fields = (
        "kind", "part_number", "description", "quantity", until, "site_number", "site_name", "public_id",
        "part__line_id", "part__family", "part__metric",
    )  # fmt: skip
    found = []
    for *known, line, family, metric in rows.order_by("id").values_list(*fields)[: MOST + 1]:
        kind, part, description, quantity, end, site, site_name, public_id = known
        # A part that the portal does not know is like no other.
        thing = (site, line, family, metric) if line else (site, part)
        found.append(Held(kind, part, description, quantity, end, site, site_name, thing, public_id))
    return found


def _hint(found: Found, customer: Customer) -> Hint:
    held = found.held
    told = {
        "quantity": held.quantity,
        "what": f"\u2068{held.description}\u2069",
        "site": f"\u2068{held.site_name or held.site_number or customer.name}\u2069",
        "day": words.day(held.until) if held.until else "",
    }
    match found.why:
        case Why.NO_SUPPORT:
            title, tone = _("Bought, but without support"), "info"
            reason = _("%(quantity)s × %(what)s at %(site)s: no support that you see covers it.")
        case Why.SUPPORT_ENDED:
            title, tone = _("Support has ended"), "bad"
            reason = _(
                "%(what)s at %(site)s: support ended on %(day)s, and comes back as reinstatement only."
            )
        case Why.TERM_ENDS:
            title, tone = _("A committed term ends"), "warn"
            reason = _(
                "%(what)s at %(site)s: the term ends on %(day)s. An order after that pays the initial price."
            )
        case _ended:
            title, tone = _("A committed term has ended"), "bad"
            reason = _(
                "%(what)s at %(site)s: the term ended on %(day)s. An order now pays the initial price."
            )
    if found.renewal:
        return Hint(title, reason % told, reverse("renewals:item", args=[found.renewal]), _("Renew it"), tone)
    asked = {"level": "detail", "customer": customer.public_id, "part": held.part_number}
    return Hint(
        title, reason % told, INVENTORY.listing.address(urlencode(asked)), _("See the inventory"), tone
    )
