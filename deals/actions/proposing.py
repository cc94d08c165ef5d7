"""A distributor registers a deal on behalf of a reseller, who has to confirm it (B8).

The two never touch each other's rows. The distributor writes a proposal; a job makes a draft of it at the reseller's
site, if there is such a site; the reseller's answer is a row of its own, which a job brings back. A site number that
does not exist, and one that does not answer, look the same.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from customers.models import Customer
from customers.names import search_name
from identity.actors import Actor
from identity.audit import record
from identity.models import Membership, MembershipStatus, Site, SiteKind, Standing
from pricing.products.queries import parts_by_number

from ..models import PLAIN_FIELDS, Deal, DealEvent, Proposal, ProposalAnswer, ProposalStatus
from ..notices.proposing import tell_of_answer, tell_of_proposal
from ..queries import rules_in_force
from ..states import Status
from .answering import answer_proposal
from .drafting import choose_customer, name_distributor, replace_products
from .ground import DealNotOpen, Happened, audit, locked, place_of

A_DAY = 30  # proposals of a site


class TooManyProposals(Exception):
    """A distributor proposes so many deals a day at most: nobody's drafts are flooded."""


class ProposalClosed(Exception):
    """The proposal was answered, has lapsed, or was taken back."""


@transaction.atomic
def propose_deal(*, reseller_number: str, content: dict[str, Any], by: Actor, now: datetime) -> Proposal:
    """Propose a deal to the reseller with this site number.

    `content` is what `as_content` makes of a deal's fields. Raises TooManyProposals, NoSite.
    """
    site_id, _membership = place_of(by)
    with connection.cursor() as cursor:  # two at the same moment do not both count as the last one
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"proposals of {site_id}"])
    if Proposal.objects.filter(site_id=site_id, made_at__gt=now - timedelta(days=1)).count() >= A_DAY:
        raise TooManyProposals
    proposal = Proposal.objects.create(
        site_id=site_id,
        reseller_number=reseller_number.zfill(7),
        content=content,
        name=content["name"],
        customer_name=content["customer_name"],
        made_by_name=by.name[:120],
        made_at=now,
        lapses_at=now + timedelta(days=rules_in_force().proposal_days),
    )
    _record("proposal.made", proposal, by=by, now=now)
    return proposal


def as_content(changes: dict[str, Any]) -> dict[str, Any]:
    """A deal's fields, by the names that `save_draft` knows, as they can be kept in JSON."""
    customer = changes.get("customer")
    kept = {
        name: value for name, value in changes.items() if name in PLAIN_FIELDS and value not in (None, "")
    }
    if isinstance(kept.get("close_on"), date):
        kept["close_on"] = kept["close_on"].isoformat()
    if customer is not None:
        kept |= {
            "customer": customer.public_id,
            "customer_name": customer.name,
            "customer_country": customer.country,
        }
    return kept | {"products": [[part.number, quantity] for part, quantity in changes.get("products", [])]}


@transaction.atomic
def take_back_proposal(proposal: Proposal, *, by: Actor, now: datetime) -> Proposal:
    """Take a proposal back that was not answered. Raises ProposalClosed."""
    changed = Proposal.objects.filter(id=proposal.id, status=ProposalStatus.WAITING).update(
        status=ProposalStatus.TAKEN_BACK
    )
    if not changed:
        raise ProposalClosed
    _record("proposal.taken_back", proposal, by=by, now=now)
    proposal.refresh_from_db()
    return proposal


# ------------------------------------------------------------------------------------------------ the reseller's


@transaction.atomic
def decline_proposal(deal: Deal, *, by: Actor, now: datetime, text: str = "") -> None:
    """Throw a proposed draft away, and say so to the distributor. Raises DealNotOpen for what is no such draft."""
    deal = locked(deal)
    if deal.status != Status.DRAFT or not deal.proposal_ref:
        raise DealNotOpen(deal.status)
    answer_proposal(deal, ProposalStatus.DECLINED, text=text, now=now)
    audit("deal.proposal_declined", deal, by=by, now=now)
    deal.delete()


# ------------------------------------------------------------------------------------------------ the portal's own


