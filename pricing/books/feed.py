"""The feed of prices, as the vendor's pricing system sends them; what becomes of its rows is in delivered.py."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, Words, register
from identity.privileges import Privilege

from ..models import BookKind
from ..products.feed import NUMBER
from .delivered import Prices


def _price(name: str, label: Words, *aliases: str, example: str = "") -> FeedColumn:
    return FeedColumn(
        name, label, values.Amount("currency"), required=False, aliases=aliases, example=example
    )


PRICES = register(
    Feed(
        key="prices",
        label=_("Prices"),
        text=_("What parts cost: by country, currency and kind, from a day on."),
        privilege=Privilege.PRICE_EDIT,
        icon="receipt",
        order=30,
        columns=(
            FeedColumn(
                "part_number",
                _("Part number"),
                NUMBER,
                aliases=("part", "part no", "number"),
                example="D0ABCLL",
            ),
            FeedColumn("country", _("Country"), values.Country(), aliases=("country code",), example="PL"),
            FeedColumn(
                "currency", _("Currency"), values.Currency(), aliases=("currency code",), example="PLN"
            ),
            FeedColumn(
                "kind",
                _("Kind"),
                values.Choice(dict(BookKind.choices)),
                aliases=("price book", "book"),
                text=_("Software, or SaaS and monthly: which price book it is."),
                example="software",
            ),
            FeedColumn(
                "effective_from",
                _("Effective on"),
                values.Day(),
                aliases=("effective on", "effective date", "valid from", "valid on"),
                text=_("The first day of the price. All prices of a book and day are an edition."),
                example="2027-02-01",
            ),
            FeedColumn(
                "announcement_no",
                _("Announcement number"),
                values.Text(40),
                required=False,
                aliases=("announcement", "announcement number", "edition"),
                text=_("Partners know the edition by it. Blank: its day."),
                example="2027-02-A",
            ),
            _price("srp", _("suggested retail price"), "list price", "retail price", example="120.00"),
            _price("svp_bl", _("price at level BL"), "bl", "level bl", example="110.00"),
            _price("svp_d", _("price at level D"), "d", "level d", example="105.00"),
            _price("svp_e", _("price at level E"), "e", "level e", example="100.00"),
            _price("svp_f", _("price at level F"), "f", "level f", example="95.00"),
            _price("svp_g", _("price at level G"), "g", "level g", example="90.00"),
            _price("svp_h", _("price at level H"), "h", "level h", example="85.00"),
            _price("svp_ed", _("academic price"), "ed", "academic", example="60.00"),
            _price("svp_gv", _("government price"), "gv", "government", example="80.00"),
            _price("bp_price", _("partner cost"), "cost", "partner price", example="70.00"),
            FeedColumn(
                "replacement_part",
                _("Replacement part"),
                NUMBER,
                required=False,
                aliases=("replacement", "replaced by"),
                text=_("The part that is sold instead, if any."),
            ),
        ),
        identity=("part_number", "country", "currency", "kind", "effective_from"),
        notes=(
            _("Prices go into drafts, which nobody but the vendor sees until they are published."),
            _("A complete file takes out of its drafts what it lacks; other editions stay as they are."),
            _("Published prices never change. A file that repeats them is taken, and changes nothing."),
        ),
        target=Prices(),
    )
)
