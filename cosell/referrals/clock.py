"""The clocks of a deal: until when one of its sides has to answer, and how much of that time is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from ..models import Referral, VendorReferral
from ..states import Substatus

SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when an answer is awaited. `days` are whole days left, 0 on the last one; `of` is how many there were."""

    until: datetime
    days: int
    of: int
    is_late: bool

    @property
    def tone(self) -> str:
        if self.is_late or not self.days:
            return "bad"
        return "warn" if self.days < SOON.days else ""

    @property
    def passed(self) -> int:
        """Days that have gone by, for a bar."""
        return min(max(self.of - self.days, 0), self.of)


def clock_of(side: Referral | VendorReferral | None, now: datetime) -> Clock | None:
    """The clock of a side that waits for an answer; None where none is awaited."""
    if side is None or side.substatus != Substatus.RECEIVED or side.expires_at is None:
        return None
    left = side.expires_at - now
    return Clock(side.expires_at, max(left.days, 0), settings.COSELL_ANSWER_DAYS, left <= timedelta(0))
