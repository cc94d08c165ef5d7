"""What is typed into the pages of deals: `steps` of the form, `beginning` before it, `deeds` afterwards."""

from .beginning import BeginForm, OpportunityForm
from .deeds import (
    ApproveForm,
    AskForm,
    CommentForm,
    LoseForm,
    ReasonForm,
    RejectForm,
    ReturnForm,
    RevokeForm,
    WithdrawForm,
    WithTextForm,
)
from .files import AttachForm
from .filters import FilterForm
from .living import AmendForm, AppealForm, AskExtensionForm, ExtendForm, RefuseExtensionForm
from .steps import NONE_OF_THESE, STEPS, StepForm

__all__ = [
    "NONE_OF_THESE",
    "STEPS",
    "AmendForm",
    "AppealForm",
    "ApproveForm",
    "AskExtensionForm",
    "AskForm",
    "AttachForm",
    "BeginForm",
    "CommentForm",
    "ExtendForm",
    "FilterForm",
    "LoseForm",
    "OpportunityForm",
    "ReasonForm",
    "RefuseExtensionForm",
    "RejectForm",
    "ReturnForm",
    "RevokeForm",
    "StepForm",
    "WithTextForm",
    "WithdrawForm",
]
