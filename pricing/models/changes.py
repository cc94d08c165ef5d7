"""What differs between two editions, as rows that can be filtered, ordered, paged and written to files."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable
from django.utils.translation import gettext_lazy as _

from .prices import COLUMNS
from .products import Part


class ChangeKind(models.TextChoices):
    ADDED = "added", _("Added")
    REMOVED = "removed", _("Removed")
    CHANGED = "changed", _("Changed")


class _Between(BaseTable):
    """The database's function in the place of a table."""

    editions: tuple[int, int] = (0, 0)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        name = compiler.quote_name_unless_alias(self.table_alias or self.table_name)
        return f"pricing_changes(%s, %s) {name}", list(self.editions)

    def relabeled_clone(self, change_map: Any) -> Any:
        clone: Any = super().relabeled_clone(change_map)
        clone.editions = self.editions
        return clone


class _Query(Query):
    editions: tuple[int, int] = (0, 0)

    def base_table_class(self, name: str, alias: str | None) -> BaseTable:  # type: ignore[override]
        table = _Between(name, alias)
        table.editions = self.editions
        return table


class PriceChange(models.Model):
    """A part whose prices differ between two editions: in one of them only, or in a price the reader may see.

    Made of offers (see Offer), so of nothing that the reader may not see. `old_…` is what it was, `new_…` what it is.
    """

    part = models.OneToOneField(Part, primary_key=True, on_delete=models.DO_NOTHING, related_name="+")
    kind = models.CharField(max_length=7, choices=ChangeKind.choices)

    class Meta:
        managed = False
        db_table = "pricing_changes"

    def __str__(self) -> str:
        return f"{self.kind} {self.part_id}"


for column in COLUMNS:
    for side in ("old", "new"):
        models.BigIntegerField(null=True).contribute_to_class(PriceChange, f"{side}_{column}")


def changes_between(old: int, new: int) -> models.QuerySet[PriceChange]:
    """What is different in the edition of the id `new` from that of `old`, as far as the reader sees both."""
    query = _Query(PriceChange)
    query.editions = (old, new)
    return models.QuerySet(PriceChange, query)
