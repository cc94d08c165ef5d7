"""The partner's pages of co-sell deals."""

from .deal import answer, deal_detail, favourite
from .inviting import invite
from .list import counts, deal_list
from .writing import edit, new, suggest_customer

__all__ = [
    "answer",
    "counts",
    "deal_detail",
    "deal_list",
    "edit",
    "favourite",
    "invite",
    "new",
    "suggest_customer",
]
