"""What co-selling keeps."""

from .places import Location, RoleScope
from .referrals import (
    LARGEST_VALUE,
    Favourite,
    Invitation,
    Referral,
    ReferralSolution,
    Seller,
    TeamMember,
    VendorReferral,
)
from .solutions import Incentive, Readiness, Solution, SolutionKind, SolutionStatus

__all__ = [
    "LARGEST_VALUE", "Favourite", "Incentive", "Invitation", "Location", "Readiness", "Referral", "ReferralSolution",
    "RoleScope", "Seller", "Solution", "SolutionKind", "SolutionStatus", "TeamMember", "VendorReferral",
]  # fmt: skip
