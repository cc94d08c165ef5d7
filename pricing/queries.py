"""Finding parts."""

from __future__ import annotations

from django.db.models import Q

from .models import Part

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


def parts_by_number(numbers: list[str]) -> dict[str, Part]:
    """The parts sold today that have these numbers."""
    known = Part.objects.filter(number__in=numbers, is_active=True).select_related("line")
    return {part.number: part for part in known}
