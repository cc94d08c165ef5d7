"""The pages of deals: the opportunity manager, a deal, and what is done with it. The form is in register.py."""

from .deal import (
    again,
    approve,
    ask,
    ask_extension,
    comment,
    deal_detail,
    extend,
    lose,
    refuse_extension,
    reject,
    return_,
    revoke,
    take,
    take_extension_back,
    win,
    withdraw,
)
from .desk import deal_desk, decide_together, together
from .files import attach, detach, download
from .list import counts, deal_list, export, filters
from .living import amend, appeal, viewings
from .proposals import decline, proposal, proposals, propose, take_back

__all__ = [
    "again",
    "amend",
    "appeal",
    "approve",
    "ask",
    "ask_extension",
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
    "extend",
    "filters",
    "lose",
    "proposal",
    "proposals",
    "propose",
    "refuse_extension",
    "reject",
    "return_",
    "revoke",
    "take",
    "take_back",
    "take_extension_back",
    "together",
    "viewings",
    "win",
    "withdraw",
]
