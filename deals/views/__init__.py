"""The pages of deals: the opportunity manager, a deal, and what is done with it. The form is in register.py."""

from .deal import (
    again,
    approve,
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
from .files import attach, detach, download
from .list import counts, deal_list, export, filters

__all__ = [
    "again",
    "approve",
    "attach",
    "comment",
    "counts",
    "deal_detail",
    "deal_list",
    "detach",
    "download",
    "export",
    "filters",
    "lose",
    "reject",
    "return_",
    "revoke",
    "seen_version",
    "take",
    "win",
    "withdraw",
]
