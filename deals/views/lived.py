"""What a deal's page says of its life: more time, what was changed after the approval, an appeal, and who looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from identity.actors import Actor, Kind

from .. import queries
from ..events import text_of
from ..living import Known
from ..models import Deal, DealEvent
from ..states import Status


class Extension(NamedTuple):
    """What the page says of more time for an approved deal."""

    from_day: date  # on which one may ask
    left: int
    allowed: int
    days: int  # that one gives
    asked_at: datetime | None
    text: str
    due_at: datetime | None


def lived(deal: Deal, actor: Actor, known: Known, events: Sequence[DealEvent]) -> dict[str, Any]:
    """The page's names for all of this; each is empty where it does not concern the deal or its reader."""
    own, approved = actor.kind is Kind.RESELLER, deal.status == Status.APPROVED
    seen, more = queries.latest_viewings_of(deal) if deal.status != Status.DRAFT else ([], False)
    return {
        "extension": _extension(deal, known) if approved and actor.kind is not Kind.DISTRIBUTOR else None,
        "ran_out": known.ran_out,
        "amended": _amended(deal, events),
        "appeal_until": known.day(known.appeal_until) if own and deal.status == Status.REJECTED else None,
        "viewings": seen,
        "more_viewings": more,
    }


def _extension(deal: Deal, known: Known) -> Extension:
    return Extension(
        known.day(known.extension_from),
        known.extensions_left,
        known.rules.extensions,
        known.rules.extension_days,
        deal.extension_asked_at,
        deal.extension_text,
        deal.extension_due_at,
    )


def _amended(deal: Deal, events: Sequence[DealEvent]) -> str:
    """What was changed after the approval, while it waits to be approved again. `events`: the newest first."""
    if deal.number is None or deal.is_terminal or deal.status == Status.APPROVED:
        return ""
    changes = (text_of(event) for event in events if event.kind == DealEvent.Kind.AMENDED)
    return next(changes, "")
