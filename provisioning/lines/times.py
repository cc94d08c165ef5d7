"""When a line is mailed, called about and closed: by the clocks where its customer is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from notifications.clock import zone

from ..models import Family, SetupRules

AT = time(7, 0)


def mail_at(start_on: date, zone_name: str, now: datetime) -> datetime:
    """07:00 on the start date where the customer is, in UTC; now, when that is past."""
    morning = datetime.combine(start_on, AT, zone(zone_name)).astimezone(UTC)
    return max(morning, now)


def days_later(moment: datetime, days: int, zone_name: str) -> datetime:
    """The same time of the day so many days later, by the clocks of that time zone, in UTC.

    A day on which clocks change has 23 or 25 hours; a time that the clocks leave out is that much later.
    """
    local = moment.astimezone(zone(zone_name))
    later = datetime.combine(local.date() + timedelta(days=days), local.time(), local.tzinfo)
    return later.astimezone(UTC)


def day_there(now: datetime, zone_name: str) -> date:
    """Which day it is where the customer is."""
    return now.astimezone(zone(zone_name)).date()


def rules_in_force() -> SetupRules:
    return SetupRules.objects.order_by("id").first() or SetupRules(id=1)


def days_until_close(family: str, rules: SetupRules) -> int:
    return rules.flex_days if family == Family.A_FLEX else rules.other_days
