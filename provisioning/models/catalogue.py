"""What the vendor keeps as data: which parts are set up and how, what has to be known, which names nobody gets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.models import public_id
from identity.tenancy import GUEST, PARTNERS, STAFF, guarded, may
from pricing.models import Part


class Family(models.TextChoices):
    """The families of parts whose orders become services."""

    A_FLEX = "A-FLEX", "A-FLEX"
    A_WX = "A-WX", "A-WX"
    A_SPK = "A-SPK", "A-SPK"


class Service(models.TextChoices):
    CALLING = "calling", pgettext_lazy("service", "Calling")
    MEETINGS = "meetings", pgettext_lazy("service", "Meetings")
    MESSAGING = "messaging", pgettext_lazy("service", "Messaging")


def services() -> ArrayField[list[str], list[str]]:
    """The column of a table that says which services it is about."""
    return ArrayField(models.CharField(max_length=12, choices=Service.choices), verbose_name=_("services"))


def services_known(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(services__contained_by=Service.values, services__len__gte=1), name=name
    )


@guarded(may((*PARTNERS, GUEST), "select"), may(STAFF, "select insert update delete"))
class PartSetup(models.Model):
    """That a part is set up when it was ordered: of which family it is, and which services come with it."""

    part = models.OneToOneField(Part, on_delete=models.PROTECT, related_name="setup")
    family = models.CharField(_("family"), max_length=8, choices=Family.choices)
    services = services()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(family__in=Family.values), name="part_setup_family_known"),
            services_known("part_setup_services_known"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id}: {self.family}"


class ElementKind(models.TextChoices):
    TEXT = "text", _("Text")
    EMAIL = "email", _("E-mail address")
    NUMBER = "number", _("Whole number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of several")
    TIME_ZONE = "time_zone", _("Time zone")


@guarded(may((*PARTNERS, GUEST), "select"), may(STAFF, "select insert update delete"))
class PartElement(models.Model):
    """One thing that has to be known before a part can be set up (a line of its provisioning form)."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="elements")
    name = models.CharField(_("name"), max_length=80)
    help = models.CharField(_("explanation"), max_length=200, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=12, choices=ElementKind.choices, default=ElementKind.TEXT)
    choices = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("choices"))
    required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    retired_at = models.DateTimeField(null=True, blank=True)  # asked for no longer
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "name"], name="part_element_once"),
            models.CheckConstraint(condition=Q(kind__in=ElementKind.values), name="part_element_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="choice") | Q(choices__len__gte=2), name="part_element_choices"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WordUse(models.TextChoices):
    RESERVED = "reserved", _("Reserved: nobody may have this name")
    OFFENSIVE = "offensive", _("Offensive: no name may contain it")


@guarded(may((*PARTNERS, GUEST), "select"), may(STAFF, "select insert update delete"))
class NameWord(models.Model):
    """A word that keeps a subdomain or a meeting site from being called so."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    word = models.CharField(_("word"), max_length=63)
    skeleton = models.CharField(max_length=63, editable=False)  # as it looks: see provisioning.naming
    use = models.CharField(_("use"), max_length=10, choices=WordUse.choices)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use", "skeleton"], name="name_word_once"),
            models.CheckConstraint(condition=Q(use__in=WordUse.values), name="name_word_use_known"),
        ]

    def __str__(self) -> str:
        return self.word


@guarded(may((*PARTNERS, GUEST), "select"), may(STAFF, "select insert update"))
class SetupRules(models.Model):
    """The times that the vendor's people set; one row. Days are counted where the customer is."""

    call_after_days = models.PositiveSmallIntegerField(_("days until the representative calls"), default=1)
    flex_days = models.PositiveSmallIntegerField(_("days until an A-FLEX line closes"), default=7)
    other_days = models.PositiveSmallIntegerField(_("days until another line closes"), default=30)
    restore_days = models.PositiveSmallIntegerField(
        _("days in which what was cancelled comes back"), default=30
    )
    trial_days = models.PositiveSmallIntegerField(_("days of a trial"), default=30)
    chase_days = models.PositiveSmallIntegerField(
        _("days until what is missing on a form is asked for again"), default=3
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="setup_rules_one"),
            models.CheckConstraint(
                condition=Q(call_after_days__gte=1, flex_days__gte=2, other_days__gte=2, trial_days__gte=1),
                name="setup_rules_days",
            ),
            models.CheckConstraint(condition=Q(chase_days__gte=1), name="setup_rules_chase"),
            # The restore window is 15 to 30 days.
            models.CheckConstraint(
                condition=Q(restore_days__gte=15, restore_days__lte=30), name="setup_rules_restore"
            ),
        ]
