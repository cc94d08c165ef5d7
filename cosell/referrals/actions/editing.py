"""What a deal says is changed while it is active."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from identity.actors import Actor

from ...models import Referral
from ...states import Sharing
from ...told.telling import tell_deal
from ..content import DealContent, content_of, problems_of
from ..possible import why_not_edit
from . import ground
from .ground import BadContent
from .making import day_of


@transaction.atomic
def edit_deal(
    referral: Referral, content: DealContent, *, version: int | None, by: Actor, now: datetime
) -> Referral:
    """Have a deal say this. Where nothing is different, nothing happens.

    The location never changes, and the deal type by `upgrade` alone. Raises NotPossible, DealClosed, DealChanged,
    BadContent.
    """
    held = ground.held_for(why_not_edit, referral, version=version, by=by, now=now)
    before = content_of(held)
    errors = ground.merged(
        problems_of(content, today=day_of(by, now), before=before),
        ground.strangers_in(content, held.site_id),
    )
    if errors:
        raise BadContent(errors)
    changed = {name: value for name, value in content.columns.items() if getattr(before, name) != value}
    parts = [
        name for name in ("solutions", "team") if set(getattr(before, name)) != set(getattr(content, name))
    ]
    if not changed and not parts:
        return held
    names = sorted([*changed, *parts])
    ground.store(held, "edited", by=by, now=now, detail={"fields": names}, **changed)
    tell_deal(
        "referral.edited", held, by=by, now=now, site_side=True, staff_side=held.sharing == Sharing.COSELL
    )
    ground.change_solutions(held, content.solutions)
    ground.change_team(held, content.team)  # at last: whoever leaves it may not see the deal any more
    return held
