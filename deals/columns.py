"""The columns of the opportunity manager (B7), and who sees which: one declaration for page, files and API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.places import countries
from reports.columns import Column, Type, chosen, seen_by

from .states import DealType, Stage, Status

# What partner and vendor tell each other is not the distributor's.
INSIDE = frozenset({Kind.RESELLER, Kind.STAFF})
NOT_OWN = frozenset({Kind.DISTRIBUTOR, Kind.STAFF})  # whose deals are other companies'

COLUMNS = (
    Column("reference", _("Submission reference"), Type.CODE, field="submission_ref"),
    Column("number", _("Registration number"), Type.CODE),
    Column("name", _("Deal"), width=36),
    Column("partner", _("Partner"), field="site_name", seen_by=NOT_OWN),
    Column("partner_number", _("Site number"), Type.CODE, field="site_number", seen_by=NOT_OWN, width=12),
    Column("customer", _("Customer"), field="customer_name", width=36),
    Column("country", _("Country"), field="customer_country", words=countries, width=20),
    Column("products", _("Products"), field="product_summary"),
    Column("value", _("Value"), Type.MONEY, currency="currency"),
    Column("stage", _("Stage"), words=lambda: _words(Stage), width=14),
    Column("type", _("Deal type"), field="deal_type", words=lambda: _words(DealType), width=20),
    Column("status", _("Status"), words=lambda: _words(Status), width=16),
    Column("submitted", _("Submitted"), Type.MOMENT, field="submitted_at"),
    Column("approved", _("Approved"), Type.MOMENT, field="approved_at"),
    Column("expires", _("Expires"), Type.MOMENT, field="expires_at"),
    Column("close", _("Close date"), Type.DATE, field="close_on"),
    Column("distributor", _("Distributor"), field="distributor_name", seen_by=INSIDE),
    Column("owner", _("Sales contact"), field="owner_name"),
    Column("engineer", _("Engineer"), field="engineer_name", seen_by=INSIDE),
    Column("reviewer", _("Vendor's manager"), field="reviewer_name", seen_by=INSIDE),
    Column("competitors", _("Competitors"), seen_by=INSIDE),
    Column("updated", _("Last change"), Type.MOMENT, field="updated_at"),
    Column("next_steps", _("Next steps"), seen_by=INSIDE, width=48),
)
# What a page shows until somebody chooses; what has no column of its own then stands below another, small.
SHOWN_FIRST = {
    Kind.RESELLER: "name,customer,products,value,status,close,distributor,updated",
    Kind.DISTRIBUTOR: "name,customer,products,value,status,close,partner,updated",
    Kind.STAFF: "name,customer,products,value,status,close,partner,updated",
}


def _words(choices: type[Stage] | type[DealType] | type[Status]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


_OF_KIND = {kind: tuple(column for column in COLUMNS if kind in column.seen_by) for kind in SHOWN_FIRST}
_FIRST = {kind: chosen(SHOWN_FIRST[kind], columns) for kind, columns in _OF_KIND.items()}


def columns_for(actor: Actor) -> tuple[Column, ...]:
    """Every column that this actor may see."""
    return _OF_KIND[actor.kind]


def columns_shown(names: str, actor: Actor) -> tuple[Column, ...]:
    """The columns of a page whose address names these; the name is among them always, since it leads to the deal."""
    if not names:
        return _FIRST[actor.kind]
    return chosen(f"name,{names}", _OF_KIND[actor.kind])


def is_hidden(name: str, actor: Actor) -> bool:
    """Whether a column is not for this actor, wherever deals are shown."""
    return not seen_by(actor, (column for column in COLUMNS if column.name == name))
