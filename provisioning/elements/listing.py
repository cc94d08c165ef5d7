"""Lines that have a form to be filled in, for page and API alike. The database decides who sees which."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import DataElement

from ..models import SetupLine
from .chasing import MOST
from .taking_up import ASKED_OF, missing_of

ORDER = ("-requested_start_on", "-id")


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str | Promise
    staff: bool = False


MISSING = Tab("missing", _("Something is missing"))
LEFT = Tab("left", _("Asked for in vain"), staff=True)
COMPLETE = Tab("complete", _("Complete"))
ALL = Tab("all", _("All"))
TABS = (MISSING, LEFT, COMPLETE, ALL)


def tabs_for(*, staff: bool) -> list[Tab]:
    return [tab for tab in TABS if staff or not tab.staff]


def tab_named(name: str, *, staff: bool) -> Tab:
    return next((tab for tab in tabs_for(staff=staff) if tab.name == name), MISSING)


def forms_in(tab: Tab) -> QuerySet[SetupLine]:
    """Lines with a form, each with how much is asked for (`asked`) and missing (`lacking`)."""
    elements = DataElement.objects.filter(fulfilment_id=OuterRef("fulfilment_id"))
    lines = SetupLine.objects.filter(Exists(elements)).annotate(
        asked=_number(elements), lacking=_number(elements.filter(missing=True))
    )
    if tab is MISSING:
        return lines.filter(missing_of(), status__in=ASKED_OF)
    if tab is LEFT:
        return lines.filter(missing_of(), GIVEN_UP, status__in=ASKED_OF)
    return lines.filter(~missing_of()) if tab is COMPLETE else lines


#: The partner was asked as often as it is, waited for, and the vendor's people were told.
GIVEN_UP = Q(chase__times__gte=MOST, chase__due_at__isnull=True)


def _number(elements: QuerySet[DataElement]) -> Coalesce:
    counted = elements.order_by().values("fulfilment_id").annotate(number=Count("id")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
