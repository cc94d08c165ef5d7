"""Every change of a partner's side of a co-sell deal, by subject. The rules in prose: ../README.md."""

from .answering import accept, decline
from .closing import lose, set_stage, win
from .editing import edit_deal
from .expiring import expire_referral, expire_vendor_side, remind_of_referral, remind_of_vendor_side
from .ground import BadContent, DealChanged, DealClosed, NotPossible
from .inviting import invite_partner
from .making import make_deal
from .marking import mark
from .recreating import recreate
from .sharing import upgrade

__all__ = [
    "BadContent",
    "DealChanged",
    "DealClosed",
    "NotPossible",
    "accept",
    "decline",
    "edit_deal",
    "expire_referral",
    "expire_vendor_side",
    "invite_partner",
    "lose",
    "make_deal",
    "mark",
    "recreate",
    "remind_of_referral",
    "remind_of_vendor_side",
    "set_stage",
    "upgrade",
    "win",
]
