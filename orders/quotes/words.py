"""How quotes are called and coloured."""

from __future__ import annotations

from ..models import QuoteStatus

TONES: dict[str, str] = {
    QuoteStatus.DRAFT: "neutral",
    QuoteStatus.OPEN: "info",
    QuoteStatus.ORDERED_IN_PART: "accent",
    QuoteStatus.ORDERED: "good",
    QuoteStatus.SUPERSEDED: "neutral",
    QuoteStatus.EXPIRED: "warn",
    QuoteStatus.CLOSED: "neutral",
}
