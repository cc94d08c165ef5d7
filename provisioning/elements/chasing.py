"""Asking partners again for what is missing, a few times; when that was in vain, the vendor's people are told.

`FormChase` says when a line is next asked about. It changes in the transaction that writes the notice: what runs
twice, twice at once, late, or is killed in the midst tells everybody once. All lines of a site that are due go into one
notice.

After the last time, a partner has as many days as after the others before the vendor's people are told.
"""

from __future__ import annotations

import logging
from datetime import datetime

from identity import tenancy

from ..models import FormChase, SetupRules
from .notices import tell_in_vain, tell_missing
from .taking_up import ASKED_OF, chase_at, missing_of

MOST = 3  # times a partner is asked about a line
log = logging.getLogger(__name__)


def chase_due(*, now: datetime) -> int:
    """Ask every partner whose lines are due, or say that it was in vain; returns how many sites' lines were told of."""
    with tenancy.as_system():
        due = FormChase.objects.filter(due_at__lte=now).order_by("line__reseller_id")
        sites = list(due.values_list("line__reseller_id", flat=True).distinct())
    return sum(_chased(site_id, now) for site_id in sites)


def _chased(site_id: int, now: datetime) -> bool:
    """Whether anything of a site was told; one with which it fails is left for the next run, and holds up no other."""
    try:
        with tenancy.as_system():
            return _chase(site_id, now)
    except Exception:
        log.exception("Site %s could not be asked for what is missing on its forms.", site_id)
        return False


def _chase(site_id: int, now: datetime) -> bool:
    due = FormChase.objects.filter(due_at__lte=now, line__reseller_id=site_id).order_by("id")
    rows = list(
        due.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("line__reseller")
    )
    lacking = set(
        FormChase.objects.filter(id__in=[row.id for row in rows], line__status__in=ASKED_OF)
        .filter(missing_of("line__fulfilment_id"))
        .values_list("id", flat=True)
    )
    asked = [row for row in rows if row.id in lacking and row.times < MOST]
    in_vain = [row.line for row in rows if row.id in lacking and row.times >= MOST]
    days = SetupRules.objects.get(id=1).chase_days
    for row in rows:
        row.due_at = None
        row.times = row.times if row.id in lacking else 0
    for row in asked:
        row.due_at = chase_at(row.line.reseller.time_zone, now, days)
        row.times += 1
    FormChase.objects.bulk_update(rows, ["times", "due_at"])
    if asked:
        tell_missing(site_id, [row.line for row in asked], times=max(row.times for row in asked), now=now)
    if in_vain:
        tell_in_vain(site_id, in_vain, now=now)
    return bool(asked or in_vain)
