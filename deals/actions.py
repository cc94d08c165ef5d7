"""Every change of a deal: from the draft to its end. Views, the API, jobs and the demo world all come
through here.

Each action locks the deal's row first, so that of two people deciding at the same moment the second finds
it decided. `version`, where given, is the one the person saw: when the deal was changed since, DealChanged
is raised and nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from customers.actions import find_or_add_customer, remember_contact
from customers.models import Customer
from customers.names import search_name
from identity.actors import Actor, Kind
from identity.audit import record
from identity.models import Membership, MembershipStatus, Site, SiteKind, public_id
from pricing.models import Part
from pricing.money import currency_of

from .clock import promised_by, valid_until
from .completeness import Missing, what_is_missing
from .models import (
    PLAIN_FIELDS,
    PRODUCTS,
    Deal,
    DealEvent,
    DealProduct,
    Opportunity,
    OpportunityStatus,
    VisibleTo,
)
from .notices import tell_of, tell_of_comment
from .numbers import new_number, new_reference
from .states import EDITABLE, TRANSITIONS, LostReason, RejectReason, Status

Happened = DealEvent.Kind
UNIQUE_VIOLATION = "23505"
T = TypeVar("T")


class DealNotOpen(Exception):
    """The deal's state does not allow this (any more). `status` is the state it is in."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class DealChanged(Exception):
    """Somebody changed the deal since it was shown. `deal` is as it is now."""

    def __init__(self, deal: Deal) -> None:
        super().__init__(deal.version)
        self.deal = deal


class DealIncomplete(Exception):
    """The deal cannot be submitted yet. `missing` says what is needed, step by step."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(", ".join(item.field for item in missing))
        self.missing = missing


class TooManyProducts(Exception):
    """A registration is about three products at most; more go into another one."""


class DistributorUnknown(Exception):
    """The site named is not an active distributor."""


class ColleagueUnknown(Exception):
    """The person named is not an active member of the site."""


class NoSite(Exception):
    """Deals and opportunities are written by somebody who works for a site."""


class ReasonMissing(Exception):
    """This needs a reason: a text, and where there is a list of reasons, one of them."""


# ------------------------------------------------------------------------------------------------ opportunities


@transaction.atomic
def note_opportunity(*, name: str, by: Actor, now: datetime, **known: Any) -> Opportunity:
    """Write down a chance of a sale; `known` is whatever else of an Opportunity is known."""
    opportunity = Opportunity.objects.create(
        site_id=_place_of(by)[0], name=name, owner_name=by.name, created_at=now, **known
    )
    record(
        "opportunity.noted",
        by=by,
        now=now,
        object_type="opportunity",
        object_id=opportunity.public_id,
        label=name,
    )
    return opportunity


@transaction.atomic
def close_opportunity(opportunity: Opportunity, *, by: Actor, now: datetime) -> None:
    """No sale will come of it. Done once; an opportunity that was registered stays what it is."""
    closed = Opportunity.objects.filter(id=opportunity.id, status=OpportunityStatus.OPEN).update(
        status=OpportunityStatus.CLOSED
    )
    if closed:
        record(
            "opportunity.closed",
            by=by,
            now=now,
            object_type="opportunity",
            object_id=opportunity.public_id,
            label=opportunity.name,
        )


# ------------------------------------------------------------------------------------------------ the draft


@transaction.atomic
def begin_deal(
    *, opportunity: Opportunity | None = None, previous: Deal | None = None, by: Actor, now: datetime
) -> Deal:
    """A new draft of the actor's site, empty, or filled from an opportunity or from an earlier deal of the
    site.

    Raises DealNotOpen when the earlier deal is not closed: it is to be continued, not repeated.
    """
    if previous is not None and not previous.is_terminal:
        raise DealNotOpen(previous.status)
    site_id, membership_id = _place_of(by)
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
    if opportunity is not None:
        _copy(opportunity, deal, FROM_OPPORTUNITY)
        deal.opportunity = opportunity
    if previous is not None:
        _copy(previous, deal, FROM_PREVIOUS)
        deal.previous = previous
    deal.search_name = search_name(deal.customer_name)
    deal.save(force_insert=True)
    if previous is not None:
        parts = [(product.part, product.quantity) for product in _products(previous)]
        _replace_products(deal, parts)
        deal.save(update_fields=["product_summary"])
    _happened(Happened.BEGUN, deal, by=by, now=now)
    return deal


FROM_OPPORTUNITY = ("name", "customer_id", "customer_name", "customer_country", "stage", "value", "close_on")
FROM_PREVIOUS = (
    *FROM_OPPORTUNITY, "opportunity_id", "customer_tax_id", "customer_domain", "currency",
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
    TooManyProducts, DistributorUnknown, ColleagueUnknown.
    """
    deal = _locked(deal, version)
    if deal.status not in EDITABLE:
        raise DealNotOpen(deal.status)
    fields = {"version", "updated_at"}
    changes = dict(changes)
    for name, choose in (
        ("customer", _choose_customer),
        ("distributor", _name_distributor),
        ("owner", _choose_owner),
    ):
        if name in changes:
            fields |= choose(deal, changes.pop(name))
    if "products" in changes:
        _replace_products(deal, changes.pop("products"))
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
    _store(deal, fields, now)
    return deal


