"""What co-selling keeps."""

from .bulk import Outcome, ReferralUpload, UploadProblem, UploadRow, UploadStatus
from .notes import Feeling, NotesDraft, NotesFailure, NotesOutcome
from .leads import Lead, LeadFavourite, MatchFigures, Need
from .mail import CosellAddress
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
    "CosellAddress", "Deployment", "Favourite", "Incentive", "Invitation", "LARGEST_VALUE", "REASON_FROM_USD", "Location", "Outcome",
    "PricingModel", "Profile", "ProfileLocation", "ProfileState", "PublishedLocation", "PublishedProfile",
    "Readiness", "Referral", "ReferralSolution", "ReferralUpload", "RegisteredSolution",
    "RegistrationStatus", "RegistrationStep", "RoleScope", "Seller", "Solution", "SolutionKind",
    "SolutionStatus", "TeamMember", "UploadProblem", "UploadRow", "UploadStatus", "VendorReferral",
    "WonRegistration",
    "Feeling", "NotesDraft", "NotesFailure", "NotesOutcome",
    "Lead", "LeadFavourite", "MatchFigures", "Need",
]  # fmt: skip
