"""What is typed into a co-sell deal, and into what is done with one."""

from .answers import InviteForm, ReasonForm, StageForm, UpgradeForm, take
from .deal import Choices, DealForm

__all__ = ["Choices", "DealForm", "InviteForm", "ReasonForm", "StageForm", "UpgradeForm", "take"]
