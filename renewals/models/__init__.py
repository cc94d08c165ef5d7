"""What customers have, what is to be renewed, and what else the vendor tells of it."""

from .calendars import CalendarFeed
from .history import Overage, PriceNotification, SubscriptionChange
from .reminding import Reminding
from .renewals import (
    Entitlement,
    EntitlementKind,
    LostReason,
    RenewalItem,
    RenewalKind,
    RenewalStatus,
    RenewalWork,
)

__all__ = [
    "CalendarFeed",
    "Entitlement",
    "EntitlementKind",
    "LostReason",
    "Overage",
    "PriceNotification",
    "Reminding",
    "RenewalItem",
    "RenewalKind",
    "RenewalStatus",
    "RenewalWork",
    "SubscriptionChange",
]
