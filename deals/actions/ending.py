"""How a registration comes to its end: withdrawn, won, lost or run out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from identity.actors import Actor

from .. import living
from ..living import Known
from ..models import Deal
from ..queries import rules_in_force
from ..rules import LOST
from ..states import Status
from .ground import DealNotOpen, Happened, demand, listed, locked, move


@transaction.atomic
def withdraw_deal(
    deal: Deal, *, by: Actor, now: datetime, text: str = "", version: int | None = None
) -> Deal:
    """Give a submitted deal up, for good. Raises DealNotOpen (a draft is discarded instead), DealChanged."""
    deal, text = locked(deal, version), text.strip()
    columns: dict[str, Any] = {"decision_due_at": None, "closed_at": now, "outcome_text": text}
    return move(deal, Status.WITHDRAWN, Happened.WITHDRAWN, by=by, now=now, text=text, **columns)


@transaction.atomic
def win_deal(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """The customer bought. Raises NotNow when the time is over, DealNotOpen, DealChanged."""
    deal = locked(deal, version)
    demand(deal, living.of_end(Known(deal, now=now)))
    return move(deal, Status.WON, Happened.WON, by=by, now=now, closed_at=now)


@transaction.atomic
def lose_deal(
    deal: Deal, *, code: str, by: Actor, now: datetime, text: str = "", version: int | None = None
) -> Deal:
    """The customer did not buy; `code` is one of the reasons of the rules (C8). Raises ReasonMissing, NotNow when the
    time is over, DealNotOpen, DealChanged.
    """
    code, text = listed(code, rules_in_force().offered(LOST)), text.strip()
    deal = locked(deal, version)
    demand(deal, living.of_end(Known(deal, now=now)))
    columns: dict[str, Any] = {"closed_at": now, "outcome_code": code, "outcome_text": text}
    return move(deal, Status.LOST, Happened.LOST, by=by, now=now, code=code, text=text, **columns)


@transaction.atomic
def expire_deal(deal: Deal, *, by: Actor, now: datetime) -> Deal:
    """Let an approval run out, when its time has come; done by the portal itself. Raises DealNotOpen.

    One whose extension was asked for waits for the answer. What `tasks.expire_due` does for many writes the same.
    """
    deal = locked(deal)
    if deal.expires_at is None or deal.expires_at > now or deal.extension_asked_at is not None:
        raise DealNotOpen(deal.status)
    return move(deal, Status.EXPIRED, Happened.EXPIRED, by=by, now=now, closed_at=now)
