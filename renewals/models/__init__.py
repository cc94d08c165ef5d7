"""What customers have, what is to be renewed, and what else the vendor tells of it."""

from .history import Overage, PriceNotification, SubscriptionChange
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
    "Entitlement",
    "EntitlementKind",
    "LostReason",
    "Overage",
    "PriceNotification",
    "RenewalItem",
    "RenewalKind",
    "RenewalStatus",
    "RenewalWork",
    "SubscriptionChange",
]