def _choose_customer(deal: Deal, customer: Customer | None) -> set[str]:
    """A known customer brings its details along; None makes room for a new one's."""
    deal.customer = customer
    if customer is None:
        return {"customer_id"}
    deal.customer_name, deal.customer_country = customer.name, customer.country
    deal.customer_tax_id, deal.customer_domain = customer.tax_id, customer.web_domain
    return {"customer_id", "customer_name", "customer_country", "customer_tax_id", "customer_domain"}


def _name_distributor(deal: Deal, distributor: Site | None) -> set[str]:
    if distributor is not None and (distributor.kind != SiteKind.DISTRIBUTOR or not distributor.is_active):
        raise DistributorUnknown
    deal.distributor = distributor
    deal.distributor_name = distributor.name if distributor else ""
    return {"distributor_id", "distributor_name"}


def _choose_owner(deal: Deal, owner: Membership) -> set[str]:
    if owner.site_id != deal.site_id or owner.status != MembershipStatus.ACTIVE:
        raise ColleagueUnknown
    deal.owner, deal.owner_name = owner, owner.name
    return {"owner_id", "owner_name"}


def _replace_products(deal: Deal, products: Iterable[tuple[Part, int]]) -> None:
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
    deal = _locked(deal)
    if deal.status != Status.DRAFT:
        raise DealNotOpen(deal.status)
    _audit("deal.discarded", deal, by=by, now=now)
    deal.delete()  # in the database, products and events go with it


# ------------------------------------------------------------------------------------------------ submitting


