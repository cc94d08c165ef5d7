"""What every action stands on: locking a deal, moving it, and noting what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from identity.actors import Actor, Kind
from identity.audit import record
from identity.privileges import Refusal

from ..completeness import Missing
from ..conflicts import Candidate
from ..models import Deal, DealEvent, DealProduct
from ..notices.moves import tell_of
from ..states import TRANSITIONS, WAITING, Status

Happened = DealEvent.Kind


class DealNotOpen(Exception):
    """The deal's state does not allow this (any more). `status` is the state it is in."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class NotNow(DealNotOpen):
    """The deal's state would allow it, but a rule does not. `refusal` says which, and who can change that."""

    def __init__(self, deal: Deal, refusal: Refusal) -> None:
        super().__init__(deal.status)
        self.refusal = refusal


class DealChanged(Exception):
    """Somebody changed the deal since it was shown. `deal` is as it is now."""

    def __init__(self, deal: Deal) -> None:
        super().__init__(deal.version)
        self.deal = deal


class DealConflict(Exception):
    """Another partner's approved deal is about the same. `candidate` is that deal, and why; for the vendor's eyes.

    When `is_final`, nothing can be said against it: that approval is revoked first, or this deal is not approved.
    """

    def __init__(self, candidate: Candidate) -> None:
        super().__init__(candidate.deal.reference)
        self.candidate = candidate

    @property
    def is_final(self) -> bool:
        return self.candidate.forbids_approval


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


def locked(deal: Deal, version: int | None = None) -> Deal:
    """The deal as it is now, held until the transaction ends. Raises DealChanged, Deal.DoesNotExist."""
    current = Deal.objects.select_for_update().get(id=deal.id)
    if version is not None and current.version != version:
        raise DealChanged(current)
    return current


def demand(deal: Deal, refused: Refusal | None) -> None:
    """Raises NotNow when a rule (of `living.py`) stands against it."""
    if refused is not None:
        raise NotNow(deal, refused)


def place_of(by: Actor) -> tuple[int, int]:
    """The ids of the site and of the membership that somebody works with. Raises NoSite."""
    if by.site_id is None or by.membership_id is None:
        raise NoSite
    return by.site_id, by.membership_id


def products_in(deal: Deal) -> list[DealProduct]:
    return list(DealProduct.objects.filter(deal=deal).select_related("part__line").order_by("position"))


def copy(source: Any, deal: Deal, names: tuple[str, ...]) -> None:
    for name in names:
        setattr(deal, name, getattr(source, name))
    deal.currency = source.currency or deal.currency


def store(deal: Deal, fields: set[str], now: datetime) -> None:
    deal.version += 1
    deal.updated_at = now
    deal.save(update_fields=fields | {"version", "updated_at"})


def move(
    deal: Deal,
    to: Status,
    event: str,
    *,
    by: Actor,
    now: datetime,
    code: str = "",
    text: str = "",
    told: dict[str, Any] | None = None,
    **columns: Any,
) -> Deal:
    """Bring a locked deal into another state; note it in timeline and audit, and tell people.

    `told` is what notices say beside the deal.
    """
    if by.database_role not in TRANSITIONS.get((deal.status, to), ()):
        raise DealNotOpen(deal.status)
    columns["status"] = to
    if to not in WAITING and deal.question_at is not None:
        columns["question_at"] = None  # whatever was asked, it is decided now
    if deal.status == Status.APPROVED:  # what only an approval has ends with it
        columns |= {
            "remind_at": None,
            "extension_asked_at": None,
            "extension_text": "",
            "extension_due_at": None,
        }
    before = {name: getattr(deal, name) for name in (*columns, "version", "updated_at")}
    try:
        with transaction.atomic():
            _set(deal, columns)
            store(deal, set(columns), now)
    except IntegrityError:
        _set(deal, before)  # nothing was stored: it may be tried again with another number
        raise
    happened(event, deal, by=by, now=now, code=code, text=text, rules_version=columns.get("rules_version"))
    audit(f"deal.{event}", deal, by=by, now=now)
    tell_of(deal, event, by=by, now=now, text=text, **(told or {}))
    return deal


def _set(deal: Deal, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(deal, name, value)


def happened(
    kind: str,
    deal: Deal,
    *,
    by: Actor,
    now: datetime,
    code: str = "",
    text: str = "",
    rules_version: int | None = None,
) -> None:
    event = DealEvent(at=now, kind=kind, code=code, text=text, rules_version=rules_version)
    add_event(event, deal, by)


def add_event(event: DealEvent, deal: Deal, by: Actor) -> None:
    event.deal = deal
    event.actor_kind = by.kind.value
    event.actor_name = by.name[:120]
    event.distributor_id = by.site_id if by.kind is Kind.DISTRIBUTOR else None
    for name, value in deal.readers().items():
        setattr(event, name, value)
    event.save(force_insert=True)


def audit(event: str, deal: Deal, *, by: Actor, now: datetime) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="deal",
        object_id=deal.public_id,
        label=f"{deal.reference} {deal.name}".strip(),
        site_id=deal.site_id,
    )


def given(text: str) -> str:
    if not text.strip():
        raise ReasonMissing
    return text.strip()


def listed(code: str, reasons: list[tuple[str, str]]) -> str:
    if code not in dict(reasons):
        raise ReasonMissing
    return code
