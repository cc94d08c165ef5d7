"""Setting up what was sold: from "Provision and start billing" until it is done, however often something fails."""

from .asking import ask_again, provision
from .refusals import ActivationChanged, LineOver, NothingFailed, NotOnboarded

__all__ = [
    "ActivationChanged",
    "LineOver",
    "NotOnboarded",
    "NothingFailed",
    "ask_again",
    "provision",
]
