"""End customers: their sites, agreements, price levels, and who looks after them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.models import AgreementRole
from identity.privileges import Privilege
from reports.columns import Column, Type
from reports.declared import Chart, Dimension, Level, Measure, Order, Report, Summary, register
from reports.filters import Choice

from . import reporting
from .about import Section, of_report, section
from .models import Customer, CustomerSite
from .reporting import PROGRAMME, by_place, found_by, words_of


def _sites(actor: Actor) -> QuerySet[Any, Any]:
    return CustomerSite.objects.all()


def _address(row: dict[str, Any]) -> str:
    return reverse("customers:customer", args=[row["customer__public_id"]])


END_CUSTOMERS = register(
    Report(
        key="end-customers",
        title=_("End customers"),
        text=_("The sites of customers that you look after: agreement, anniversary, price level and points."),
        icon="building-community",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_sites,
        filters=found_by(Choice(name="role", label=_("Role"), choices=words_of(AgreementRole))),
        detail=Level(
            columns=(
                *reporting.COMMON,
                Column("role", _("Role"), words=words_of(AgreementRole), width=18),
                Column("points", _("Points of the last 12 months"), Type.DECIMAL, width=14),
            ),
            shown=(
                "customer",
                "agreement",
                "site",
                "site_name",
                "country",
                "programme",
                "anniversary",
                "price_level",
            ),
            orders=(
                Order("customer", _("Customer"), ("customer_name", "id")),
                Order("customer-", _("Customer, backwards"), ("-customer_name", "-id")),
                Order("site", _("Site number"), ("site_number", "id")),
                Order("agreement", _("Agreement"), ("agreement", "id")),
            ),
            link=_address,
            link_by=("customer__public_id",),
        ),
        summary=Summary(
            groupings=by_place(Dimension(PROGRAMME, "programme")),
            measures=(
                Measure(
                    Column("sites", _("Sites"), Type.NUMBER, field="number_of_sites"), lambda: Count("id")
                ),
                Measure(
                    Column("customers", _("Customers"), Type.NUMBER, field="number_of_customers"),
                    lambda: Count("customer_id", distinct=True),
                ),
            ),
        ),
        chart=Chart(),
    )
)


@section(place=10)
def sites(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        END_CUSTOMERS, customer, actor, key="sites", title=_("Sites and agreements"), order="site",
        columns=("site", "site_name", "agreement", "programme", "anniversary", "price_level", "points", "reseller"),
        empty=_("None of its sites is looked after by you today."),
    )  # fmt: skip
