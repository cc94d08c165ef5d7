"""Every change of a deal: from the draft to its end. Views, the API, jobs and the demo world all come
through here.

Each action locks the deal's row first, so that of two people deciding at the same moment the second finds
it decided. `version`, where given, is the one the person saw: when the deal was changed since, DealChanged
is raised and nothing happens.
"""

from .amending import ApprovalRests, amend_deal
from .appealing import appeal_deal
from .attaching import attach_file, take_back_attachment
from .bulk import Chosen, Outcome, TooManyDeals, approve_together, take_together
from .conversation import ask_partner, comment_on_deal
from .deciding import approve_deal, reject_deal, return_deal, revoke_deal, take_under_review
from .drafting import begin_deal, discard_draft, save_draft
from .ending import expire_deal, lose_deal, win_deal, withdraw_deal
from .extending import ask_extension, extend_deal, refuse_extension, take_extension_back
from .ground import (
    ColleagueUnknown,
    DealChanged,
    DealConflict,
    DealIncomplete,
    DealNotOpen,
    DistributorUnknown,
    NoSite,
    NotNow,
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
from .proposing import (
    ProposalClosed,
    TooManyProposals,
    decline_proposal,
    propose_deal,
    take_back_proposal,
)
from .submitting import submit_deal
from .verdicts import ask_verdict
from .viewing import note_viewing
from .watching import escalate_deal, remind_of_expiry

__all__ = [
    "ApprovalRests",
    "Chosen",
    "ColleagueUnknown",
    "DealChanged",
    "DealConflict",
    "DealIncomplete",
    "DealNotOpen",
    "DistributorUnknown",
    "NoSite",
    "NotNow",
    "NothingChanged",
    "Outcome",
    "ProposalClosed",
    "ReasonMissing",
    "RulesChanged",
    "RulesInvalid",
    "TierChanged",
    "TierUnknown",
    "TooManyDeals",
    "TooManyProducts",
    "TooManyProposals",
    "amend_deal",
    "appeal_deal",
    "approve_deal",
    "approve_together",
    "ask_extension",
    "ask_partner",
    "ask_verdict",
    "attach_file",
    "begin_deal",
    "change_rules",
    "close_opportunity",
    "comment_on_deal",
    "decline_proposal",
    "discard_draft",
    "escalate_deal",
    "expire_deal",
    "extend_deal",
    "lose_deal",
    "note_opportunity",
    "note_viewing",
    "propose_deal",
    "refuse_extension",
    "reject_deal",
    "remind_of_expiry",
    "return_deal",
    "revoke_deal",
    "save_draft",
    "set_tier",
    "submit_deal",
    "take_back_attachment",
    "take_back_proposal",
    "take_extension_back",
    "take_together",
    "take_under_review",
    "win_deal",
    "withdraw_deal",
]
