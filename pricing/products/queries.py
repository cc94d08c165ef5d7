"""Finding product lines and parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from identity.models import AuditEvent

from ..models import Part, ProductLine

ENOUGH = 10


def find_parts(text: str, *, limit: int = ENOUGH) -> list[Part]:
    """Parts sold today, by the beginning of the number or by words of the description; exact numbers first."""
    words = text.split()[:5]
    if not words:
        return []
    described = Q()
    for word in words:
        described &= Q(description__icontains=word) | Q(line__name__icontains=word)
    number = text.strip().upper()
    parts = Part.objects.filter(is_active=True).select_related("line")
    found = [*parts.filter(number__startswith=number).order_by("number")[:limit]]
    if len(found) < limit:
        found += parts.filter(described).order_by("description", "number")[:limit]
    return list({part.id: part for part in found}.values())[:limit]


def parts_by_number(numbers: list[str], *, kept: list[str] | None = None) -> dict[str, Part]:
    """The parts sold today that have these numbers; those in `kept`, which a deal has already, sold or not."""
    sold = Q(is_active=True) | Q(number__in=kept or [])
    known = Part.objects.filter(sold, number__in=numbers).select_related("line")
    return {part.number: part for part in known}


def sibling(part: Part, type: str) -> Part | None:
    """The part that is the same thing as another type, for instance what renews a licence; None if none is sold.

    Parts of the same product line, family and metric are the same thing. Of several, the one for the same months.
    """
    return siblings([part], type).get(part.id)


def siblings(parts: Iterable[Part], type: str) -> dict[int, Part]:
    """The same for many parts, by their ids. One query."""
    asked = list(parts)
    sold = Part.objects.filter(is_active=True, type=type, line_id__in={part.line_id for part in asked})
    same: dict[tuple[int, str, str], list[Part]] = defaultdict(list)
    for each in sold.select_related("line").order_by("number"):
        same[_thing(each)].append(each)
    return {
        part.id: min(found, key=lambda each: each.term_months != part.term_months)
        for part in asked
        if (found := same.get(_thing(part)))
    }


def _thing(part: Part) -> tuple[int, str, str]:
    return part.line_id, part.family, part.metric


# ------------------------------------------------------------------------------------------ for the vendor


def catalogue(*, q: str = "", line: str = "", state: str = "") -> QuerySet[Part]:
    """Parts, sold or not, by the beginning of the number or words of the description, line (its code), and state
    ("sold", "retired").
    """
    parts = Part.objects.select_related("line")
    if words := q.split()[:5]:
        described = Q()
        for word in words:
            described &= Q(description__icontains=word)
        parts = parts.filter(described | Q(number__startswith="".join(words).upper()))
    if line:
        parts = parts.filter(line__code=line)
    if state:
        parts = parts.filter(is_active=state == "sold")
    return parts


def lines() -> QuerySet[ProductLine]:
    """Every product line, with how many of its parts are sold (`sold`) and were sold (`retired`)."""
    return ProductLine.objects.annotate(
        sold=Count("parts", filter=Q(parts__is_active=True)),
        retired=Count("parts", filter=Q(parts__is_active=False)),
    )


def history_of(row: Part | ProductLine, *, limit: int = 20) -> list[AuditEvent]:
    """What was done to a part or line, the newest first."""
    kind, name = ("part", row.number) if isinstance(row, Part) else ("product_line", row.code)
    events = AuditEvent.objects.filter(object_type=kind, object_id=name)
    return list(events.order_by("-at", "-id")[:limit])
