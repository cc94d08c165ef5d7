"""What customers' sites may use, as the vendor's entitlement system sends it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from customers.feeds import parties
from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, TableTarget, To
from identity.privileges import Privilege
from pricing.products import named

from ..models import Entitlement, EntitlementKind
from . import columns

ENTITLEMENTS = register(
    Feed(
        key="entitlements",
        label=_("Entitlements"),
        text=_("What customers' sites may use: so many of a part, for good or for a time."),
        privilege=Privilege.RENEWAL_EDIT,
        icon="certificate",
        order=110,
        columns=(
            columns.reference(_("Entitlement"), "E-1000417", "entitlement", "entitlement number"),
            *parties.PARTIES,
            FeedColumn(
                "kind",
                _("Kind"),
                values.Choice(dict(EntitlementKind.choices)),
                aliases=("entitlement type",),
                example="support",
            ),
            named.PART_NUMBER,
            named.quantity("quantity", _("Quantity"), columns.MOST, aliases=("qty",)),
            named.day("coverage_start", _("Coverage starts"), "coverage from", example="2026-01-01"),
            named.day(
                "coverage_end", _("Coverage ends"), "coverage to", "coverage until", example="2026-12-31"
            ),
            FeedColumn(
                "order_number",
                _("Order number"),
                values.Text(24, upper=True),
                required=False,
                aliases=("order", "order no"),
                text=_("That it came with, if known."),
            ),
        ),
        identity=("reference",),
        notes=(
            _("A perpetual licence has no end; everything else has one."),
            _("None is ever removed: one that ended says so by its coverage."),
        ),
        target=TableTarget(
            model=Entitlement,
            match="t.reference = s.reference",
            columns=(
                *parties.TO,
                To("kind", "kind"),
                *named.of_part("part_id", "description", "metric"),
                To("quantity", "quantity", otherwise="null"),
                To("coverage_start", "coverage_start", otherwise="null"),
                To("coverage_end", "coverage_end", otherwise="null"),
                To("order_number", "order_number"),
            ),
            only_new={"reference": "s.reference", "public_id": PUBLIC_ID},
            called="s.reference",
            label="t.reference",
            object_type="entitlement",
            object_id="t.public_id",
            added="entitlement.added",
            changed="'entitlement.changed'",
            unsaid=frozenset({"part_id", "metric"}),
            lookups=(*parties.LOOKUPS, named.PART),
            checks=(
                *parties.CHECKS,
                *named.coverage_checks("coverage_start", "coverage_end"),
                Check(
                    f"s.kind <> '{EntitlementKind.LICENCE}' AND s.coverage_end IS NULL",
                    "coverage_end",
                    _("Give the last day of the coverage: only a perpetual licence has none."),
                    "no_end",
                ),
                Check(
                    f"s.kind = '{EntitlementKind.LICENCE}' AND s.coverage_end IS NOT NULL",
                    "coverage_end",
                    _("A perpetual licence has no end. Leave it blank, or correct the kind."),
                    "licence_ends",
                ),
            ),
        ),
    )
)
