"""`/api/v1/parts/` and `/api/v1/product-lines/`: finding parts, and looking after what is sold."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import CHANGED, Conflict, Input, KeysetPagination, ResourceViewSet
from identity.privileges import Privilege

from ..models import Metric, Part, PartType, ProductLine
from ..models.products import MAX_TERM
from . import actions, queries
from .forms import CODE, CODE_RULE, NUMBER, NUMBER_RULE

FIND, VIEW, EDIT = Privilege.DEAL_REGISTER, Privilege.SETTING_VIEW, Privilege.PRODUCT_EDIT
ANSWERS: dict[type[Exception], Any] = {
    actions.ProductChanged: CHANGED,
    actions.NumberTaken: Conflict(
        "number_taken", gettext_lazy("It is taken. A part number or code is never used twice.")
    ),
    actions.LineRetired: Conflict("line_retired", gettext_lazy("The product line takes no parts.")),
    actions.LineInUse: Conflict("line_in_use", gettext_lazy("Parts of this line are still sold.")),
}


class PartOut(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="7 characters.")
    description = serializers.CharField()
    line = serializers.CharField(source="line.name", help_text="The product line.")
    line_code = serializers.CharField(source="line.code")
    type = serializers.ChoiceField(PartType.choices)
    family = serializers.CharField(
        help_text="Parts of one line, family and metric are the same thing in other types."
    )
    metric = serializers.ChoiceField(
        Metric.choices, allow_blank=True, help_text="What a quantity counts; blank where it is not said."
    )
    points = serializers.DecimalField(max_digits=7, decimal_places=2, help_text="Of one, for the whole term.")
    term_months = serializers.IntegerField(
        allow_null=True, help_text="How many months the price is for; null where it has no term."
    )
    is_active = serializers.BooleanField(help_text="Sold today.")


class PartSearch(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=80, help_text="The beginning of a number, or words of the description."
    )


class PartFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=100, required=False, help_text="The beginning of a number, or words of the description."
    )
    line = serializers.CharField(max_length=20, required=False, help_text="A product line's code.")
    state = serializers.ChoiceField([("sold", "sold"), ("retired", "retired")], required=False)


class PartChangeIn(Input):
    description = serializers.CharField(max_length=200, required=False)
    line = serializers.CharField(max_length=20, required=False, help_text="A product line's code.")
    type = serializers.ChoiceField(PartType.choices, required=False)
    family = serializers.CharField(max_length=20, required=False, allow_blank=True)
    metric = serializers.ChoiceField(Metric.choices, required=False, allow_blank=True)
    points = serializers.DecimalField(
        max_digits=7,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        help_text="Of one, for the whole term.",
    )
    term_months = serializers.IntegerField(
        min_value=1,
        max_value=MAX_TERM,
        required=False,
        allow_null=True,
        help_text="How many months the price is for.",
    )

    def validate_family(self, family: str) -> str:
        return family.upper()

    def validate_line(self, code: str) -> ProductLine:
        line = ProductLine.objects.filter(code=code).first()
        if line is None:
            raise serializers.ValidationError(_("There is no product line of this code."))
        return line


class PartIn(PartChangeIn):
    number = serializers.RegexField(
        f"^{NUMBER.pattern}$", error_messages={"invalid": NUMBER_RULE}, help_text="Never changed."
    )
    description = serializers.CharField(max_length=200)
    line = serializers.CharField(max_length=20, help_text="A product line's code.")
    type = serializers.ChoiceField(PartType.choices)


class ProductLineOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    is_active = serializers.BooleanField(help_text="Takes new parts.")


class ProductLineChangeIn(Input):
    name = serializers.CharField(max_length=80)


class ProductLineIn(ProductLineChangeIn):
    code = serializers.RegexField(
        f"^{CODE.pattern}$", error_messages={"invalid": CODE_RULE}, help_text="Never changed."
    )


class EmptyProductIn(Input):
    """An empty object, or no body at all."""


class Products(ResourceViewSet):
    """What parts and product lines have in common."""

    answers: ClassVar = ANSWERS
    may_match = ("retire", "bring_back")
    out: type[serializers.Serializer[Any]]

    def _turned(self, row: Part | ProductLine, name: str, act: Callable[..., Any]) -> Response:
        """Retired or brought back; with If-Match only as the caller has seen it."""
        self.valid(EmptyProductIn)
        if "If-Match" in self.request.headers:
            self.match(row)
        return self.one(act(name, version=row.version, by=self.actor, now=self.now), self.out)


class PartViewSet(Products):
    privileges: ClassVar = {
        "list": FIND, "retrieve": (FIND, VIEW), "catalogue": VIEW,
        "create": EDIT, "partial_update": EDIT, "retire": EDIT, "bring_back": EDIT,
    }  # fmt: skip
    ordering = ("number",)
    pagination_class = None  # type: ignore[assignment]  # of `list`
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9]{7}"
    out = PartOut

    def _part(self, number: str) -> Part:
        part: Part = self.found(Part.objects.select_related("line"), number)
        return part

    @extend_schema(summary="Find parts", parameters=[PartSearch], responses={200: PartOut(many=True)})
    def list(self, request: Request) -> Response:
        """The ten that fit best, of those sold today."""
        return Response(PartOut(queries.find_parts(self.asked(PartSearch)["q"]), many=True).data)

    @extend_schema(
        summary="All parts, sold or not", parameters=[PartFilters], responses={200: PartOut(many=True)}
    )
    @action(detail=False, methods=["get"], pagination_class=KeysetPagination)
    def catalogue(self, request: Request) -> Response:
        """By number; for the vendor's people."""
        return self.page_of(queries.catalogue(**self.asked(PartFilters)), PartOut)

    @extend_schema(summary="A part", responses={200: PartOut})
    def retrieve(self, request: Request, number: str) -> Response:
        return self.one(self._part(number), PartOut)

    @extend_schema(summary="Add a part", request=PartIn, responses={201: PartOut})
    def create(self, request: Request) -> Response:
        """It is sold from now on."""
        part = actions.add_part(**self.valid(PartIn), by=self.actor, now=self.now)
        return self.one(part, PartOut, status=201, at=("api-parts-detail", part.number))

    @extend_schema(summary="Change a part", request=PartChangeIn, responses={200: PartOut})
    def partial_update(self, request: Request, number: str) -> Response:
        part = self._part(number)
        self.match(part)
        changes = self.valid(PartChangeIn)
        changed = actions.change_part(number, changes, version=part.version, by=self.actor, now=self.now)
        return self.one(changed, PartOut)

    @extend_schema(summary="Retire a part", request=EmptyProductIn, responses={200: PartOut})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, number: str) -> Response:
        """It is no longer offered. Deals that have it keep it."""
        return self._turned(self._part(number), number, actions.retire_part)

    @extend_schema(summary="Sell a part again", request=EmptyProductIn, responses={200: PartOut})
    @action(detail=True, methods=["post"], url_path="bring-back", url_name="bring-back")
    def bring_back(self, request: Request, number: str) -> Response:
        return self._turned(self._part(number), number, actions.bring_part_back)


