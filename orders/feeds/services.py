"""How far the services of orders are, and what has to be known to set them up, as the vendor's systems tell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, LookUp, TableTarget, To
from identity.privileges import Privilege

from ..models import DataElement, Fulfilment, FulfilmentStatus
from . import columns


def _of(source: str, *names: str) -> tuple[To, ...]:
    """Columns that follow from what the row is about."""
    return tuple(
        To(name, "order_number", sql=f"{source}.{name}", otherwise="null", name=name) for name in names
    )


PARTIES = ("customer_site_id", "customer_id", "reseller_id", "distributor_id", "settled_on")
ABOUT = frozenset({*PARTIES, "part_number", "description", "quantity", "ordered_on"})

FULFILMENT = register(
    Feed(
        key="fulfilment",
        label=_("Fulfilment"),
        text=_("How far the services are that were ordered: one for a line of an order."),
        privilege=Privilege.ORDER_EDIT,
        icon="cloud-check",
        order=90,
        columns=(
            columns.ORDER_NUMBER,
            columns.LINE,
            FeedColumn(
                "status",
                _("Status"),
                values.Choice(dict(FulfilmentStatus.choices)),
                aliases=("fulfilment status", "fulfillment status"),
                example="awaiting_details",
            ),
            FeedColumn(
                "status_note",
                _("What it waits for"),
                values.Text(200),
                required=False,
                aliases=("note", "waiting for"),
                example="The subdomain has to be chosen",
            ),
            FeedColumn(
                "subscription_number",
                _("Subscription"),
                values.Text(24, upper=True),
                required=False,
                aliases=("subscription no", "subscription id"),
                example="SUB-204417",
            ),
            columns.REQUESTED_START,
            FeedColumn(
                "fulfilled_on",
                _("Set up on"),
                values.Day(),
                required=False,
                aliases=("fulfilled", "active since"),
                example="2026-12-03",
            ),
            columns.PROVISIONING_EMAIL,
        ),
        identity=("order_number", "line"),
        notes=(
            _("Part, quantity and who sees it are the order's, as it was when the file was loaded."),
            _("None is ever removed."),
        ),
        target=TableTarget(
            model=Fulfilment,
            match="t.order_number = s.order_number AND t.line_number = s.line",
            columns=(
                To("status", "status"),
                To("status_note", "status_note"),
                To("subscription_number", "subscription_number"),
                To("requested_start_on", "requested_start_on", otherwise="l.requested_start_on"),
                To("fulfilled_on", "fulfilled_on", otherwise="null"),
                To("provisioning_email", "provisioning_email", otherwise="l.provisioning_email"),
                *_of("o", *PARTIES),
                *_of("l", "part_number", "description", "quantity"),
                To("ordered_on", "order_number", sql="o.settled_on", otherwise="null", name="ordered_on"),
            ),
            only_new={"order_number": "o.number", "line_number": "l.position", "public_id": PUBLIC_ID},
            called="s.order_number || '/' || s.line",
            label="t.order_number || '/' || t.line_number",
            object_type="fulfilment",
            object_id="t.public_id",
            added="fulfilment.added",
            changed="'fulfilment.changed'",
            unsaid=ABOUT,
            lookups=(columns.ORDERED, columns.ORDERED_LINE),
            checks=(
                Check(
                    f"s.status = '{FulfilmentStatus.ACTIVE}' AND s.fulfilled_on IS NULL AND t.fulfilled_on IS NULL",
                    "fulfilled_on",
                    _("Give the day on which it was set up."),
                    "no_day",
                ),
                Check(
                    "s.fulfilled_on < o.settled_on",
                    "fulfilled_on",
                    _("It was ordered later, on %(day)s."),
                    "before_the_order",
                    {"day": "o.settled_on"},
                ),
            ),
        ),
    )
)

DATA_ELEMENTS = register(
    Feed(
        key="data-elements",
        label=_("Provisioning forms"),
        text=_("What has to be known to set services up: each element, with its value or without."),
        privilege=Privilege.ORDER_EDIT,
        icon="forms",
        order=100,
        columns=(
            columns.ORDER_NUMBER,
            columns.LINE,
            FeedColumn(
                "element",
                _("Element"),
                values.Text(80),
                aliases=("data element", "field"),
                example="Subdomain",
            ),
            FeedColumn(
                "value",
                _("Value"),
                values.Text(500),
                required=False,
                text=_("Blank: nobody has given it yet."),
                example="lagoon",
            ),
            FeedColumn(
                "required",
                _("Required"),
                values.YesNo(),
                required=False,
                aliases=("mandatory",),
                text=_("Blank: it is."),
                example="yes",
            ),
        ),
        identity=("order_number", "line", "element"),
        notes=(_("Send the fulfilment of the line first."), _("None is ever removed.")),
        target=TableTarget(
            model=DataElement,
            match="t.fulfilment_id = f.id AND t.element = s.element",
            columns=(
                To("value", "value"),
                To("required", "required", otherwise="true"),
                *_of("f", *PARTIES, "part_number"),
            ),
            only_new={
                "fulfilment_id": "f.id",
                "order_number": "f.order_number",
                "line_number": "f.line_number",
                "element": "s.element",
            },
            called="s.order_number || '/' || s.line || ' ' || s.element",
            label="t.order_number || '/' || t.line_number || ' ' || t.element",
            object_type="data_element",
            added="data_element.added",
            changed="'data_element.changed'",
            unsaid=ABOUT,
            lookups=(
                LookUp(
                    "f",
                    Fulfilment,
                    "f.order_number = s.order_number AND f.line_number = s.line",
                    "order_number",
                    _("There is no fulfilment of this order and line."),
                ),
            ),
        ),
    )
)
