"""Parts, as the vendor's product system sends them. Also the example of how a feed is declared (feeds/README.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import Check, LookUp, Removal, TableTarget, To
from identity.privileges import Privilege

from ..models import Metric, Part, PartType, ProductLine
from ..models.products import MAX_POINTS, MAX_TERM

NUMBER = values.Pattern(regex="[A-Z0-9]{7}", rule=_("Give the 7 letters and digits of a part number."))

PARTS = register(
    Feed(
        key="parts",
        label=_("Parts"),
        text=_("What the vendor sells: part numbers, what they stand for, and their product lines."),
        privilege=Privilege.PRODUCT_EDIT,
        icon="package",
        order=10,
        columns=(
            FeedColumn(
                "number",
                _("Part number"),
                NUMBER,
                aliases=("part", "part no", "part number", "material", "sku"),
                text=_("7 letters and digits; never changed."),
                example="D0ABCLL",
            ),
            FeedColumn(
                "description",
                _("Description"),
                values.Text(200),
                aliases=("part description", "name", "text"),
                example="Flow Designer, licence and 12 months' support",
            ),
            FeedColumn(
                "line",
                _("Product line"),
                values.Text(20, upper=True),
                aliases=("line code", "product line", "product group", "product id"),
                text=_("The code of a product line that is there already."),
                example="FLOW",
            ),
            FeedColumn(
                "type",
                _("Part type"),
                values.Choice(dict(PartType.choices)),
                aliases=("part type",),
                example="licence",
            ),
            FeedColumn(
                "family",
                _("Family"),
                values.Text(20, upper=True),
                required=False,
                aliases=("part family",),
                text=_("The same at a licence, its renewal and its reinstatement."),
                example="FLOW-STD",
            ),
            FeedColumn(
                "metric",
                _("Metric"),
                values.Choice(dict(Metric.choices)),
                required=False,
                aliases=("charge metric", "unit"),
                text=_("What is counted when a quantity is asked."),
                example="vpc",
            ),
            FeedColumn(
                "points",
                _("Points"),
                values.Decimal(places=2, max=str(MAX_POINTS)),
                required=False,
                aliases=("unit points",),
                text=_("Of one, for the whole term."),
                example="4.50",
            ),
            FeedColumn(
                "term_months",
                _("Months"),
                values.Whole(min=1, max=MAX_TERM),
                required=False,
                aliases=("term", "term in months"),
                text=_("How many months the price is for. Blank: it has no term."),
                example="12",
            ),
            FeedColumn(
                "active",
                _("Sold"),
                values.YesNo(),
                required=False,
                aliases=("is active", "sold", "status"),
                text=_("No: the part is retired. Blank: it is sold."),
                example="yes",
            ),
        ),
        identity=("number",),
        notes=(
            _("A part that a complete file lacks is retired; deals that have it keep it."),
            _("A retired product line takes no parts."),
        ),
        target=TableTarget(
            model=Part,
            match="t.number = s.number",
            columns=(
                To("description", "description"),
                To(
                    "line_id",
                    "line",
                    sql="line.id",
                    otherwise="null",
                    shown="(SELECT code FROM pricing_productline WHERE id = {})",
                ),
                To("type", "type"),
                To("family", "family"),
                To("metric", "metric"),
                To("points", "points", otherwise="0", shown="round({}, 2)::text"),
                To("term_months", "term_months", otherwise="null"),
                To("is_active", "active", otherwise="true"),
            ),
            only_new={"number": "s.number", "version": "1"},
            called="s.number",
            label="t.description",
            object_type="part",
            object_id="t.number",
            added="part.added",
            changed="""
                CASE WHEN d.o_is_active AND NOT d.n_is_active THEN 'part.retired'
                WHEN d.n_is_active AND NOT d.o_is_active THEN 'part.brought_back' ELSE 'part.changed' END
            """,
            lookups=(
                LookUp(
                    "line",
                    ProductLine,
                    "line.code = s.line",
                    "line",
                    _("There is no product line of this code."),
                ),
            ),
            checks=(
                Check(
                    "NOT line.is_active AND coalesce(s.active, true)"
                    " AND (t.id IS NULL OR t.line_id <> line.id OR NOT t.is_active)",
                    "line",
                    _("This product line is retired, and takes no parts."),
                    "line_retired",
                ),
            ),
            removal=Removal("t.is_active", {"is_active": "false"}, "part.retired"),
        ),
    )
)
