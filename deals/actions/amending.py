"""Changing an approved deal. What the approval is about goes to the deal desk again; the rest is brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from customers.actions import remember_contact
from identity.actors import Actor
from pricing.models import Part

from .. import living
from ..changes import FREE_FIELDS, Change, changes_between, facts_of, to_text
from ..completeness import what_is_missing
from ..living import Known
from ..models import PRODUCTS, Deal, DealProduct
from ..notices.amending import tell_of_new_distributor, tell_of_update
from ..states import Status
from .drafting import choose_owner, name_distributor, replace_products
from .ground import (
    DealIncomplete,
    DealNotOpen,
    Happened,
    TooManyProducts,
    audit,
    demand,
    happened,
    locked,
    move,
    products_in,
    store,
)
from .submitting import promise

PLAIN = frozenset(FREE_FIELDS) - {"owner"} | {"deal_type", "value", "currency"}
COLUMNS = {
    "products": ("product_summary",),
    "value": ("value", "currency"),
    "distributor": ("distributor_id", "distributor_name"),
    "owner": ("owner_id", "owner_name"),
}


class ApprovalRests(Exception):
    """This would take the approval back until the desk gives it again, which nobody has agreed to yet.

    `changes` are those with that consequence.
    """

    def __init__(self, changes: list[Change]) -> None:
        super().__init__(", ".join(change.field for change in changes))
        self.changes = changes


@transaction.atomic
def amend_deal(
    deal: Deal,
    *,
    changes: dict[str, Any],
    by: Actor,
    now: datetime,
    approve_again: bool = False,
    version: int | None = None,
) -> Deal:
    """Change an approved deal. `changes` has values by the names of `save_draft`; what is as it was is no change.

    A change of products, value, deal type or distributor submits the deal again at once, which `approve_again` agrees
    to: its approval rests until the desk gives it anew. Any other leaves it approved.
    Raises ApprovalRests, NotNow, DealNotOpen, DealChanged, DealIncomplete, TooManyProducts, DistributorUnknown,
    ColleagueUnknown.
    """
    deal = locked(deal, version)
    if deal.status != Status.APPROVED:
        raise DealNotOpen(deal.status)
    known = Known(deal, now=now)
    demand(deal, living.of_amending(known))
    rows = products_in(deal)
    before, former_distributor_id = facts_of(deal, rows), deal.distributor_id
    products = _take_over(deal, changes)
    after = facts_of(deal, rows if products is None else products)
    found = changes_between(before, after)
    if not found:
        return deal
    if key := [change for change in found if change.is_key]:
        demand(deal, living.of_key_fields(known))
        if not approve_again:
            raise ApprovalRests(key)
    _demand_complete(deal, found, rows if products is None else _rows(products), known, by)
    if {change.field for change in found} & {"contact_name", "contact_email", "contact_phone"}:
        _remember(deal)
    if not key:
        return _bring_up_to_date(deal, found, by=by, now=now)
    replaced = products if any(change.field == "products" for change in key) else None
    if replaced is not None:
        deal.product_summary = ", ".join(part.number for part, _quantity in replaced)
    columns = {name: getattr(deal, name) for name in _columns(found)} | promise(deal, known.rules, now)
    move(deal, Status.SUBMITTED, Happened.AMENDED, by=by, now=now, text=to_text(found), **columns)
    if replaced is not None:
        replace_products(
            deal, replaced
        )  # in the transaction that took the approval back, the database lets it
    tell_of_new_distributor(deal, former_distributor_id, by=by, now=now)
    return deal


def _take_over(deal: Deal, changes: dict[str, Any]) -> list[tuple[Part, int]] | None:
    """Set the deal's fields; returns the products if there are any. Nothing is stored yet."""
    changes = dict(changes)
    products = changes.pop("products", None)
    if products is not None and len(products) > PRODUCTS:
        raise TooManyProducts
    if "distributor" in changes:
        distributor = changes.pop("distributor")
        if (distributor and distributor.id) != deal.distributor_id:
            name_distributor(deal, distributor)
    if "owner" in changes:
        owner = changes.pop("owner")
        if owner.id != deal.owner_id:
            choose_owner(deal, owner)
    for name, value in changes.items():
        if name in living.CUSTOMER:
            demand(deal, living.of_customer(deal))
        if name not in PLAIN:
            raise TypeError(f"{name} is not changed in an approved deal")
        setattr(deal, name, value)
    return None if products is None else list(products)


def _rows(products: Sequence[tuple[Part, int]]) -> list[DealProduct]:
    return [DealProduct(part=part, part_number=part.number, quantity=quantity) for part, quantity in products]


def _demand_complete(
    deal: Deal, found: list[Change], products: list[DealProduct], known: Known, by: Actor
) -> None:
    """What is submitted again is complete; of what is only brought up to date, what was changed. Raises
    DealIncomplete.
    """
    today = known.now.astimezone(ZoneInfo(by.time_zone)).date()
    missing = what_is_missing(deal, products, rules=known.rules, today=today)
    if not any(change.is_key for change in found):
        touched = {change.field for change in found}
        if "contact_phone" in touched:
            touched.add("contact_email")
        missing = [item for item in missing if item.field in touched]
    if missing:
        raise DealIncomplete(missing)


def _remember(deal: Deal) -> None:
    assert deal.customer is not None
    remember_contact(
        site_id=deal.site_id,
        customer=deal.customer,
        name=deal.contact_name,
        job_title=deal.contact_job_title,
        email=deal.contact_email,
        phone=deal.contact_phone,
    )


def _columns(found: list[Change]) -> set[str]:
    return {name for change in found for name in COLUMNS.get(change.field, (change.field,))}


def _bring_up_to_date(deal: Deal, found: list[Change], *, by: Actor, now: datetime) -> Deal:
    store(deal, _columns(found), now)
    happened(Happened.CHANGED, deal, by=by, now=now, text=to_text(found))
    audit("deal.changed", deal, by=by, now=now)
    tell_of_update(deal, by=by, now=now)
    return deal
