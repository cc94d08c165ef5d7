"""The life of a deal registration: its states, and who may move it from one to the next.

The database enforces the same table by a trigger (migrations/0002); tests/deals/test_states.py holds the
two together.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.tenancy import RESELLER, STAFF, SYSTEM


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("deal status", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("deal status", "Submitted")
    UNDER_REVIEW = "under_review", pgettext_lazy("deal status", "Under review")
    RETURNED = "returned", pgettext_lazy("deal status", "Returned")
    APPROVED = "approved", pgettext_lazy("deal status", "Approved")
    WON = "won", pgettext_lazy("deal status", "Won")
    LOST = "lost", pgettext_lazy("deal status", "Lost")
    EXPIRED = "expired", pgettext_lazy("deal status", "Expired")
    REJECTED = "rejected", pgettext_lazy("deal status", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("deal status", "Withdrawn")
    REVOKED = "revoked", pgettext_lazy("deal status", "Revoked")


S = Status

# From, to: the database roles that may do it. Nothing else ever happens; approval in particular is never
# automatic.
TRANSITIONS: dict[tuple[str, str], tuple[str, ...]] = {
    (S.DRAFT, S.SUBMITTED): (RESELLER,),
    (S.SUBMITTED, S.UNDER_REVIEW): (STAFF,),
    (S.SUBMITTED, S.RETURNED): (STAFF,),
    (S.SUBMITTED, S.APPROVED): (STAFF,),
    (S.SUBMITTED, S.REJECTED): (STAFF,),
    (S.SUBMITTED, S.WITHDRAWN): (RESELLER,),
    (S.UNDER_REVIEW, S.RETURNED): (STAFF,),
    (S.UNDER_REVIEW, S.APPROVED): (STAFF,),
    (S.UNDER_REVIEW, S.REJECTED): (STAFF,),
    (S.UNDER_REVIEW, S.WITHDRAWN): (RESELLER,),
    (S.RETURNED, S.SUBMITTED): (RESELLER,),
    (S.RETURNED, S.WITHDRAWN): (RESELLER,),
    (S.APPROVED, S.SUBMITTED): (RESELLER,),  # what was approved was changed: it is approved again, or not
    (S.APPROVED, S.WON): (RESELLER,),
    (S.APPROVED, S.LOST): (RESELLER,),
    (S.APPROVED, S.WITHDRAWN): (RESELLER,),
    (S.APPROVED, S.EXPIRED): (SYSTEM,),
    (S.APPROVED, S.REVOKED): (STAFF,),
}

EDITABLE = (S.DRAFT, S.RETURNED)  # the partner's to write
WAITING = (S.SUBMITTED, S.UNDER_REVIEW)  # the vendor's to decide
LIVE = (S.SUBMITTED, S.UNDER_REVIEW, S.RETURNED, S.APPROVED)  # protected, or on the way to it
TERMINAL = (S.WON, S.LOST, S.EXPIRED, S.REJECTED, S.WITHDRAWN, S.REVOKED)  # nobody changes anything, ever
DECIDED = (S.WON, S.LOST)  # how the customer decided
NUMBERED = (S.APPROVED, S.WON, S.LOST, S.EXPIRED, S.REVOKED)  # has, or had, a registration

TONES = {
    S.DRAFT: "neutral",
    S.SUBMITTED: "info",
    S.UNDER_REVIEW: "info",
    S.RETURNED: "warn",
    S.APPROVED: "good",
    S.WON: "good",
    S.LOST: "neutral",
    S.EXPIRED: "neutral",
    S.REJECTED: "bad",
    S.WITHDRAWN: "neutral",
    S.REVOKED: "bad",
}


class Stage(models.TextChoices):
    """How far the sale has come, and how likely it is (C8): qualified 20 %, developed 40, proposed 60,
    negotiated 80.
    """

    QUALIFIED = "qualified", pgettext_lazy("sales stage", "Qualified")
    DEVELOPED = "developed", pgettext_lazy("sales stage", "Developed")
    PROPOSED = "proposed", pgettext_lazy("sales stage", "Proposed")
    NEGOTIATED = "negotiated", pgettext_lazy("sales stage", "Negotiated")


class DealType(models.TextChoices):
    """What sort of sale it is; the registered-deal discount depends on it."""

    NEW_BUSINESS = "new", _("New business")
    COMPETITIVE = "competitive", _("Replaces a competitor")
    EXPANSION = "expansion", _("Expansion")


class Verdict(models.TextChoices):
    """What a partner is told of other registrations before handing a deal in: this and the rule, nothing more."""

    CLEAR = "clear", pgettext_lazy("conflict verdict", "Clear")
    OWN = "own", _("Your own deal")
    LIKELY = "likely", _("Likely conflict")


class MatchRule(models.TextChoices):
    """By which rule two customers are taken for the same one, the surest first."""

    CUSTOMER = "customer", _("The same customer")
    TAX_ID = "tax_id", _("The same tax id")
    DOMAIN = "domain", _("The same web domain")
    NAME = "name", _("The same legal name and country")
    SIMILAR = "similar", _("A very similar name in the same country")


class RejectReason(models.TextChoices):
    DUPLICATE = "duplicate", _("Already registered")
    INCOMPLETE = "incomplete", _("Not enough information")
    WRONG_ENTITY = "wrong_entity", _("Wrong legal entity")
    EXISTING_OPPORTUNITY = "existing_opportunity", _("The vendor already works on this opportunity")
    NOT_ELIGIBLE = "not_eligible", _("Not eligible for registration")
    TENDER = "tender", _("Public tender already published")
    OTHER = "other", _("Other")


class LostReason(models.TextChoices):
    """C8."""

    BUDGET = "budget", _("Budget")
    UNRESPONSIVE = "unresponsive", _("Customer does not respond")
    OTHER_VENDOR = "other_vendor", _("Another vendor was chosen")
    REQUIREMENT = "requirement", _("A requirement is not met")
    NOT_A_CUSTOMER = "not_a_customer", _("Not a customer")
    TIMELINE = "timeline", pgettext_lazy("reason for losing a deal", "Timeline")
    SPAM = "spam", _("Abuse or spam")
    OTHER = "other", _("Other")
