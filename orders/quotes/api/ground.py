"""What every part of the resource stands on: finding a quote, acting on it, saying what is wrong, answering."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from identity.api import Conflict, ResourceViewSet
from identity.privileges import Privilege
from pricing.quoting import Flaw, QuoteFlawed

from ...models import Quote, QuoteStatus
from .. import actions
from ..possible import SEERS, demand_maker
from ..reckoning import reckon
from .output import QuoteOut

P = Privilege
MANAGE, SEE = P.QUOTE_MANAGE, SEERS
FIELDS = {"starts_on": "coverage_start", "ends_on": "coverage_end", "part": "part_number"}


class QuotePart(ResourceViewSet):
    """Deeds of one sort; `QuoteViewSet` puts them together."""

    def one_quote(self, public_id: str) -> Quote:
        return self.found(whole(), public_id)

    def to_change(self, public_id: str, privilege: Privilege = P.QUOTE_MANAGE) -> Quote:
        """A quote that this actor may work on."""
        demand_maker(self.actor, privilege)
        return self.one_quote(public_id)

    def common(self, quote: Quote) -> dict[str, Any]:
        """With If-Match, only the quote that the caller has seen is acted on."""
        return {"by": self.actor, "now": self.now, "version": self.seen(quote)}

    def answer(self, quote: Quote, *, status: int = 200) -> Response:
        """A quote with its lines, and what is wrong with them."""
        quote = whole().get(id=quote.id)
        lines: list[Any] = actions.lines_of(quote)
        for line in lines:
            line.quote = quote
        quote.shown_lines = lines  # type: ignore[attr-defined]
        if quote.status == QuoteStatus.DRAFT:
            live = reckon(quote, lines, actions.day_at(quote.site, self.now))
            self.shown = {"flaws": live.flaws, "total_today": live.whole.total}
        at = ("api-quotes-detail", quote.public_id) if status == 201 else None
        return self.one(quote, QuoteOut, status=status, at=at)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), **getattr(self, "shown", {})}


def whole() -> QuerySet[Quote]:
    return Quote.objects.select_related("customer", "customer_site", "distributor", "deal", "site")


@contextmanager
def naming_what_is_wrong(sent: Sequence[dict[str, Any]] = ()) -> Iterator[None]:
    """Raises ValidationError with what is wrong, by the names and places that the input has.

    `sent` are the lines as they were sent; flaws name them by place (from 1 on) or by the line's id.
    """
    try:
        yield
    except actions.PartsUnknown as unknown:
        message = _("There is no such part, or it is no longer sold.")
        wrong = [
            {"part_number": [message]} if line.get("part_number", "").upper() in unknown.numbers else {}
            for line in sent
        ]
        raise serializers.ValidationError({"lines": wrong}) from None
    except QuoteFlawed as flawed:
        raise serializers.ValidationError({"lines": _by_line(flawed.flaws, sent)}) from None
    except actions.ReasonMissing as missing:
        message = _("Fewer than are installed: choose why.")
        raise serializers.ValidationError({"lines": {missing.line: {"cut_reason": [message]}}}) from None
    except actions.DealNotUsable as refused:
        words = f"{refused.refusal.reason} {refused.refusal.who}"
        raise serializers.ValidationError({"deal_number": [words]}) from None
    except actions.CurrencyUnknown:
        message = _("Parts have no prices in this currency in your country.")
        raise serializers.ValidationError({"currency": [message]}) from None
    except actions.InvalidDay as invalid:
        message = _("A quote is valid from a day to 180 days.")
        raise serializers.ValidationError({"valid_until": [message]}) from invalid
    except actions.DistributorUnknown:
        message = _("There is no distributor of this number.")
        raise serializers.ValidationError({"distributor": [message]}) from None


def _by_line(flaws: Sequence[Flaw], sent: Sequence[dict[str, Any]]) -> Any:
    if any(flaw.line is None for flaw in flaws):
        return [flaw.text for flaw in flaws if flaw.line is None]
    found: dict[str, dict[str, list[str]]] = {}
    for flaw in flaws:
        field = FIELDS.get(flaw.field, flaw.field)
        found.setdefault(str(flaw.line), {}).setdefault(field, []).append(flaw.text)
    if sent and all(isinstance(flaw.line, int) for flaw in flaws):
        return [found.get(str(place), {}) for place in range(1, len(sent) + 1)]
    return found


__all__ = ["MANAGE", "SEE", "Conflict", "QuotePart", "naming_what_is_wrong", "whole"]