@transaction.atomic
def submit_deal(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Hand a draft, or a returned deal, in to the vendor.

    The customer joins the shared directory when it is not there yet, and the contact the site's own. Who
    came first is judged by the first complete submission, so a returned deal keeps that time. Raises
    DealNotOpen, DealChanged, DealIncomplete.
    """
    deal = _locked(deal, version)
    if deal.status not in EDITABLE:
        raise DealNotOpen(deal.status)
    missing = what_is_missing(deal, _products(deal), today=now.astimezone(ZoneInfo(by.time_zone)).date())
    if missing:
        raise DealIncomplete(missing)
    if deal.customer is None:
        deal.customer = find_or_add_customer(
            name=deal.customer_name,
            country=deal.customer_country,
            tax_id=deal.customer_tax_id,
            web_domain=deal.customer_domain,
            by=by,
            now=now,
        )
    remember_contact(
        site_id=deal.site_id,
        customer=deal.customer,
        name=deal.contact_name,
        job_title=deal.contact_job_title,
        email=deal.contact_email,
        phone=deal.contact_phone,
    )
    again = deal.submitted_at is not None
    columns: dict[str, Any] = {
        "customer_id": deal.customer.id,
        "decision_due_at": promised_by(now),
        "typed": {},
    }
    if again:
        _move(deal, Status.SUBMITTED, Happened.RESUBMITTED, by=by, now=now, **columns)
    else:
        columns |= {"submitted_at": now, "listed_at": now}
        _with_unused(
            lambda: {"submission_ref": new_reference()},
            lambda reference: _move(
                deal, Status.SUBMITTED, Happened.SUBMITTED, by=by, now=now, **columns, **reference
            ),
        )
        if deal.opportunity_id is not None:
            Opportunity.objects.filter(id=deal.opportunity_id).update(status=OpportunityStatus.REGISTERED)
    return deal


# ------------------------------------------------------------------------------------------------ deciding


@transaction.atomic
def take_under_review(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Begin to review a submitted deal; the partner sees who does. Raises DealNotOpen, DealChanged."""
    deal = _locked(deal, version)
    return _move(deal, Status.UNDER_REVIEW, Happened.TAKEN, by=by, now=now, **_reviewed_by(by))


@transaction.atomic
def approve_deal(deal: Deal, *, by: Actor, now: datetime, text: str = "", version: int | None = None) -> Deal:
    """Approve a deal that waits for a decision: it gets its number, and is valid for 90 days.

    Raises DealNotOpen when it was decided meanwhile, DealChanged.
    """
    deal = _locked(deal, version)
    time_zone = Site.objects.values_list("time_zone", flat=True).get(id=deal.site_id)
    columns = _decided(by, now, text=text) | {
        "approved_at": now,
        "expires_at": valid_until(now, time_zone),
    }
    digits = iter((6, 6, 6, 7, 8))  # a year in which six digits run out goes on with seven

    def numbered() -> dict[str, str]:
        return {"number": deal.number or new_number(now.year, next(digits))}

    return _with_unused(
        numbered,
        lambda number: _move(
            deal, Status.APPROVED, Happened.APPROVED, by=by, now=now, text=text, **columns, **number
        ),
    )


@transaction.atomic
def return_deal(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Give a deal back to the partner to be changed, saying what.

    Raises ReasonMissing, DealNotOpen, DealChanged.
    """
    text = _given(text)
    deal = _locked(deal, version)
    columns = _decided(by, now, text=text)
    return _move(deal, Status.RETURNED, Happened.RETURNED, by=by, now=now, text=text, **columns)


@transaction.atomic
def reject_deal(
    deal: Deal, *, code: str, text: str, by: Actor, now: datetime, version: int | None = None
) -> Deal:
    """Reject a deal for good; `code` is a RejectReason. The partner may take it up again in a new one.

    Raises ReasonMissing, DealNotOpen, DealChanged.
    """
    code, text = _listed(code, RejectReason), _given(text)
    deal = _locked(deal, version)
    columns = _decided(by, now, code=code, text=text) | {"closed_at": now}
    return _move(deal, Status.REJECTED, Happened.REJECTED, by=by, now=now, code=code, text=text, **columns)


@transaction.atomic
def revoke_deal(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Take an approval back for good, saying why. Raises ReasonMissing, DealNotOpen, DealChanged."""
    text = _given(text)
    deal = _locked(deal, version)
    columns: dict[str, Any] = {"closed_at": now, "outcome_text": text}
    return _move(deal, Status.REVOKED, Happened.REVOKED, by=by, now=now, text=text, **columns)


def _reviewed_by(by: Actor) -> dict[str, Any]:
    return {"reviewer_id": by.user_id, "reviewer_name": by.name}


def _decided(by: Actor, now: datetime, *, code: str = "", text: str = "") -> dict[str, Any]:
    decision = {"decided_at": now, "decision_code": code, "decision_text": text, "decision_due_at": None}
    return decision | _reviewed_by(by)


# ------------------------------------------------------------------------------------------------ the end


@transaction.atomic
def withdraw_deal(
    deal: Deal, *, by: Actor, now: datetime, text: str = "", version: int | None = None
) -> Deal:
    """Give a submitted deal up, for good. Raises DealNotOpen (a draft is discarded instead), DealChanged."""
    deal, text = _locked(deal, version), text.strip()
    columns: dict[str, Any] = {"decision_due_at": None, "closed_at": now, "outcome_text": text}
    return _move(deal, Status.WITHDRAWN, Happened.WITHDRAWN, by=by, now=now, text=text, **columns)


@transaction.atomic
def win_deal(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """The customer bought. Raises DealNotOpen, DealChanged."""
    deal = _locked(deal, version)
    return _move(deal, Status.WON, Happened.WON, by=by, now=now, closed_at=now)


@transaction.atomic
def lose_deal(
    deal: Deal, *, code: str, by: Actor, now: datetime, text: str = "", version: int | None = None
) -> Deal:
    """The customer did not buy; `code` is a LostReason (C8). Raises ReasonMissing, DealNotOpen,
    DealChanged.
    """
    code, text = _listed(code, LostReason), text.strip()
    deal = _locked(deal, version)
    columns: dict[str, Any] = {"closed_at": now, "outcome_code": code, "outcome_text": text}
    return _move(deal, Status.LOST, Happened.LOST, by=by, now=now, code=code, text=text, **columns)


@transaction.atomic
def expire_deal(deal: Deal, *, by: Actor, now: datetime) -> Deal:
    """Let an approval run out, when its time has come; done by the portal itself. Raises DealNotOpen."""
    deal = _locked(deal)
    if deal.expires_at is None or deal.expires_at > now:
        raise DealNotOpen(deal.status)
    return _move(deal, Status.EXPIRED, Happened.EXPIRED, by=by, now=now, closed_at=now)


# ------------------------------------------------------------------------------------------------ comments


@transaction.atomic
def comment_on_deal(
    deal: Deal, *, text: str, by: Actor, now: datetime, visible_to: str = VisibleTo.ALL
) -> DealEvent:
    """Add a comment to the timeline, in any state but a draft; the others are told.

    `visible_to` "staff" is the vendor's own note.
    Raises ReasonMissing for an empty text, DealNotOpen for a draft.
    """
    if deal.status == Status.DRAFT:
        raise DealNotOpen(deal.status)
    public = visible_to == VisibleTo.ALL or by.kind is not Kind.STAFF
    event = DealEvent(
        at=now,
        kind=Happened.COMMENTED,
        text=_given(text),
        visible_to=VisibleTo.ALL if public else VisibleTo.STAFF,
    )
    _add(event, deal, by)
    tell_of_comment(deal, event.text, public=public, by=by, now=now, key=public_id())
    return event


# ------------------------------------------------------------------------------------------------ pieces


def _locked(deal: Deal, version: int | None = None) -> Deal:
    """The deal as it is now, held until the transaction ends. Raises DealChanged, Deal.DoesNotExist."""
    current = Deal.objects.select_for_update().get(id=deal.id)
    if version is not None and current.version != version:
        raise DealChanged(current)
    return current


def _place_of(by: Actor) -> tuple[int, int]:
    """The ids of the site and of the membership that somebody works with. Raises NoSite."""
    if by.site_id is None or by.membership_id is None:
        raise NoSite
    return by.site_id, by.membership_id


def _products(deal: Deal) -> list[DealProduct]:
    return list(DealProduct.objects.filter(deal=deal).select_related("part__line").order_by("position"))


def _copy(source: Any, deal: Deal, names: tuple[str, ...]) -> None:
    for name in names:
        setattr(deal, name, getattr(source, name))
    deal.currency = source.currency or deal.currency


def _store(deal: Deal, fields: set[str], now: datetime) -> None:
    deal.version += 1
    deal.updated_at = now
    deal.save(update_fields=fields | {"version", "updated_at"})


def _move(
    deal: Deal,
    to: Status,
    event: str,
    *,
    by: Actor,
    now: datetime,
    code: str = "",
    text: str = "",
    **columns: Any,
) -> Deal:
    """Bring a locked deal into another state; note it in timeline and audit, and tell people."""
    if by.database_role not in TRANSITIONS.get((deal.status, to), ()):
        raise DealNotOpen(deal.status)
    columns["status"] = to
    before = {name: getattr(deal, name) for name in (*columns, "version", "updated_at")}
    try:
        with transaction.atomic():
            _set(deal, columns)
            _store(deal, set(columns), now)
    except IntegrityError:
        _set(deal, before)  # nothing was stored: it may be tried again with another number
        raise
    _happened(event, deal, by=by, now=now, code=code, text=text)
    _audit(f"deal.{event}", deal, by=by, now=now)
    tell_of(deal, by=by, now=now, text=text)
    return deal


def _set(deal: Deal, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(deal, name, value)


def _with_unused(make: Callable[[], dict[str, str]], store: Callable[[dict[str, str]], T]) -> T:
    """Store with a number made at random; with another one when it is taken, which is rare."""
    for _ in range(4):
        try:
            return store(make())
        except IntegrityError as error:
            if getattr(error.__cause__, "pgcode", "") != UNIQUE_VIOLATION:
                raise
    return store(make())


def _happened(kind: str, deal: Deal, *, by: Actor, now: datetime, code: str = "", text: str = "") -> None:
    _add(DealEvent(at=now, kind=kind, code=code, text=text), deal, by)


def _add(event: DealEvent, deal: Deal, by: Actor) -> None:
    event.deal = deal
    event.actor_kind = by.kind.value
    event.actor_name = by.name[:120]
    for name, value in deal.readers().items():
        setattr(event, name, value)
    event.save(force_insert=True)


def _audit(event: str, deal: Deal, *, by: Actor, now: datetime) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="deal",
        object_id=deal.public_id,
        label=f"{deal.reference} {deal.name}".strip(),
        site_id=deal.site_id,
    )


def _given(text: str) -> str:
    if not text.strip():
        raise ReasonMissing
    return text.strip()


def _listed(code: str, reasons: Any) -> str:
    if code not in reasons.values:
        raise ReasonMissing
    return code
