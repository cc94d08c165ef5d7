"""Customers' contracts with the vendor, as its contract system sends them. README.md tells the rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import Check, TableTarget, To
from identity.models import Programme
from identity.privileges import Privilege

from ..models import Agreement
from .parties import CUSTOMER_LOOKUP

AGREEMENTS = register(
    Feed(
        key="agreements",
        label=_("Agreements"),
        text=_("The contracts of customers: their programme, and the anniversary on which they renew."),
        privilege=Privilege.CUSTOMER_EDIT,
        icon="file-certificate",
        order=50,
        columns=(
            FeedColumn(
                "number",
                _("Agreement number"),
                values.Text(12, upper=True),
                aliases=("agreement", "contract", "contract number"),
                text=_("Never changed."),
                example="AG410045",
            ),
            FeedColumn(
                "customer_number",
                _("Customer number"),
                values.Digits(7),
                aliases=("customer", "customer no", "customer id"),
                text=_("Of a customer that is there already; an agreement stays with its customer."),
                example="1200417",
            ),
            FeedColumn(
                "programme",
                _("Programme"),
                values.Choice(dict(Programme.choices)),
                aliases=("program",),
                example="relationship",
            ),
            FeedColumn(
                "anniversary_on",
                _("Anniversary"),
                values.Day(),
                required=False,
                aliases=("anniversary date", "anniversary on"),
                text=_("Of its month and day every year; blank under Express."),
                example="2027-04-01",
            ),
        ),
        identity=("number",),
        notes=(
            _(
                "Under Relationship all of a customer's sites renew on one anniversary; under Express none is set."
            ),
            _("No agreement is ever removed: what was bought stands under it."),
        ),
        target=TableTarget(
            model=Agreement,
            match="t.number = s.number",
            columns=(
                To("programme", "programme"),
                To("anniversary_on", "anniversary_on", otherwise="null"),
            ),
            only_new={"number": "s.number", "customer_id": "customer.id"},
            called="s.number",
            label="t.number",
            object_type="agreement",
            object_id="t.number",
            added="agreement.added",
            changed="'agreement.changed'",
            lookups=(CUSTOMER_LOOKUP,),
            checks=(
                Check(
                    "t.customer_id <> customer.id",
                    "customer_number",
                    _("An agreement stays with its customer. Give the new agreement a number of its own."),
                    "customer_changed",
                ),
                Check(
                    f"s.programme = '{Programme.RELATIONSHIP}' AND s.anniversary_on IS NULL",
                    "anniversary_on",
                    _("An agreement of the Relationship programme has an anniversary."),
                    "no_anniversary",
                ),
                Check(
                    f"s.programme = '{Programme.EXPRESS}' AND s.anniversary_on IS NOT NULL",
                    "anniversary_on",
                    _("Under Express each purchase renews twelve months later. Leave the anniversary blank."),
                    "express_anniversary",
                ),
            ),
        ),
    )
)
