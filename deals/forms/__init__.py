"""What is typed into the pages of deals: `steps` of the form, `beginning` before it, `deeds` afterwards."""

from .beginning import BeginForm, OpportunityForm
from .deeds import CommentForm, LoseForm, RejectForm, ReturnForm, RevokeForm, WithdrawForm, WithTextForm
from .files import AttachForm
from .filters import FilterForm
from .steps import NONE_OF_THESE, STEPS, StepForm

__all__ = [
    "NONE_OF_THESE",
    "STEPS",
    "AttachForm",
    "BeginForm",
    "CommentForm",
    "FilterForm",
    "LoseForm",
    "OpportunityForm",
    "RejectForm",
    "ReturnForm",
    "RevokeForm",
    "StepForm",
    "WithTextForm",
    "WithdrawForm",
]
