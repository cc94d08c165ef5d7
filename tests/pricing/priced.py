"""Price books for tests: made as the vendor's people make them, with their prices written at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from identity import tenancy
from identity.actors import Actor
from pricing.models import Part, PartType, Price, PriceBook, PriceEdition, ProductLine

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
EVERY = {
    "srp": 10_000, "svp_bl": 9_000, "svp_d": 8_800, "svp_e": 8_600, "svp_f": 8_400, "svp_g": 8_200, "svp_h": 8_000,
    "svp_ed": 5_000, "svp_gv": 6_000, "bp_price": 4_000,
}  # fmt: skip


def make_book(country: str = "EG", currency: str = "EGP", **extra: Any) -> PriceBook:
    extra = {"kind": "software", "time_zone": "Africa/Cairo"} | extra
    with tenancy.as_system():
        return PriceBook.objects.create(country=country, currency=currency, **extra)


def make_parts(*numbers: str) -> list[Part]:
    """Parts of one line; those that exist are found again."""
    with tenancy.as_system():
        line, _ = ProductLine.objects.get_or_create(code="SENTINEL", defaults={"name": "Sentinel"})
        return [
            Part.objects.get_or_create(
                number=number,
                defaults={"description": f"Part {number}", "line": line, "type": PartType.LICENCE},
            )[0]
            for number in numbers
        ]


def make_edition(
    book: PriceBook,
    effective_on: date | str,
    prices: Mapping[str, Mapping[str, int | None]] | None = None,
    *,
    status: str = "published",
    **extra: Any,
) -> PriceEdition:
    """An edition with these prices by part number; published or withdrawn without any rule being asked."""
    prices = {"D0ABCLL": EVERY} if prices is None else prices
    parts = {part.number: part for part in make_parts(*prices)}
    day = date.fromisoformat(effective_on) if isinstance(effective_on, str) else effective_on
    extra.setdefault("name", f"A-{day:%y%m%d}")
    with tenancy.as_system():
        edition = PriceEdition.objects.create(book=book, country=book.country, effective_on=day, **extra)
        Price.objects.bulk_create(
            Price(edition=edition, part=parts[number], **values) for number, values in prices.items()
        )
        if status != "draft":
            edition.status, edition.published_at, edition.part_count = "published", NOW, len(prices)
            edition.save()
        if status == "withdrawn":
            edition.status, edition.withdrawn_at, edition.withdrawn_reason = "withdrawn", NOW, "Wrong"
            edition.save()
    return edition


def offers_of(actor: Actor) -> list[dict[str, Any]]:
    """What an actor reads of offers, with the part's number."""
    from pricing.models import Offer

    with tenancy.scope(actor):
        return list(
            Offer.objects.order_by("edition_id", "part_id").values("edition_id", "part__number", *EVERY)
        )
