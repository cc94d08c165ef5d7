"""The draft: begun, written a step at a time, thrown away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Customer
from customers.names import search_name
from identity.actors import Actor
from identity.models import Membership, MembershipStatus, Site, SiteKind
from pricing.models import Part
from pricing.money import currency_of

from .. import living
from ..models import PLAIN_FIELDS, PRODUCTS, Deal, DealProduct, Opportunity, ProposalStatus
from ..notices.amending import tell_of_taken_off
from ..states import EDITABLE, Status
from .answering import answer_proposal
from .attaching import take_files_along
from .ground import (
    ColleagueUnknown,
    DealNotOpen,
    DistributorUnknown,
    Happened,
    TooManyProducts,
    audit,
    copy,
    demand,
    happened,
    locked,
    place_of,
    products_in,
    store,
)


@transaction.atomic
def begin_deal(
    *,
    opportunity: Opportunity | None = None,
    previous: Deal | None = None,
    customer: Customer | None = None,
    by: Actor,
    now: datetime,
) -> Deal:
    """A new draft of the actor's site, empty, with a customer of the directory, or filled from an opportunity
    or from an earlier deal of the site.

    Raises DealNotOpen when the earlier deal is not closed: it is to be continued, not repeated.
    """
    if previous is not None and not previous.is_terminal:
        raise DealNotOpen(previous.status)
    site_id, membership_id = place_of(by)
    deal = Deal(
        site_id=site_id,
        site_name=by.site_name,
        site_number=by.site_number,
        owner_id=membership_id,
        owner_name=by.name,
        created_at=now,
        updated_at=now,
        listed_at=now,
        currency=currency_of(Site.objects.values_list("country", flat=True).get(id=site_id)),
    )
    if customer is not None:
        deal.customer = customer
        deal.customer_name, deal.customer_country = customer.name, customer.country
        deal.customer_tax_id, deal.customer_domain = customer.tax_id, customer.web_domain
    if opportunity is not None:
        copy(opportunity, deal, FROM_OPPORTUNITY)
        deal.opportunity = opportunity
    if previous is not None:
        copy(previous, deal, FROM_PREVIOUS)
        deal.previous = previous
    deal.search_name = search_name(deal.customer_name)
    deal.save(force_insert=True)
    if previous is not None:
        parts = [(product.part, product.quantity) for product in products_in(previous)]
        replace_products(deal, parts)
        deal.save(update_fields=["product_summary"])
        take_files_along(previous, deal)
    happened(Happened.BEGUN, deal, by=by, now=now)
    return deal


FROM_OPPORTUNITY = ("name", "customer_id", "customer_name", "customer_country", "stage", "value", "close_on")
FROM_PREVIOUS = (
    *FROM_OPPORTUNITY, "opportunity_id", "customer_tax_id", "customer_domain", "currency", "deal_type",
    "contact_name", "contact_job_title", "contact_email", "contact_phone",
    "competitors", "next_steps", "distributor_id", "distributor_name", "engineer_name", "engineer_email",
)  # fmt: skip


@transaction.atomic
def save_draft(
    deal: Deal,
    *,
    by: Actor,
    now: datetime,
    changes: dict[str, Any],
    typed: dict[str, dict[str, str]] | None = None,
    version: int | None = None,
) -> Deal:
    """Keep what was entered into a draft or a returned deal.

    `changes` has valid values by name: those of PLAIN_FIELDS, and `customer` (Customer or None),
    `distributor` (Site or None), `owner` (Membership), `products` ([(Part, quantity)]). `typed` replaces
    what is kept of input that is not valid yet, for the steps it has. Raises DealNotOpen, DealChanged,
    TooManyProducts, DistributorUnknown, ColleagueUnknown, NotNow for another customer once the deal has its number.
    """
    deal = locked(deal, version)
    if deal.status not in EDITABLE:
        raise DealNotOpen(deal.status)
    fields = {"version", "updated_at"}
    changes = dict(changes)
    former_distributor_id = deal.distributor_id
    if any(name in changes for name in living.CUSTOMER):
        demand(deal, living.of_customer(deal))
    for name, choose in (
        ("customer", choose_customer),
        ("distributor", name_distributor),
        ("owner", choose_owner),
    ):
        if name in changes:
            fields |= choose(deal, changes.pop(name))
    if "products" in changes:
        replace_products(deal, changes.pop("products"))
        fields.add("product_summary")
    for name, value in changes.items():
        if name not in PLAIN_FIELDS:
            raise TypeError(f"{name} is not a field of a draft")
        setattr(deal, name, value)
        fields.add(name)
    if "customer_name" in fields:
        deal.search_name = search_name(deal.customer_name)
        fields.add("search_name")
    if typed is not None:
        deal.typed = {step: kept for step, kept in (deal.typed | typed).items() if kept}
        fields.add("typed")
    store(deal, fields, now)
    if deal.status == Status.RETURNED and deal.distributor_id != former_distributor_id:
        tell_of_taken_off(deal, former_distributor_id, by=by, now=now)
    return deal


def choose_customer(deal: Deal, customer: Customer | None) -> set[str]:
    """A known customer brings its details along; None makes room for a new one's."""
    deal.customer = customer
    if customer is None:
        return {"customer_id"}
    deal.customer_name, deal.customer_country = customer.name, customer.country
    deal.customer_tax_id, deal.customer_domain = customer.tax_id, customer.web_domain
    return {"customer_id", "customer_name", "customer_country", "customer_tax_id", "customer_domain"}


def name_distributor(deal: Deal, distributor: Site | None) -> set[str]:
    if distributor is not None and (distributor.kind != SiteKind.DISTRIBUTOR or not distributor.is_active):
        raise DistributorUnknown
    deal.distributor = distributor
    deal.distributor_name = distributor.name if distributor else ""
    return {"distributor_id", "distributor_name"}


def choose_owner(deal: Deal, owner: Membership) -> set[str]:
    if owner.site_id != deal.site_id or owner.status != MembershipStatus.ACTIVE:
        raise ColleagueUnknown
    deal.owner, deal.owner_name = owner, owner.name
    return {"owner_id", "owner_name"}


def replace_products(deal: Deal, products: Iterable[tuple[Part, int]]) -> None:
    chosen = list(products)
    if len(chosen) > PRODUCTS:
        raise TooManyProducts
    DealProduct.objects.filter(deal=deal).delete()
    DealProduct.objects.bulk_create(
        DealProduct(
            deal=deal,
            **deal.readers(),
            position=position,
            part=part,
            part_number=part.number,
            description=part.description,
            line=part.line.code,
            quantity=quantity,
        )
        for position, (part, quantity) in enumerate(chosen, start=1)
    )
    deal.product_summary = ", ".join(part.number for part, _ in chosen)


@transaction.atomic
def discard_draft(deal: Deal, *, by: Actor, now: datetime) -> None:
    """Throw a draft away. Raises DealNotOpen: what was submitted can be withdrawn, not made undone."""
    deal = locked(deal)
    if deal.status != Status.DRAFT:
        raise DealNotOpen(deal.status)
    if deal.proposal_ref:
        answer_proposal(deal, ProposalStatus.DECLINED, now=now)
    audit("deal.discarded", deal, by=by, now=now)
    deal.delete()  # in the database, products and events go with it
