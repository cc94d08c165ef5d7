"""What every part of the resource stands on: finding a deal, acting on it, answering."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from identity.api import Conflict, Input, ResourceViewSet
from identity.privileges import Privilege
from pricing.money import CURRENCIES

from .. import actions
from ..models import Deal
from ..possible import demand_deed
from .input import DealIn
from .output import DealOut

P = Privilege
VIEW, REGISTER, DECIDE = P.DEAL_VIEW, P.DEAL_REGISTER, P.DEAL_DECIDE
CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]


class DealPart(ResourceViewSet):
    """Deeds of one sort; `DealViewSet` puts them together."""

    def handle_exception(self, error: Exception) -> Any:
        """What a rule forbids is refused with the rule, and with who can change that."""
        if isinstance(error, actions.NotNow):
            reason, who = str(error.refusal.reason), str(error.refusal.who)
            error = Conflict("not_now", reason, details={"reason": reason, "who": who})
        return super().handle_exception(error)

    def do(self, name: str, act: Callable[..., Deal], serializer: type[Input], public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        demand_deed(name, self.actor)
        given = self.valid(serializer)
        return self.answer(act(deal, **given, version=self.seen(deal), by=self.actor, now=self.now))

    def write(
        self, deal: Deal, given: dict[str, Any], serializer: type[DealIn], version: int | None = None
    ) -> Deal:
        changes = serializer().changes(deal, given)
        return actions.save_draft(deal, changes=changes, version=version, by=self.actor, now=self.now)

    def hand_in(self, deal: Deal, version: int | None = None) -> Deal:
        """Raises ValidationError with what is missing, by the names that the input has."""
        with naming_what_is_missing():
            return actions.submit_deal(deal, version=version, by=self.actor, now=self.now)

    def answer(self, deal: Deal, *, status: int = 200) -> Response:
        at = ("api-deals-detail", deal.public_id) if status == 201 else None
        return self.one(whole().get(id=deal.id), DealOut, status=status, at=at)


INPUT_NAMES = {
    "customer_name": "customer",
    "customer_country": "customer",
    "contact_name": "contact",
    "contact_email": "contact",
}


@contextmanager
def naming_what_is_missing() -> Iterator[None]:
    """Raises ValidationError for DealIncomplete, by the names that the input has."""
    try:
        yield
    except actions.DealIncomplete as incomplete:
        details: dict[str, Any] = {}
        for item in incomplete.missing:
            details.setdefault(INPUT_NAMES.get(item.field, item.field), []).append(item.message)
        raise serializers.ValidationError(details) from None


def whole() -> QuerySet[Deal]:
    return Deal.objects.select_related("customer", "distributor").prefetch_related("dealproducts")
