"""What is typed into a co-sell deal, and into what is done with one."""

from .answers import AcceptForm, InviteForm, ReasonForm, StageForm, UpgradeForm, take
from .deal import Choices, DealForm

__all__ = [
    "AcceptForm",
    "Choices",
    "DealForm",
    "InviteForm",
    "ReasonForm",
    "StageForm",
    "UpgradeForm",
    "take",
]
