"""Who looked at a deal, and when: noted for its partner, whoever it was."""

from __future__ import annotations

from datetime import UTC, datetime

from identity.actors import Actor

from ..models import Deal, DealViewing
from ..states import Status


def note_viewing(deal: Deal, *, by: Actor, now: datetime) -> None:
    """Note that somebody looked at a deal: once for each person, day (in UTC) and way, page or API.

    A draft is seen by its own site alone, so nothing is noted. One statement; nothing is read.
    """
    if deal.status == Status.DRAFT or by.user_id is None:
        return
    DealViewing.objects.bulk_create(
        [
            DealViewing(
                deal=deal,
                **deal.readers(),
                user_id=by.user_id,
                viewer_kind=by.kind.value,
                viewer_name=by.name[:120],
                viewer_site_id=by.site_id,
                organisation=by.site_name[:200],
                on=now.astimezone(UTC).date(),
                at=now,
                by_key=by.key_id is not None,
            )
        ],
        ignore_conflicts=True,
    )
