"""What co-selling keeps."""

from .bulk import Outcome, ReferralUpload, UploadProblem, UploadRow, UploadStatus
from .leads import Lead, LeadFavourite, MatchFigures, Need
from .mail import CosellAddress
from .notes import Feeling, NotesDraft, NotesFailure, NotesOutcome
from .places import Location, RoleScope
from .profiles import Profile, ProfileLocation, ProfileState, PublishedLocation, PublishedProfile
from .referrals import (
    LARGEST_VALUE,
    REASON_FROM_USD,
    Favourite,
    Invitation,
    Referral,
    ReferralSolution,
    Seller,
    TeamMember,
    VendorReferral,
)
from .registrations import (
    Deployment,
    PricingModel,
    RegisteredSolution,
    RegistrationStatus,
    RegistrationStep,
    WonRegistration,
)
from .solutions import Incentive, Readiness, Solution, SolutionKind, SolutionStatus

__all__ = [
    "LARGEST_VALUE",
    "REASON_FROM_USD",
    "CosellAddress",
    "Deployment",
    "Favourite",
    "Feeling",
    "Incentive",
    "Invitation",
    "Lead",
    "LeadFavourite",
    "Location",
    "MatchFigures",
    "Need",
    "NotesDraft",
    "NotesFailure",
    "NotesOutcome",
    "Outcome",
    "PricingModel",
    "Profile",
    "ProfileLocation",
    "ProfileState",
    "PublishedLocation",
    "PublishedProfile",
    "Readiness",
    "Referral",
    "ReferralSolution",
    "ReferralUpload",
    "RegisteredSolution",
    "RegistrationStatus",
    "RegistrationStep",
    "RoleScope",
    "Seller",
    "Solution",
    "SolutionKind",
    "SolutionStatus",
    "TeamMember",
    "UploadProblem",
    "UploadRow",
    "UploadStatus",
    "VendorReferral",
    "WonRegistration",
]  # fmt: skip