@transaction.atomic
def carry_proposal(proposal: Proposal, *, now: datetime) -> Deal | None:
    """Make a draft of a proposal at the reseller's site, for its people to confirm. None where there is no such site.

    Done once for each proposal, by the portal itself.
    """
    found = Site.objects.filter(number=proposal.reseller_number, kind=SiteKind.RESELLER, is_active=True)
    site, owner = found.first(), None
    if site is not None and proposal.status == ProposalStatus.WAITING:
        owner = _who_answers_for(site)
    deal = _draft_of(proposal, site, owner, now) if site is not None and owner is not None else None
    proposal.carried_at = now
    proposal.save(update_fields=["carried_at"])
    return deal


def _who_answers_for(site: Site) -> Membership | None:
    """The primary contact, until the reseller chooses somebody else."""
    here = Membership.objects.filter(site=site, status=MembershipStatus.ACTIVE)
    return here.filter(standing=Standing.PRIMARY).first() or here.order_by("id").first()


def _draft_of(proposal: Proposal, site: Site, owner: Membership, now: datetime) -> Deal:
    content = dict(proposal.content)
    deal = Deal(
        site=site,
        site_name=site.name,
        site_number=site.number,
        owner=owner,
        owner_name=owner.name,
        created_at=now,
        updated_at=now,
        listed_at=now,
        proposal_ref=proposal.public_id,
        proposed_by_name=proposal.site.name,
    )
    customer = Customer.objects.filter(public_id=content.pop("customer", "")).first()
    products = content.pop("products", [])
    for name, value in content.items():
        setattr(deal, name, date.fromisoformat(value) if name == "close_on" else value)
    if customer is not None:
        choose_customer(deal, customer)
    if proposal.site.is_active:
        name_distributor(deal, proposal.site)
    deal.search_name = search_name(deal.customer_name)
    deal.save(force_insert=True)
    known = parts_by_number([number for number, _quantity in products])
    replace_products(deal, [(known[number], quantity) for number, quantity in products if number in known])
    deal.save(update_fields=["product_summary"])
    DealEvent.objects.create(
        deal=deal,
        **deal.readers(),
        at=now,
        kind=Happened.PROPOSED,
        actor_kind="distributor",
        distributor_id=proposal.site_id,
        actor_name=f"{proposal.made_by_name} · {proposal.site.name}"[:120],
    )
    tell_of_proposal(deal, now=now)
    return deal


@transaction.atomic
def take_in_answer(answer: ProposalAnswer, *, now: datetime) -> None:
    """Bring a reseller's answer to the distributor's proposal; once. An answer of somebody not asked is dropped."""
    proposal = Proposal.objects.select_for_update(no_key=True).filter(public_id=answer.proposal_ref).first()
    asked = proposal is not None and answer.site.number == proposal.reseller_number
    if asked and proposal is not None and proposal.status in OPEN_TO[answer.status]:
        proposal.status, proposal.answer, proposal.closed_at = answer.status, answer.text, now
        proposal.deal_public_id = answer.deal_public_id
        proposal.save(update_fields=["status", "answer", "closed_at", "deal_public_id"])
        if answer.status == ProposalStatus.DECLINED:
            tell_of_answer(proposal, now=now)
    answer.taken_in_at = now
    answer.save(update_fields=["taken_in_at"])


# What was registered was registered, even after the proposal had lapsed.
OPEN_TO: dict[str, tuple[str, ...]] = {
    ProposalStatus.CONFIRMED: (ProposalStatus.WAITING, ProposalStatus.LAPSED, ProposalStatus.TAKEN_BACK),
    ProposalStatus.DECLINED: (ProposalStatus.WAITING,),
}


@transaction.atomic
def close_proposal(proposal: Proposal, *, now: datetime) -> None:
    """Let a proposal lapse, or follow one that was taken back: its draft goes, if nobody has written in it yet."""
    if proposal.status == ProposalStatus.WAITING:
        proposal.status = ProposalStatus.LAPSED
        tell_of_answer(proposal, now=now)
    drafts = Deal.objects.filter(proposal_ref=proposal.public_id, status=Status.DRAFT, version=1)
    for draft in drafts.filter(site__number=proposal.reseller_number).select_for_update(of=("self",)):
        draft.delete()
    proposal.closed_at = now
    proposal.save(update_fields=["status", "closed_at"])


def _record(event: str, proposal: Proposal, *, by: Actor, now: datetime) -> None:
    record(event, by=by, now=now, object_type="proposal", object_id=proposal.public_id, label=proposal.name)
