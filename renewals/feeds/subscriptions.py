"""What else the vendor tells of subscriptions: use that was not billed, changes, and prices to come."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from customers.feeds import parties
from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, TableTarget, To
from identity.privileges import Privilege
from pricing.products import named

from ..models import Overage, PriceNotification, SubscriptionChange
from . import columns

NEVER_REMOVED = _("None is ever removed.")

OVERAGES = register(
    Feed(
        key="overages",
        label=_("Suppressed overage"),
        text=_("More use than was bought, measured, and not billed."),
        privilege=Privilege.RENEWAL_EDIT,
        icon="gauge",
        order=130,
        columns=(
            columns.reference(_("Measurement"), "O-3000417", "measurement"),
            *parties.PARTIES,
            columns.subscription(),
            named.PART_NUMBER,
            named.day("measured_from", _("Measured from"), "from", required=True, example="2026-10-01"),
            named.day(
                "measured_until", _("Measured until"), "to", "until", required=True, example="2026-10-31"
            ),
            columns.count("entitled", _("Entitled")),
            columns.count("used", _("Used"), example="130"),
            named.CURRENCY,
            FeedColumn(
                "amount",
                _("Amount"),
                values.Amount("currency"),
                text=_("What it would have cost."),
                example="900.00",
            ),
            FeedColumn(
                "reason",
                _("Why it was not billed"),
                values.Text(200),
                aliases=("reason",),
                example="First month of growth",
            ),
        ),
        identity=("reference",),
        notes=(_("The last day of the measurement decides who sees it."), NEVER_REMOVED),
        target=TableTarget(
            model=Overage,
            match="t.reference = s.reference",
            columns=(
                *parties.TO,
                To("settled_on", "measured_until", otherwise="null"),
                To("subscription_number", "subscription_number"),
                *named.of_part("description", "metric"),
                To("measured_from", "measured_from", otherwise="null"),
                To("entitled", "entitled", otherwise="null"),
                To("used", "used", otherwise="null"),
                To("overage", "used", sql="s.used - s.entitled", otherwise="null", name="overage"),
                To("currency", "currency"),
                To("amount", "amount", otherwise="null"),
                To("reason", "reason"),
            ),
            only_new={"reference": "s.reference"},
            called="s.reference",
            label="t.reference",
            object_type="overage",
            object_id="t.reference",
            added="overage.added",
            changed="'overage.changed'",
            unsaid=frozenset({"metric"}),
            lookups=(*parties.LOOKUPS, named.PART),
            checks=(
                *parties.CHECKS,
                Check(
                    "s.measured_until < s.measured_from",
                    "measured_until",
                    _("It cannot end before it begins."),
                    "ends_before_it_begins",
                ),
                Check(
                    "s.used <= s.entitled",
                    "used",
                    _("This is no more than was bought: there is no overage."),
                    "no_overage",
                ),
            ),
        ),
    )
)

OLD_PART, OLD_PART_FOUND = named.part_of("old_part_number", _("Old part number"), "old part")

SUBSCRIPTION_CHANGES = register(
    Feed(
        key="subscription-changes",
        label=_("Subscription licence updates"),
        text=_("Changes of what subscriptions are licensed for: part, quantity, term."),
        privilege=Privilege.RENEWAL_EDIT,
        icon="arrows-exchange",
        order=140,
        columns=(
            columns.reference(_("Change"), "C-4000417", "change"),
            *parties.PARTIES,
            columns.subscription(),
            OLD_PART,
            FeedColumn(
                "part_number",
                _("New part number"),
                named.PART_NUMBER.kind,
                aliases=("new part", "new part number"),
                example="D0ABCSA",
            ),
            columns.count("old_quantity", _("Old quantity"), least=1),
            columns.count("new_quantity", _("New quantity"), example="130"),
            columns.count("old_term_months", _("Old term in months"), "old term", example="12"),
            columns.count("new_term_months", _("New term in months"), "new term", example="36"),
            named.day(
                "holds_from", _("Holds from"), "effective on", "from", required=True, example="2026-11-01"
            ),
        ),
        identity=("reference",),
        notes=(_("The day from which it holds decides who sees it."), NEVER_REMOVED),
        target=TableTarget(
            model=SubscriptionChange,
            match="t.reference = s.reference",
            columns=(
                *parties.TO,
                To("settled_on", "holds_from", otherwise="null"),
                To("subscription_number", "subscription_number"),
                To("old_part_number", "old_part_number"),
                To("new_part_number", "part_number"),
                To(
                    "description",
                    "part_number",
                    sql="CASE WHEN t.new_part_number = s.part_number THEN t.description ELSE part.description END",
                    name="description",
                ),
                To("old_quantity", "old_quantity", otherwise="null"),
                To("new_quantity", "new_quantity", otherwise="null"),
                To("old_term_months", "old_term_months", otherwise="null"),
                To("new_term_months", "new_term_months", otherwise="null"),
            ),
            only_new={"reference": "s.reference"},
            called="s.reference",
            label="t.reference",
            object_type="subscription_change",
            object_id="t.reference",
            added="subscription_change.added",
            changed="'subscription_change.changed'",
            lookups=(*parties.LOOKUPS, named.PART, OLD_PART_FOUND),
            checks=(
                *parties.CHECKS,
                Check(
                    "s.old_part_number = s.part_number AND s.old_quantity = s.new_quantity"
                    " AND s.old_term_months = s.new_term_months",
                    "",
                    _("Nothing changes by this row: part, quantity and term are as before."),
                    "no_change",
                ),
            ),
        ),
    )
)

PRICE_NOTIFICATIONS = register(
    Feed(
        key="price-notifications",
        label=_("Renewal price notifications"),
        text=_(
            "The vendor's word that renewals will cost something else, and until when customers can say no."
        ),
        privilege=Privilege.RENEWAL_EDIT,
        icon="bell-dollar",
        order=150,
        columns=(
            columns.reference(_("Notification"), "N-5000417", "notification"),
            *parties.PARTIES,
            FeedColumn(
                "quote_number",
                _("Quote"),
                values.Text(24, upper=True),
                required=False,
                aliases=("quote", "renewal quote"),
            ),
            FeedColumn(
                "line", _("line"), values.Whole(min=1, max=99_999), required=False, aliases=("line number",)
            ),
            columns.subscription(required=False),
            named.PART_NUMBER,
            named.CURRENCY,
            FeedColumn(
                "old_price",
                _("Old price"),
                values.Amount("currency", min=1, max=named.MOST_MONEY),
                aliases=("price before",),
                text=_("Of one."),
                example="20.00",
            ),
            FeedColumn(
                "new_price",
                _("New price"),
                values.Amount("currency", max=named.MOST_MONEY),
                aliases=("price after",),
                text=_("Of one."),
                example="21.00",
            ),
            named.day("notified_on", _("Notified on"), required=True, example="2026-09-01"),
            named.day(
                "effective_on", _("Effective on"), "effective from", required=True, example="2027-01-01"
            ),
            named.day("opt_out_by", _("Opt out by"), "opt out date", required=True, example="2026-12-01"),
        ),
        identity=("reference",),
        notes=(
            _("The change in per cent is worked out from the two prices."),
            NEVER_REMOVED,
        ),
        target=TableTarget(
            model=PriceNotification,
            match="t.reference = s.reference",
            columns=(
                *parties.TO,
                To("quote_number", "quote_number"),
                To("line_number", "line", otherwise="null"),
                To("subscription_number", "subscription_number"),
                *named.of_part("description"),
                To("currency", "currency"),
                To("old_price", "old_price", otherwise="null"),
                To("new_price", "new_price", otherwise="null"),
                To(
                    "change_bp",
                    "new_price",
                    sql="least(round((s.new_price - s.old_price) * 10000.0 / s.old_price), 2147483647)::int",
                    otherwise="null",
                    name="change_bp",
                ),
                To("notified_on", "notified_on", otherwise="null"),
                To("effective_on", "effective_on", otherwise="null"),
                To("opt_out_by", "opt_out_by", otherwise="null"),
            ),
            only_new={"reference": "s.reference", "public_id": PUBLIC_ID},
            called="s.reference",
            label="t.reference",
            object_type="price_notification",
            object_id="t.public_id",
            added="price_notification.added",
            changed="'price_notification.changed'",
            unsaid=frozenset({"change_bp"}),
            lookups=(*parties.LOOKUPS, named.PART),
            checks=(
                *parties.CHECKS,
                Check(
                    "s.old_price = s.new_price",
                    "new_price",
                    _("The price stays as it is: there is nothing to notify of."),
                    "no_change",
                ),
                Check(
                    "s.opt_out_by < s.notified_on",
                    "opt_out_by",
                    _("Nobody could opt out: this is before %(day)s, when it is notified."),
                    "before_notified",
                    {"day": "s.notified_on"},
                ),
                Check(
                    "s.effective_on < s.opt_out_by",
                    "effective_on",
                    _("It takes effect before customers have to decide, which they do by %(day)s."),
                    "before_opt_out",
                    {"day": "s.opt_out_by"},
                ),
            ),
        ),
    )
)
