"""Opportunities, deal registrations, what belongs to them, and what is decided for all of them.

What a deal's rows may look like in which state is said here by constraints; who may move a deal from state to
state, and what is frozen when, by the triggers of the migrations.
"""

from .deal import (
    LARGEST_VALUE,
    NOBODY,
    PLAIN_FIELDS,
    PRODUCTS,
    Deal,
    Opportunity,
    OpportunityStatus,
)
from .of_deal import DealAttachment, DealEvent, DealProduct, DealViewing, VisibleTo
from .programme import DecisionPace, RulesNote, RulesVersion, SiteTier
from .proposal import Proposal, ProposalAnswer, ProposalStatus
from .verdict import VerdictAsked

__all__ = [
    "LARGEST_VALUE",
    "NOBODY",
    "PLAIN_FIELDS",
    "PRODUCTS",
    "Deal",
    "DealAttachment",
    "DealEvent",
    "DealProduct",
    "DealViewing",
    "DecisionPace",
    "Opportunity",
    "OpportunityStatus",
    "Proposal",
    "ProposalAnswer",
    "ProposalStatus",
    "RulesNote",
    "RulesVersion",
    "SiteTier",
    "VerdictAsked",
    "VisibleTo",
]
