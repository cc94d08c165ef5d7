"""`/api/v1/customers/`: finding customers in the shared directory, and what one may know of each;
`/api/v1/contacts/`: a site's own people there; `/api/v1/relationships/`: the customers that a site is the reseller or
distributor of.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.actors import Kind
from identity.api import ResourceViewSet
from identity.privileges import Privilege
from reports.report_api import row_of

from . import related
from .about import Section
from .models import Customer, CustomerContact, Relationship, RelationshipRole
from .page import NothingKnown, known_of
from .queries import Phase, contacts, day_of, find_customers


class CustomerOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField(allow_null=True, help_text="The vendor's customer number.")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    tax_id = serializers.CharField()
    web_domain = serializers.CharField()


class Search(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=200,
        help_text="The beginning of a name or of words in it, in any script; or a tax id, web domain or number.",
    )


class CustomerSectionOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    refusal = serializers.CharField(allow_null=True, help_text="Why you see none of it; null if you may.")
    rows = serializers.ListField(
        child=serializers.DictField(), help_text="The first few, as a report's rows are."
    )
    has_more = serializers.BooleanField()
    more = serializers.CharField(help_text="The address of the page of all of them; empty if there is none.")


class CustomerHintOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    reason = serializers.CharField()
    href = serializers.CharField(help_text="The address of the page where one goes on.")


class CustomerKnownOut(CustomerOut):
    hints = CustomerHintOut(many=True, help_text="What is worth talking about with the customer.")
    sections = CustomerSectionOut(many=True)


class CustomerViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": Privilege.DEAL_REGISTER, "retrieve": related.READERS}
    versioned = False
    pagination_class = None  # type: ignore[assignment]

    @extend_schema(summary="Find customers", parameters=[Search], responses={200: CustomerOut(many=True)})
    def list(self, request: Request) -> Response:
        """The ten that fit best."""
        found = find_customers(self.asked(Search)["q"])
        return Response(CustomerOut(found, many=True).data)

    @extend_schema(summary="What you may know of a customer", responses={200: CustomerKnownOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        """The first few of everything: inventory, orders, renewals, quotes, deals. Reports, asked for this `customer`,
        have all of it.
        """
        customer = self.found(Customer.objects.all(), public_id)
        try:
            known = known_of(customer, self.actor, self.now)
        except NothingKnown:
            raise Http404 from None
        return Response(
            CustomerOut(customer).data
            | {
                "hints": CustomerHintOut(known["hints"], many=True).data,
                "sections": [_section(each) for each in known["sections"]],
            }
        )


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": str(section.title),
        "refusal": str(section.refusal.reason) if section.refusal else None,
        "rows": [row_of(section.columns, row) for _address, row in section.lines],
        "has_more": section.has_more,
        "more": section.more,
    }


class ContactOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    job_title = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    customer = serializers.CharField(source="customer.public_id", help_text="The customer's id.")
    customer_name = serializers.CharField(source="customer.name")


class ContactSearch(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="Beginnings of words of the name or the e-mail address, in any script.",
    )
    customer = serializers.CharField(
        max_length=12, required=False, default="", allow_blank=True, help_text="The id of one customer."
    )


class ContactViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": Privilege.DEAL_REGISTER}
    versioned = False
    ordering = ("words", "public_id")

    @extend_schema(
        summary="List and find your contacts",
        parameters=[ContactSearch],
        responses={200: ContactOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        """People at customers whom your site named on its deals. They are your site's alone."""
        if self.actor.kind is not Kind.RESELLER:  # nobody else keeps any
            return self.page_of(CustomerContact.objects.none(), ContactOut)
        asked = self.asked(ContactSearch)
        found = contacts(asked["q"], customer=asked["customer"]).select_related("customer")
        return self.page_of(found, ContactOut)


class RelationshipOut(serializers.Serializer[Relationship]):
    id = serializers.CharField(source="public_id")
    site = serializers.CharField(source="site.number", help_text="The site's number, 7 digits as text.")
    customer = serializers.CharField(source="customer.public_id", help_text="The customer's id.")
    customer_number = serializers.CharField(
        source="customer.number", allow_null=True, help_text="The vendor's customer number."
    )
    customer_name = serializers.CharField(source="customer.name")
    country = serializers.CharField(source="customer.country", help_text="ISO 3166-1.")
    role = serializers.ChoiceField(RelationshipRole.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(
        allow_null=True, help_text="The first day on which it no longer holds; null: until further notice."
    )
    phase = serializers.ChoiceField(Phase.choices, help_text="Where it is today, by UTC.")


class RelationshipFilters(serializers.Serializer[Any]):
    show = serializers.ChoiceField(
        [*Phase.choices, ("all", "All")],
        required=False,
        default="all",
        help_text="Only those that are so today.",
    )
    q = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="The beginning of the customer's number, or words of its name.",
    )
    site = serializers.RegexField(
        r"^\d{7}$", required=False, default="", help_text="For the vendor's people: only this site's."
    )


class RelationshipViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": related.READERS}
    versioned = False
    ordering = related.ORDER

    @extend_schema(
        summary="List relationships with customers",
        parameters=[RelationshipFilters],
        responses={200: RelationshipOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        """Your site's own; for the vendor's people, those of all sites. By the customer's name."""
        asked = self.asked(RelationshipFilters)
        phase = None if asked["show"] == "all" else Phase(asked["show"])
        wanted = related.Wanted(phase, asked["q"], asked["site"] if self.actor.is_staff else "")
        return self.page_of(self._rows(wanted), RelationshipOut)

    def _rows(self, wanted: related.Wanted) -> Any:
        return related.rows(wanted, day_of(self.now)).select_related("customer", "site")
