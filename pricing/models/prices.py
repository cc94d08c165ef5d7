"""Price books, their editions, and the prices in them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.models import public_id
from identity.tenancy import OWNER, PARTNERS, STAFF, guarded, may

from .entitlement import COUNTRY, MAY_SEE_PRICES
from .products import Part

# Programme and level decide which of these a site is shown; the partner's own cost is a privilege besides.
LEVELS = ("srp", "svp_bl", "svp_d", "svp_e", "svp_f", "svp_g", "svp_h", "svp_ed", "svp_gv")
COST = "bp_price"
COLUMNS = (*LEVELS, COST)


class BookKind(models.TextChoices):
    SOFTWARE = "software", _("Software")
    SAAS = "saas", _("SaaS and monthly")


class EditionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PriceList(models.TextChoices):
    """Which price columns a site is shown, by its programme and level."""

    LIST = "list", _("List prices")  # Express
    VOLUME = "volume", _("Volume prices")  # Relationship at BL to H, and distributors
    ACADEMIC = "academic", _("Academic prices")  # Relationship at ED
    GOVERNMENT = "government", _("Government prices")  # Relationship at GV


LIST_COLUMNS: dict[str, tuple[str, ...]] = {
    PriceList.LIST: ("srp", "svp_bl"),
    # All levels, since an order can earn a better one for itself alone.
    PriceList.VOLUME: ("srp", "svp_bl", "svp_d", "svp_e", "svp_f", "svp_g", "svp_h"),
    PriceList.ACADEMIC: ("srp", "svp_bl", "svp_ed"),
    PriceList.GOVERNMENT: ("srp", "svp_bl", "svp_gv"),
}


def columns_of(price_list: str, *, with_cost: bool) -> tuple[str, ...]:
    """The price columns that a price list has. The view behind `Offer` says the same; a test compares them."""
    return LIST_COLUMNS[price_list] + ((COST,) if with_cost else ())


@guarded(may(PARTNERS, "select", f"country = {COUNTRY}"), may(STAFF, "select insert update"))
class PriceBook(models.Model):
    """What is sold in one country for one currency. Its country, currency and kind are never changed."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    country = models.CharField(_("country"), max_length=2)  # ISO 3166-1
    currency = models.CharField(_("currency"), max_length=3)  # ISO 4217
    kind = models.CharField(_("kind"), max_length=10, choices=BookKind.choices)
    time_zone = models.CharField(_("time zone"), max_length=64)  # in which a date begins
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "currency", "kind"], name="price_book_once"),
            models.CheckConstraint(condition=Q(kind__in=BookKind.values), name="price_book_kind_known"),
            models.CheckConstraint(
                condition=Q(country__regex="^[A-Z]{2}$") & Q(currency__regex="^[A-Z]{3}$"),
                name="price_book_codes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.currency} {self.kind}"

    def today(self, now: datetime) -> date:
        """The date it is in the country at a moment."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()


@guarded(
    # Of a withdrawn edition partners see that it was withdrawn and why, but none of its prices.
    may(PARTNERS, "select", f"status <> 'draft' and country = {COUNTRY} and {MAY_SEE_PRICES}"),
    may(STAFF, "select insert update"),
    may(STAFF, "delete", "status = 'draft'"),
    may(OWNER, "select"),  # for the view of offers
)
class PriceEdition(models.Model):
    """All prices of a book from a date on. Once published nothing in it is ever changed; it can be withdrawn."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    book = models.ForeignKey(PriceBook, on_delete=models.PROTECT, related_name="editions")
    country = models.CharField(max_length=2)  # the book's: policies go by it
    name = models.CharField(_("announcement number"), max_length=40)
    effective_on = models.DateField(_("effective on"))  # the first day, in the book's time zone
    status = models.CharField(max_length=10, choices=EditionStatus.choices, default=EditionStatus.DRAFT)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by_name = models.CharField(max_length=120, blank=True)
    part_count = models.PositiveIntegerField(null=True, blank=True)  # counted when published
    announced_at = models.DateTimeField(null=True, blank=True)  # when its files were there and partners told
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(_("reason"), max_length=500, blank=True)  # for partners to read
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "effective_on"],
                condition=Q(status=EditionStatus.PUBLISHED),
                name="price_edition_one_a_day",
            ),
            models.UniqueConstraint(
                fields=["book", "effective_on"],
                condition=Q(status=EditionStatus.DRAFT),
                name="price_edition_one_draft_a_day",
            ),
            models.CheckConstraint(condition=Q(status__in=EditionStatus.values), name="price_edition_status"),
            models.CheckConstraint(
                condition=Q(status=EditionStatus.DRAFT, published_at=None, withdrawn_at=None)
                | Q(
                    status=EditionStatus.PUBLISHED,
                    published_at__isnull=False,
                    part_count__gt=0,
                    withdrawn_at=None,
                )
                | (
                    Q(status=EditionStatus.WITHDRAWN, published_at__isnull=False, withdrawn_at__isnull=False)
                    & ~Q(withdrawn_reason="")
                ),
                name="price_edition_published_at",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.status == EditionStatus.DRAFT


class PriceColumns(models.Model):
    """The price columns, in minor units of the book's currency; null where something is not offered so."""

    srp = models.BigIntegerField(_("suggested retail price"), null=True, blank=True)
    svp_bl = models.BigIntegerField(_("price at level BL"), null=True, blank=True)
    svp_d = models.BigIntegerField(_("price at level D"), null=True, blank=True)
    svp_e = models.BigIntegerField(_("price at level E"), null=True, blank=True)
    svp_f = models.BigIntegerField(_("price at level F"), null=True, blank=True)
    svp_g = models.BigIntegerField(_("price at level G"), null=True, blank=True)
    svp_h = models.BigIntegerField(_("price at level H"), null=True, blank=True)
    svp_ed = models.BigIntegerField(_("academic price"), null=True, blank=True)
    svp_gv = models.BigIntegerField(_("government price"), null=True, blank=True)
    bp_price = models.BigIntegerField(_("partner cost"), null=True, blank=True)
    replacement = models.CharField(_("replacement part"), max_length=7, blank=True, default="")

    class Meta:
        abstract = True


# Partners have no right on prices at all: they read the view behind `Offer`.
@guarded(may(STAFF, "select insert update delete"), may(OWNER, "select"))
class Price(PriceColumns):
    """What a part costs in an edition. Written only while the edition is a draft."""

    pk = models.CompositePrimaryKey("edition_id", "part_id")
    edition = models.ForeignKey(PriceEdition, on_delete=models.PROTECT, related_name="prices", db_index=False)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(  # LEAST leaves out what is null
                condition=GreaterThanOrEqual(Least(*COLUMNS), 0), name="price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} in {self.edition_id}"


class Offer(PriceColumns):
    """A price as the reader may see it: a view of the database, read only.

    Shows partners the published editions of their own site's country, and of the price columns those that its
    programme and level give it (null otherwise); `bp_price` only to whoever may see partner cost. Shows the vendor's
    people every published edition. Nothing is shown without the privilege to see prices.
    """

    pk = models.CompositePrimaryKey("edition_id", "part_id")
    edition = models.ForeignKey(PriceEdition, on_delete=models.DO_NOTHING, related_name="+")
    part = models.ForeignKey(Part, on_delete=models.DO_NOTHING, related_name="+")
    book = models.ForeignKey(PriceBook, on_delete=models.DO_NOTHING, related_name="+")
    effective_on = models.DateField()

    class Meta:
        managed = False
        db_table = "pricing_offer"

    def __str__(self) -> str:
        return f"{self.part_id} in {self.edition_id}"