class ProductLineViewSet(Products):
    """Families of parts: two registrations are about the same thing when their product lines overlap."""

    privileges: ClassVar = {
        "list": VIEW, "retrieve": VIEW,
        "create": EDIT, "partial_update": EDIT, "retire": EDIT, "bring_back": EDIT,
    }  # fmt: skip
    ordering = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[A-Z0-9-]{1,20}"
    out = ProductLineOut

    def _line(self, code: str) -> ProductLine:
        line: ProductLine = self.found(ProductLine.objects.all(), code)
        return line

    @extend_schema(summary="Product lines", responses={200: ProductLineOut(many=True)})
    def list(self, request: Request) -> Response:
        """By code."""
        return self.page_of(ProductLine.objects.all(), ProductLineOut)

    @extend_schema(summary="A product line", responses={200: ProductLineOut})
    def retrieve(self, request: Request, code: str) -> Response:
        return self.one(self._line(code), ProductLineOut)

    @extend_schema(summary="Add a product line", request=ProductLineIn, responses={201: ProductLineOut})
    def create(self, request: Request) -> Response:
        line = actions.add_line(**self.valid(ProductLineIn), by=self.actor, now=self.now)
        return self.one(line, ProductLineOut, status=201, at=("api-product-lines-detail", line.code))

    @extend_schema(
        summary="Rename a product line", request=ProductLineChangeIn, responses={200: ProductLineOut}
    )
    def partial_update(self, request: Request, code: str) -> Response:
        line = self._line(code)
        self.match(line)
        changes = self.valid(ProductLineChangeIn)
        changed = actions.change_line(code, changes, version=line.version, by=self.actor, now=self.now)
        return self.one(changed, ProductLineOut)

    @extend_schema(summary="Retire a product line", request=EmptyProductIn, responses={200: ProductLineOut})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, code: str) -> Response:
        """It takes no new parts. Its parts have to be retired before."""
        return self._turned(self._line(code), code, actions.retire_line)

    @extend_schema(
        summary="Let a product line take parts again", request=EmptyProductIn, responses={200: ProductLineOut}
    )
    @action(detail=True, methods=["post"], url_path="bring-back", url_name="bring-back")
    def bring_back(self, request: Request, code: str) -> Response:
        return self._turned(self._line(code), code, actions.bring_line_back)
