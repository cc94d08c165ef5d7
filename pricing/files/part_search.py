"""Parts by what somebody types: the beginning of a number, words of the description, the name of the product line."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import OuterRef, Q, QuerySet, Subquery

from customers import lookups  # noqa: F401 - makes `__begins` known

from ..models import Offer, Part, ProductLine

WORDS = 5


def meant_by(text: str, path: str = "") -> Q:
    """The condition on parts, reached by `path`. Every word must be found, in the description or the line's name."""
    words = text.split()[:WORDS]
    described = Q()
    for word in words:
        lines = list(ProductLine.objects.filter(name__icontains=word).values_list("id", flat=True))
        described &= Q(**{f"{path}description__icontains": word}) | Q(**{f"{path}line_id__in": lines})
    number = "".join(words).upper()
    if number.isascii() and number.isalnum() and len(number) <= 7:
        described |= Q(**{f"{path}number__begins": number})
    return described


def priced_parts(text: str, editions: Sequence[int], *, line: str = "") -> QuerySet[Part]:
    """Parts that are meant, and have a price in one of the editions that the reader may see; by number.

    The price is looked for part by part (a sub-select, which the planner does not turn into a join): joined, all the
    prices of the editions would be read for a page of fifty.
    """
    price = Offer.objects.filter(part_id=OuterRef("id"), edition_id__in=list(editions)).order_by()
    parts = Part.objects.alias(priced=Subquery(price.values("part_id")[:1])).filter(priced__isnull=False)
    if text.strip():
        parts = parts.filter(meant_by(text))
    if line:
        parts = parts.filter(line__code=line)
    return parts.select_related("line").order_by("number")
