"""`/api/v1/provisioning-forms/`: what has to be known of each line, and filling it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from orders.placing.possible import SEERS

from ..models import ElementKind, LineStatus, SetupLine
from . import listing
from .filling import FormChanged, FormShut, fill_in
from .form import LONGEST, Element, FillForm, elements_of, version_of
from .possible import FILLERS


class ProvisioningElementOut(serializers.Serializer[Element]):
    name = serializers.CharField(source="row.element")
    kind = serializers.ChoiceField(ElementKind.choices)
    help = serializers.CharField(help_text="What the vendor says about it.")
    choices = serializers.ListField(
        child=serializers.CharField(), help_text="Of a `choice`: what is offered."
    )
    required = serializers.BooleanField(source="row.required")  # type: ignore[assignment]
    value = serializers.CharField(source="row.value", help_text="Empty: not known yet.")
    missing = serializers.BooleanField(source="row.missing")


class ProvisioningFormSummaryOut(serializers.Serializer[SetupLine]):
    """A line that has a form."""

    id = serializers.CharField(source="public_id", help_text="That of the line in `/setup-lines/`.")
    order = serializers.CharField(source="order_number")
    line = serializers.IntegerField(source="line_number")
    part_number = serializers.CharField()
    description = serializers.CharField()
    customer_name = serializers.CharField()
    requested_start_on = serializers.DateField()
    status = serializers.ChoiceField(LineStatus.choices)
    asked = serializers.IntegerField(help_text="How many elements the form has.")
    missing = serializers.IntegerField(source="lacking", help_text="How many that are required are missing.")


class ProvisioningFormOut(ProvisioningFormSummaryOut):
    elements = serializers.SerializerMethodField()

    @extend_schema_field(ProvisioningElementOut(many=True))
    def get_elements(self, line: SetupLine) -> list[Any]:
        return list(ProvisioningElementOut(line.elements, many=True).data)  # type: ignore[attr-defined]


class ProvisioningFormFilters(serializers.Serializer[Any]):
    show = serializers.ChoiceField(
        [(tab.name, tab.label) for tab in listing.TABS],
        default="all",
        help_text="`missing`: something is; `complete`; `left`, for the vendor: asked for in vain.",
    )
    order = serializers.CharField(required=False, max_length=24, help_text="An order's number.")

    def validate_show(self, name: str) -> str:
        """What is for the vendor's people alone is for others what does not exist."""
        if name not in [tab.name for tab in listing.tabs_for(staff=self.context["view"].actor.is_staff)]:
            self.fields["show"].fail("invalid_choice", input=name)
        return name


class ProvisioningFormIn(Input):
    values = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST, allow_blank=True),
        help_text="By the names of elements. What is not named stays; an empty value is not known. Dates as"
        " 2026-12-31, numbers in digits, time zones as `Africa/Cairo`.",
    )


class ProvisioningFormViewSet(ResourceViewSet):
    """What has to be known before services can be set up, by line of an order."""

    privileges: ClassVar = {"list": SEERS, "retrieve": SEERS, "partial_update": FILLERS}
    ordering = listing.ORDER
    answers: ClassVar = {
        FormShut: Conflict("form_shut", gettext_lazy("This form cannot be filled in now.")),
        FormChanged: CHANGED,
    }

    @extend_schema(
        summary="List provisioning forms",
        parameters=[ProvisioningFormFilters],
        responses={200: ProvisioningFormSummaryOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        """Lines of orders that your site stands on and that have a form."""
        asked = self.asked(ProvisioningFormFilters)
        found = listing.forms_in(listing.tab_named(asked["show"], staff=self.actor.is_staff))
        if asked.get("order"):
            found = found.filter(order_number=asked["order"])
        return self.page_of(found, ProvisioningFormSummaryOut)

    @extend_schema(summary="One provisioning form", responses={200: ProvisioningFormOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        """With all of its elements, in their order."""
        return self.one(self._form(public_id), ProvisioningFormOut)

    @extend_schema(
        summary="Fill in a provisioning form",
        request=ProvisioningFormIn,
        responses={200: ProvisioningFormOut},
    )
    def partial_update(self, request: Request, public_id: str) -> Response:
        """Some values or all; what is missing can follow."""
        line = self._form(public_id)
        self.match(line)
        given = self.valid(ProvisioningFormIn)["values"]
        values = self._checked(line.elements, given)
        fill_in(line, values, version=line.version, by=self.actor, now=self.now)
        return self.one(self._form(public_id), ProvisioningFormOut)

    def _form(self, public_id: str) -> Any:
        line = self.found(listing.forms_in(listing.ALL), public_id)
        line.elements = elements_of(line)
        line.version = version_of(line.elements)
        return line

    @staticmethod
    def _checked(elements: Sequence[Element], given: dict[str, str]) -> dict[str, str]:
        named = [each for each in elements if each.row.element in given]
        if unknown := sorted(set(given) - {each.row.element for each in named}):
            problem = {name: [_("This form has no such element.")] for name in unknown}
            raise exceptions.ValidationError({"values": problem})
        form = FillForm({each.field_name: given[each.row.element] for each in named}, elements=named)
        if not form.is_valid():
            raise exceptions.ValidationError({"values": form.problems()})
        return form.values()
