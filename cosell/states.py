"""The states of referrals and what may follow on what; the words in which partners and the vendor answer.

Pure: no database, no clock. The same edges stand in the database as a trigger (migrations/0002).
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    NEW = "new", pgettext_lazy("referral", "New")
    ACTIVE = "active", pgettext_lazy("referral", "Active")
    CLOSED = "closed", pgettext_lazy("referral", "Closed")


class Substatus(models.TextChoices):
    PENDING = "pending", pgettext_lazy("referral", "Pending")  # being prepared; nobody is asked yet
    RECEIVED = "received", pgettext_lazy("referral", "Received")  # waits for an answer
    ACCEPTED = "accepted", pgettext_lazy("referral", "Accepted")
    WON = "won", pgettext_lazy("referral", "Won")
    LOST = "lost", pgettext_lazy("referral", "Lost")
    DECLINED = "declined", pgettext_lazy("referral", "Declined")
    EXPIRED = "expired", pgettext_lazy("referral", "Expired")


#: Which status each substatus is of (C5).
STATUS_OF = {
    Substatus.PENDING: Status.NEW,
    Substatus.RECEIVED: Status.NEW,
    Substatus.ACCEPTED: Status.ACTIVE,
    Substatus.WON: Status.CLOSED,
    Substatus.LOST: Status.CLOSED,
    Substatus.DECLINED: Status.CLOSED,
    Substatus.EXPIRED: Status.CLOSED,
}

#: What may follow on what. What is not here is refused, whoever asks; what is closed never moves.
EDGES: dict[str, tuple[Substatus, ...]] = {
    Substatus.PENDING: (Substatus.RECEIVED, Substatus.ACCEPTED, Substatus.DECLINED, Substatus.EXPIRED),
    Substatus.RECEIVED: (Substatus.ACCEPTED, Substatus.DECLINED, Substatus.EXPIRED),
    Substatus.ACCEPTED: (Substatus.WON, Substatus.LOST),
    Substatus.WON: (),
    Substatus.LOST: (),
    Substatus.DECLINED: (),
    Substatus.EXPIRED: (),
}
TERMINAL = tuple(substatus for substatus, following in EDGES.items() if not following)


class Direction(models.TextChoices):
    """As the partner sees it."""

    INCOMING = "incoming", _("Inbound")
    OUTGOING = "outgoing", _("Outbound")


class Origin(models.TextChoices):
    """Who began the engagement."""

    PARTNER = "partner", _("This partner")
    VENDOR = "vendor", _("The vendor")
    INVITED = "invited", _("Another partner")


class Sharing(models.TextChoices):
    """How much the vendor's sellers see, and whether their help is asked for (C6). It only ever goes up."""

    PRIVATE = "private", _("Private")
    PARTNER_LED = "partner_led", _("Partner-led")
    COSELL = "cosell", _("Co-sell")


UPGRADES: dict[str, tuple[Sharing, ...]] = {
    Sharing.PRIVATE: (Sharing.PARTNER_LED, Sharing.COSELL),
    Sharing.PARTNER_LED: (Sharing.COSELL,),
    Sharing.COSELL: (),
}


class SalesStage(models.TextChoices):
    """How far the sale is; in STAGE_PERCENT how likely that makes it (C8)."""

    QUALIFIED = "qualified", pgettext_lazy("sales stage", "Qualified")
    DEVELOPED = "developed", pgettext_lazy("sales stage", "Developed")
    PROPOSED = "proposed", pgettext_lazy("sales stage", "Proposed")
    NEGOTIATED = "negotiated", pgettext_lazy("sales stage", "Negotiated")
    WON = "won", pgettext_lazy("sales stage", "Won")


STAGE_PERCENT = {
    SalesStage.QUALIFIED: 20,
    SalesStage.DEVELOPED: 40,
    SalesStage.PROPOSED: 60,
    SalesStage.NEGOTIATED: 80,
    SalesStage.WON: 100,
}


class HelpType(models.TextChoices):
    """What help is asked for (C8); their order is the code in files: 1 to 6."""

    WORKLOAD = "workload", _("Value of the solution for the customer's workload")
    ARCHITECTURE = "architecture", _("Technical architecture")
    PROOF = "proof", _("Proof of concept or demonstration")
    QUOTES = "quotes", _("Quotes or licensing")
    POST_SALES = "post_sales", _("Success after the sale")
    GENERAL = "general", _("General, or something else")


class PartnerReason(models.TextChoices):
    """Why a partner declines or lost (C8); their order is the code in files: 1 to 8."""

    BUDGET = "budget", _("The customer has no budget")
    UNRESPONSIVE = "unresponsive", _("The customer does not respond")
    OTHER_VENDOR = "other_vendor", _("The customer chose another vendor")
    REQUIREMENT = "requirement", _("A requirement cannot be met")
    NOT_A_CUSTOMER = "not_a_customer", _("It is not a customer")
    TIMELINE = "timeline", _("The timeline does not fit")
    SPAM = "spam", _("Abuse or spam")
    OTHER = "other", pgettext_lazy("reason", "Another reason")


class VendorReason(models.TextChoices):
    """Why the vendor declines (C7)."""

    NO_CUSTOMER = "no_customer", _("There is no record of this customer at the vendor.")
    NO_SELLER = "no_seller", _("No seller looks after this customer.")


class CompanySize(models.TextChoices):
    """How many people work at the customer."""

    S9 = "1-9", "1–9"
    S50 = "10-50", "10–50"
    S250 = "51-250", "51–250"
    S1000 = "251-1000", "251–1,000"
    S5000 = "1001-5000", "1,001–5,000"
    S10000 = "5001-10000", "5,001–10,000"
    S20000 = "10001-20000", "10,001–20,000"
    MORE = "more", _("More than 20,000")
