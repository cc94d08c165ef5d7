"""Asking again for what is missing on provisioning forms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from identity.tenancy import STAFF, guarded, may

from .lines import SetupLine


@guarded(may(STAFF, "select"))
class FormChase(models.Model):
    """When the partner is next told what is still missing on the form of a line; null: not again."""

    line = models.OneToOneField(SetupLine, on_delete=models.PROTECT, related_name="chase")
    due_at = models.DateTimeField(null=True, blank=True)
    times = models.PositiveSmallIntegerField(default=0)  # how often it was told

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="form_chase_due")
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.times}"
