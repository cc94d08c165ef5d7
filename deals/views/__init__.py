"""The pages of deals: the opportunity manager, a deal, and what is done with it. The form is in register.py."""

from .deal import (
    again,
    approve,
    ask,
    comment,
    deal_detail,
    lose,
    reject,
    return_,
    revoke,
    seen_version,
    take,
    win,
    withdraw,
)
from .desk import deal_desk, decide_together, together
from .files import attach, detach, download
from .list import counts, deal_list, export, filters
from .proposals import decline, proposal, proposals, propose, take_back

__all__ = [
    "again",
    "approve",
    "ask",
    "attach",
    "comment",
    "counts",
    "deal_desk",
    "deal_detail",
    "deal_list",
    "decide_together",
    "decline",
    "detach",
    "download",
    "export",
    "filters",
    "lose",
    "proposal",
    "proposals",
    "propose",
    "reject",
    "return_",
    "revoke",
    "seen_version",
    "take",
    "take_back",
    "together",
    "win",
    "withdraw",
]
