"""The stages of leads; why one is archived; how much one says. Pure: no database, no clock.

What may follow on what stands in the database as a trigger (migrations/0006), and as reasons in possible.py.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("lead", "Received")  # nobody has answered
    ACCEPTED = "accepted", pgettext_lazy("lead", "Accepted")  # somebody works on it
    ARCHIVED = "archived", pgettext_lazy("lead", "Archived")


class Source(models.TextChoices):
    PROFILE = "profile", pgettext_lazy("lead", "Business profile")  # a customer wrote through the directory
    OFFER = (
        "offer",
        pgettext_lazy("lead", "The vendor"),
    )  # the vendor's people looked for a partner, and chose


class ArchiveReason(models.TextChoices):
    """Why a lead is archived."""

    NO_ANSWER = "no_answer", _("The customer does not respond")
    NO_FIT = "no_fit", _("We do not offer what is wished for")
    NO_CAPACITY = "no_capacity", _("We have no time for it")
    NO_BUDGET = "no_budget", _("The customer has no budget")
    ELSEWHERE = "elsewhere", _("The customer decided for somebody else")
    DOUBLE = "double", _("We know of it already")
    DONE = "done", _("It is done, or goes on as a deal")
    SPAM = "spam", _("Abuse or spam")  # by "mark as spam" alone
    SIZE = "size", _("The company is of a size that the profile does not serve")  # at once, by the profile
    OTHER = "other", pgettext_lazy("reason", "Another reason")


#: Those that people choose from when they archive one.
REASONS = tuple(reason for reason in ArchiveReason if reason not in (ArchiveReason.SPAM, ArchiveReason.SIZE))


class Quality(models.TextChoices):
    """How much a lead says: whether one can call, whom, and about what."""

    GOOD = "good", pgettext_lazy("quality of a lead", "Good")
    FAIR = "fair", pgettext_lazy("quality of a lead", "Fair")
    POOR = "poor", pgettext_lazy("quality of a lead", "Poor")


#: A customer who asked to be contacted is answered within this; afterwards the words change.
PATIENCE = timedelta(hours=72)
