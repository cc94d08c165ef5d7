"""An appeal against a rejection: the deal once more, as it was and at its old place, for somebody else to decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from customers.names import search_name
from identity.actors import Actor
from identity.models import Membership, MembershipStatus
from identity.numbering import with_unused

from .. import living
from ..living import Known
from ..models import Deal
from ..numbers import new_reference
from ..states import Status
from .attaching import take_files_along
from .drafting import FROM_PREVIOUS, replace_products
from .ground import (
    DealNotOpen,
    Happened,
    copy,
    demand,
    given,
    locked,
    move,
    place_of,
    products_in,
)
from .submitting import promise


@transaction.atomic
def appeal_deal(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Appeal against the rejection of a deal; returns the deal that is decided anew. The rejected one stays as it is.

    Once for each deal, within `appeal_days` of the rules. It keeps the place of the first submission, and somebody
    other than whoever rejected it decides. Raises ReasonMissing, NotNow, DealNotOpen, DealChanged.
    """
    text = given(text)
    rejected = locked(deal, version)  # so that of two appeals at once, the second finds the first
    if rejected.status != Status.REJECTED:
        raise DealNotOpen(rejected.status)
    known = Known(rejected, now=now)
    demand(rejected, living.of_appealing(known))
    appeal = _copy_of(rejected, text, by, now)
    columns: dict[str, Any] = {
        "submitted_at": rejected.submitted_at,
        "listed_at": rejected.listed_at,
        "verdict": rejected.verdict,
        "verdict_rule": rejected.verdict_rule,
        **promise(appeal, known.rules, now),
    }
    return with_unused(
        lambda: {"submission_ref": new_reference()},
        lambda reference: move(
            appeal, Status.SUBMITTED, Happened.APPEALED, by=by, now=now, text=text, **columns, **reference
        ),
    )


def _copy_of(rejected: Deal, text: str, by: Actor, now: datetime) -> Deal:
    """A draft with everything that was in the rejected deal."""
    site_id, membership_id = place_of(by)
    appeal = Deal(
        site_id=site_id,
        site_name=by.site_name,
        site_number=by.site_number,
        previous=rejected,
        appeal_text=text,
        created_at=now,
        updated_at=now,
        listed_at=now,
        **_owner_of(rejected, membership_id, by),
    )
    copy(rejected, appeal, FROM_PREVIOUS)
    appeal.search_name = search_name(appeal.customer_name)
    appeal.save(force_insert=True)
    replace_products(appeal, [(product.part, product.quantity) for product in products_in(rejected)])
    appeal.save(update_fields=["product_summary"])
    take_files_along(rejected, appeal)
    return appeal


def _owner_of(rejected: Deal, membership_id: int, by: Actor) -> dict[str, Any]:
    """Whoever answered for the deal goes on doing so, while they belong to the site."""
    if Membership.objects.filter(id=rejected.owner_id, status=MembershipStatus.ACTIVE).exists():
        return {"owner_id": rejected.owner_id, "owner_name": rejected.owner_name}
    return {"owner_id": membership_id, "owner_name": by.name}
