"""Every change of a deal: from the draft to its end. Views, the API, jobs and the demo world all come
through here.

Each action locks the deal's row first, so that of two people deciding at the same moment the second finds
it decided. `version`, where given, is the one the person saw: when the deal was changed since, DealChanged
is raised and nothing happens.
"""

from .attaching import attach_file, take_back_attachment
from .bulk import Chosen, Outcome, TooManyDeals, approve_together, take_together
from .conversation import ask_partner, comment_on_deal
from .deciding import approve_deal, reject_deal, return_deal, revoke_deal, take_under_review
from .drafting import begin_deal, discard_draft, save_draft
from .ending import expire_deal, lose_deal, win_deal, withdraw_deal
from .ground import (
    ColleagueUnknown,
    DealChanged,
    DealConflict,
    DealIncomplete,
    DealNotOpen,
    DistributorUnknown,
    NoSite,
    ReasonMissing,
    TooManyProducts,
)
from .opportunities import close_opportunity, note_opportunity
from .programme import (
    NothingChanged,
    RulesChanged,
    RulesInvalid,
    TierChanged,
    TierUnknown,
    change_rules,
    set_tier,
)
from .submitting import submit_deal
from .verdicts import ask_verdict
from .watching import escalate_deal, remind_of_expiry

__all__ = [
    "Chosen",
    "ColleagueUnknown",
    "DealChanged",
    "DealConflict",
    "DealIncomplete",
    "DealNotOpen",
    "DistributorUnknown",
    "NoSite",
    "NothingChanged",
    "Outcome",
    "ReasonMissing",
    "RulesChanged",
    "RulesInvalid",
    "TierChanged",
    "TierUnknown",
    "TooManyDeals",
    "TooManyProducts",
    "approve_deal",
    "approve_together",
    "ask_verdict",
    "ask_partner",
    "attach_file",
    "begin_deal",
    "change_rules",
    "close_opportunity",
    "comment_on_deal",
    "discard_draft",
    "escalate_deal",
    "expire_deal",
    "lose_deal",
    "note_opportunity",
    "reject_deal",
    "remind_of_expiry",
    "return_deal",
    "revoke_deal",
    "save_draft",
    "set_tier",
    "submit_deal",
    "take_back_attachment",
    "take_together",
    "take_under_review",
    "win_deal",
    "withdraw_deal",
]
