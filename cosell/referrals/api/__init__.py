"""`/api/v1/referrals/`: co-sell deals, as their partners and the vendor's people see them."""

from .resource import ReferralViewSet

__all__ = ["ReferralViewSet"]
