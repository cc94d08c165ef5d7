"""Guided selling as data: what is asked, and what is proposed for which answers. The vendor's people write it.

Nothing is ever deleted: what is asked or proposed no longer is retired, so that what was audited still means something.
Texts are kept by language ("en", "ar", …); English is always there, and stands in for what nobody has translated.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from identity.models import public_id
from identity.tenancy import RESELLER, STAFF, guarded, may
from pricing.models import Metric, Part, PartType, ProductLine

Texts = dict[str, str]  # by Django's language code

CODE = RegexValidator(r"^[a-z][a-z0-9_]{0,29}$", _("Small letters, digits and _, beginning with a letter."))
LARGEST_NUMBER = 100_000


def in_language(texts: Texts) -> str:
    """The text in the active language, in English where there is none."""
    return texts.get(get_language() or "en") or texts.get("en", "")


class QuestionKind(models.TextChoices):
    CHOICE = "choice", _("One of the answers")
    SEVERAL = "several", _("Any of the answers")
    NUMBER = "number", _("A number")


@guarded(may(RESELLER, "select"), may(STAFF, "select insert update"))
class GuideQuestion(models.Model):
    """Something that is asked about the customer's need, by `position`."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    code = models.CharField(_("code"), max_length=30, unique=True, validators=[CODE])  # never changed
    kind = models.CharField(_("answered by"), max_length=8, choices=QuestionKind.choices)
    texts = models.JSONField(default=dict)
    hints = models.JSONField(default=dict)
    least = models.PositiveIntegerField(_("at least"), null=True, blank=True)  # of a number
    most = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    conditions = models.JSONField(default=list)  # asked only if all of them hold; see guide.logic.Condition
    position = models.PositiveIntegerField(_("position"), default=10)
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="guide_question_kind"),
            models.CheckConstraint(condition=Q(texts__has_key="en"), name="guide_question_english"),
            models.CheckConstraint(
                condition=(~Q(kind="number") & Q(least__isnull=True, most__isnull=True))
                | Q(kind="number", least__isnull=False, most__isnull=False, least__lte=models.F("most")),
                name="guide_question_bounds",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.texts)

    @property
    def hint(self) -> str:
        return in_language(self.hints)


@guarded(may(RESELLER, "select"), may(STAFF, "select insert update"))
class GuideAnswer(models.Model):
    """One of the answers to a question that is not about a number."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    question = models.ForeignKey(
        GuideQuestion, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    code = models.CharField(_("code"), max_length=30, validators=[CODE])  # never changed
    texts = models.JSONField(default=dict)
    position = models.PositiveIntegerField(_("position"), default=10)
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "code"], name="guide_answer_once"),
            models.CheckConstraint(condition=Q(texts__has_key="en"), name="guide_answer_english"),
        ]

    def __str__(self) -> str:
        return in_language(self.texts)


@guarded(may(RESELLER, "select"), may(STAFF, "select insert update"))
class GuideRule(models.Model):
    """If all conditions hold, so many of a part are proposed: one named, or whichever is sold of a line and type."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    name = models.CharField(_("name"), max_length=120)  # for the vendor's people
    conditions = models.JSONField(default=list)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    line = models.ForeignKey(ProductLine, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    part_type = models.CharField(
        _("part type"), max_length=24, choices=PartType.choices, blank=True, default=""
    )
    metric = models.CharField(_("metric"), max_length=16, choices=Metric.choices, blank=True, default="")
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    # With a number that was asked for: `quantity` for each `per` of them that has begun.
    counted = models.ForeignKey(
        GuideQuestion, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    per = models.PositiveIntegerField(_("for each"), default=1)
    reasons = models.JSONField(default=dict)
    position = models.PositiveIntegerField(_("position"), default=10)
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(part__isnull=False, line__isnull=True, part_type="", metric="")
                | (Q(part__isnull=True, line__isnull=False) & ~Q(part_type="")),
                name="guide_rule_proposes",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=LARGEST_NUMBER, per__gte=1),
                name="guide_rule_quantity",
            ),
            models.CheckConstraint(condition=Q(reasons__has_key="en"), name="guide_rule_english"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> str:
        """What it proposes, in a few words."""
        if self.part is not None:
            return f"{self.part.number} {self.part.description}"
        words: list[Any] = [self.line, PartType(self.part_type).label]
        return ", ".join(
            str(word) for word in [*words, *([Metric(self.metric).label] if self.metric else [])]
        )
