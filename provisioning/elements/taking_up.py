"""What has to be known comes to the form of each line that is not set up yet, and follows what the vendor asks for.

Run by the clock, in few statements, so that lines and elements that appear in whatever way are found. What the vendor's
systems asked for besides stays as it is; and so does everything of lines that are set up or over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from identity import tenancy
from notifications.clock import next_morning
from orders.models import DataElement

from ..models import FormChase, LineStatus, SetupLine, SetupRules

#: While a line has one of these, its form is asked for and followed up.
ASKED_OF = (LineStatus.ORDERED, LineStatus.AWAITING_DETAILS, LineStatus.PROVISIONING, LineStatus.FAILED)
BATCH = 1000

OF_LINES = """
provisioning_setupline l JOIN pricing_part p ON p.number = l.part_number
JOIN provisioning_partelement e ON e.part_id = p.id
"""
PARTIES = (
    "customer_site_id, customer_id, reseller_id, distributor_id, settled_on, order_number, line_number,"
    " part_number"
)
NEW = f"""
INSERT INTO orders_dataelement (fulfilment_id, element, value, required, version, {PARTIES})
SELECT l.fulfilment_id, e.name, '', e.required, 1, {", ".join(f"l.{name}" for name in PARTIES.split(", "))}
FROM {OF_LINES}
WHERE l.status = ANY (%(asked_of)s) AND e.retired_at IS NULL
  AND NOT EXISTS (SELECT FROM orders_dataelement d WHERE d.fulfilment_id = l.fulfilment_id AND d.element = e.name)
ON CONFLICT (fulfilment_id, element) DO NOTHING
"""  # noqa: S608 - made of our own constants
# What is retired and was not filled in goes; what was filled in stays, and is not required any longer.
GONE = f"""
DELETE FROM orders_dataelement d USING {OF_LINES}
WHERE l.status = ANY (%(asked_of)s) AND d.fulfilment_id = l.fulfilment_id AND d.element = e.name
  AND e.retired_at IS NOT NULL AND d.value = ''
"""  # noqa: S608
FOLLOWING = f"""
UPDATE orders_dataelement d SET required = (e.required AND e.retired_at IS NULL), version = d.version + 1
FROM {OF_LINES}
WHERE l.status = ANY (%(asked_of)s) AND d.fulfilment_id = l.fulfilment_id AND d.element = e.name
  AND d.required <> (e.required AND e.retired_at IS NULL)
"""  # noqa: S608


def take_up_elements(*, now: datetime) -> int:
    """Bring forms in line with what is asked for; returns how many rows changed. Safe to run twice, and at once."""
    with tenancy.as_system():
        _forget_complete()
    with tenancy.as_system(), connection.cursor() as cursor:
        changed = 0
        for statement in (NEW, GONE, FOLLOWING):
            cursor.execute(statement, {"asked_of": [status.value for status in ASKED_OF]})
            changed += cursor.rowcount
    with tenancy.as_system():
        _ask_again_later(now)
    return changed


def missing_of(line_ref: str = "fulfilment_id") -> Exists:
    """An SQL condition for lines: something that is required is missing on the form."""
    return Exists(DataElement.objects.filter(fulfilment_id=OuterRef(line_ref), missing=True))


def _forget_complete() -> None:
    """Forms on which nothing is missing were not asked about, however often they were.

    Before anything new comes to them: what is filled in and at once not enough again was complete in between.
    """
    counted = Q(times__gt=0) | Q(due_at__isnull=False)
    rows = FormChase.objects.filter(counted, ~missing_of("line__fulfilment_id"), line__status__in=ASKED_OF)
    found = rows.order_by("id").select_for_update(of=("self",), skip_locked=True, no_key=True)
    ids = list(found.values_list("id", flat=True)[:BATCH])
    FormChase.objects.filter(id__in=ids).update(times=0, due_at=None)


def _ask_again_later(now: datetime) -> None:
    """Lines on whose forms something is missing are asked about, from some days later on, in the partner's morning.

    One that was given up after the last time is left alone; one that was complete meanwhile (see `_forget_complete`)
    begins anew.
    """
    days = SetupRules.objects.get(id=1).chase_days
    unasked = Q(chase__isnull=True) | Q(chase__due_at__isnull=True, chase__times=0)
    lines = SetupLine.objects.filter(unasked, missing_of(), status__in=ASKED_OF, reseller__isnull=False)
    rows = [
        FormChase(line_id=line_id, due_at=chase_at(time_zone, now, days))
        for line_id, time_zone in lines.order_by("id").values_list("id", "reseller__time_zone")[:BATCH]
    ]
    FormChase.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["line"], update_fields=["due_at"]
    )


def chase_at(time_zone: str, now: datetime, days: int) -> datetime:
    """A morning at the partner, some days from now."""
    return next_morning(time_zone, now + timedelta(days=days - 1))
