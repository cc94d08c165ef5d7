"""What is set up, by whom and where, and what comes of it; one module a subject."""

from .activation import Activation, ActivationState, BillingStart
from .catalogue import (
    ElementKind,
    Family,
    NameWord,
    PartElement,
    PartSetup,
    Service,
    SetupRules,
    WordUse,
)
from .chasing import FormChase
from .lines import AddressTry, Handing, LineStatus, SetupLine, SetupLink, Waiting
from .organisations import Organisation, OrganisationKind, OrganisationPerson
from .registry import NameKind, RegistryName, RegistryOrganisation
from .subscriptions import RUNNING, TRIALS, Subscription, SubscriptionStatus

__all__ = [
    "RUNNING",
    "TRIALS",
    "Activation",
    "ActivationState",
    "AddressTry",
    "BillingStart",
    "ElementKind",
    "Family",
    "FormChase",
    "Handing",
    "LineStatus",
    "NameKind",
    "NameWord",
    "Organisation",
    "OrganisationKind",
    "OrganisationPerson",
    "PartElement",
    "PartSetup",
    "RegistryName",
    "RegistryOrganisation",
    "Service",
    "SetupLine",
    "SetupLink",
    "SetupRules",
    "Subscription",
    "SubscriptionStatus",
    "Waiting",
    "WordUse",
]
