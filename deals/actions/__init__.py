"""Every change of a deal: from the draft to its end. Views, the API, jobs and the demo world all come
through here.

Each action locks the deal's row first, so that of two people deciding at the same moment the second finds
it decided. `version`, where given, is the one the person saw: when the deal was changed since, DealChanged
is raised and nothing happens.
"""

from .attaching import attach_file, take_back_attachment
from .conversation import comment_on_deal
from .deciding import approve_deal, reject_deal, return_deal, revoke_deal, take_under_review
from .drafting import begin_deal, discard_draft, save_draft
from .ending import expire_deal, lose_deal, win_deal, withdraw_deal
from .ground import (
    ColleagueUnknown,
    DealChanged,
    DealIncomplete,
    DealNotOpen,
    DistributorUnknown,
    NoSite,
    ReasonMissing,
    TooManyProducts,
)
from .opportunities import close_opportunity, note_opportunity
from .submitting import submit_deal

__all__ = [
    "ColleagueUnknown",
    "DealChanged",
    "DealIncomplete",
    "DealNotOpen",
    "DistributorUnknown",
    "NoSite",
    "ReasonMissing",
    "TooManyProducts",
    "approve_deal",
    "attach_file",
    "begin_deal",
    "close_opportunity",
    "comment_on_deal",
    "discard_draft",
    "expire_deal",
    "lose_deal",
    "note_opportunity",
    "reject_deal",
    "return_deal",
    "revoke_deal",
    "save_draft",
    "submit_deal",
    "take_back_attachment",
    "take_under_review",
    "win_deal",
    "withdraw_deal",
]
