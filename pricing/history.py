"""The audit trail of parts, product lines, price books and editions, told to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.history import Event, told_in
from identity.models import AuditEvent

from .models import Metric, PartType

TITLES: dict[str, tuple[str | Promise, str, str]] = {
    "part.added": (gettext_lazy("Part added"), "good", "plus"),
    "part.changed": (gettext_lazy("Part changed"), "info", "pencil"),
    "part.retired": (gettext_lazy("Part retired"), "warn", "archive"),
    "part.brought_back": (gettext_lazy("Part brought back"), "good", "arrow-back-up"),
    "product_line.added": (gettext_lazy("Product line added"), "good", "plus"),
    "product_line.changed": (gettext_lazy("Product line changed"), "info", "pencil"),
    "product_line.retired": (gettext_lazy("Product line retired"), "warn", "archive"),
    "product_line.brought_back": (gettext_lazy("Product line brought back"), "good", "arrow-back-up"),
    "price_book.added": (gettext_lazy("Price book added"), "good", "plus"),
    "price_book.changed": (gettext_lazy("Price book changed"), "info", "pencil"),
    "price_edition.begun": (gettext_lazy("Edition begun"), "neutral", "plus"),
    "price_edition.changed": (gettext_lazy("Edition changed"), "info", "pencil"),
    "price_edition.discarded": (gettext_lazy("Draft thrown away"), "warn", "trash"),
    "price_edition.priced": (gettext_lazy("Prices loaded"), "info", "file-import"),
    "price_edition.published": (gettext_lazy("Edition published"), "good", "send"),
    "price_edition.withdrawn": (gettext_lazy("Edition withdrawn"), "bad", "ban"),
}
FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "effective_on": gettext_lazy("Effective on"),
    "time_zone": gettext_lazy("Time zone"),
    "description": gettext_lazy("Description"),
    "line": gettext_lazy("Product line"),
    "type": gettext_lazy("Type"),
    "family": gettext_lazy("Family"),
    "metric": gettext_lazy("Metric"),
    "points": gettext_lazy("Points"),
    "term_months": gettext_lazy("Months"),
}
WORDS = dict(PartType.choices) | dict(Metric.choices)


def told(events: Iterable[AuditEvent]) -> list[Event]:
    """The events in the reader's language; kinds nobody knows any more are left out."""
    return told_in(TITLES, _sentences, events)


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    for field, (before, after) in detail.get("changes", {}).items():
        if field in FIELDS:
            yield _("%(field)s: %(before)s → %(after)s.") % {
                "field": FIELDS[field],
                "before": _word(before),
                "after": _word(after),
            }


def _word(value: Any) -> Any:
    """A value in the reader's words; a dash for none."""
    return "–" if value in ("", None) else WORDS.get(value, value)
