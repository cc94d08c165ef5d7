"""Why something could not be set up, and what to do about it: the backend's codes in the portal's words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Activation, ActivationState
from .hearing import STALLED, UNREACHABLE


class Who(StrEnum):
    """Who can do something about it."""

    ENTERED = "entered"  # whoever sets up: by entering something else
    AGAIN = "again"  # whoever sets up, the partner or the vendor: by trying again
    VENDOR = "vendor"  # the account representative


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of a code. `page` is where something else is to be entered: a service, or "organisation"."""

    text: str | Promise
    todo: str | Promise
    who: Who = Who.VENDOR
    page: str = ""


_ANOTHER = _("Choose another one, and try again.")
_RULES = _("Choose one that keeps to the rules, and try again.")
_REPRESENTATIVE = _("Your account representative has been told, and looks after it.")

ADVICE = {
    "subdomain_taken": Advice(
        _("Somebody else has taken the subdomain meanwhile."), _ANOTHER, Who.ENTERED, "organisation"
    ),
    "subdomain_refused": Advice(
        _("The subdomain is not one that anybody can have."), _RULES, Who.ENTERED, "organisation"
    ),
    "site_taken": Advice(
        _("Somebody else has taken the name of the meeting site meanwhile."),
        _ANOTHER,
        Who.ENTERED,
        "meetings",
    ),
    "site_refused": Advice(
        _("The name of the meeting site is not one that anybody can have."), _RULES, Who.ENTERED, "meetings"
    ),
    "transfer_refused": Advice(
        _("The meeting site was not transferred: the code is not right for it."),
        _("Ask whoever has the site for the code, or choose a new site. Then try again."),
        Who.ENTERED,
        "meetings",
    ),
    "sip_taken": Advice(
        _("Somebody else has taken the SIP subdomain meanwhile."), _ANOTHER, Who.ENTERED, "calling"
    ),
    "sip_refused": Advice(
        _("The SIP subdomain is not one that anybody can have."), _RULES, Who.ENTERED, "calling"
    ),
    "address_in_use": Advice(
        _("The administrator's e-mail address belongs to another organisation already."), _REPRESENTATIVE
    ),
    "organisation_unknown": Advice(_("The vendor's system does not know the organisation."), _REPRESENTATIVE),
    UNREACHABLE: Advice(
        _("The vendor's system could not be reached for hours."),
        _("Nothing is lost. Try again; if it fails once more, your account representative helps."),
        Who.AGAIN,
    ),
    STALLED: Advice(
        _("The vendor's system has begun, and has not come to an end within a day."),
        _(
            "Nothing is lost. Try again to see how far it is; your account representative has been told as well."
        ),
        Who.AGAIN,
    ),
}
OTHER = Advice(_("The vendor's system turned down what was entered."), _REPRESENTATIVE)
SOME = Advice(
    _("Some services could not be set up."),
    _("The page that shows how far it is says of each what to do."),
    Who.ENTERED,
)


def advice_for(code: str) -> Advice:
    """What is said of a code; of one that nobody knows, that the vendor's people look after it."""
    return ADVICE.get(code, OTHER)


def advice_of(activation: Activation) -> Advice | None:
    """What is said of an activation that has failed, or of the one service that has; None of any other."""
    if activation.state == ActivationState.WITH_ERRORS:
        failed = failed_codes(activation)
        return advice_for(failed[0]) if len(failed) == 1 else SOME
    return advice_for(activation.error_code) if activation.state == ActivationState.FAILED else None


def failed_codes(activation: Activation) -> list[str]:
    """The codes of the services that failed, in the order in which they are shown."""
    failed = (known for known in activation.services.values() if known["state"] == ActivationState.FAILED)
    return [known["code"] for known in failed]
