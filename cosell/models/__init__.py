"""What co-selling keeps."""

from .bulk import Outcome, ReferralUpload, UploadProblem, UploadRow, UploadStatus
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
    "LARGEST_VALUE", "Favourite", "Incentive", "Invitation", "Location", "Outcome", "Readiness", "Referral",
    "ReferralSolution", "ReferralUpload", "RoleScope", "Seller", "Solution", "SolutionKind", "SolutionStatus",
    "TeamMember", "UploadProblem", "UploadRow", "UploadStatus", "VendorReferral",
]  # fmt: skip
