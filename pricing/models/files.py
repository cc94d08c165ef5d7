"""Price files: built ahead for each time that prices change, offered when all of them are there, downloaded."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.models import Site, User, public_id
from identity.tenancy import OWN_SITE, OWN_USER, PARTNERS, STAFF, guarded, may

from .entitlement import COUNTRY, MAY_SEE_COST, MAY_SEE_FILES, PRICE_LIST
from .prices import PriceBook, PriceEdition, PriceList


class Window(models.TextChoices):
    CURRENT = "current", _("Current prices")
    CURRENT_AND_FUTURE = "current_future", _("Current and future prices")
    FUTURE = "future", _("Future prices")


class FileFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    PARQUET = "parquet", "Parquet"


@guarded(
    may(PARTNERS, "select", f"offered and country = {COUNTRY} and {MAY_SEE_FILES}"),
    may(STAFF, "select insert update"),
)
class FileSet(models.Model):
    """The files of a book from a date on, until the next set's date: made ahead, so that midnight changes nothing.

    `offered` once all files are there that its country's sites are entitled to, and until it is retired: when a
    newer set takes its place, or an edition in it is withdrawn. A retired set is never offered again.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    book = models.ForeignKey(PriceBook, on_delete=models.PROTECT, related_name="file_sets")
    country = models.CharField(max_length=2)  # the book's: policies go by it
    valid_on = models.DateField()  # the first day, in the book's time zone
    current = models.ForeignKey(  # in effect on that day; none before a book's first edition
        PriceEdition, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    editions = ArrayField(models.BigIntegerField())  # ids: the current one, then future ones by their dates
    offered = models.BooleanField(default=False)
    planned_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    swept_at = models.DateTimeField(null=True, blank=True)  # its files are no longer on the disk
    attempts = models.PositiveIntegerField(default=0)  # that failed since the last that did not
    try_again_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)  # of the last attempt, for the vendor's people

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "valid_on"], condition=Q(offered=True), name="file_set_one_offered_a_day"
            ),
            models.CheckConstraint(
                condition=Q(offered=False) | Q(completed_at__isnull=False, retired_at=None, swept_at=None),
                name="file_set_offered_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["book", "-valid_on"], name="file_set_live", condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.book_id} from {self.valid_on}"


@guarded(
    may(
        PARTNERS,
        "select",
        f"offered and country = {COUNTRY} and price_list = {PRICE_LIST}"
        f" and (not with_cost or {MAY_SEE_COST}) and {MAY_SEE_FILES}",
    ),
    may(STAFF, "select"),
)
class PriceFile(models.Model):
    """One file of a set, whole and on the disk. Never changed."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    file_set = models.ForeignKey(FileSet, on_delete=models.PROTECT, related_name="files")
    country = models.CharField(max_length=2)  # the set's, as `offered`, which follows it
    offered = models.BooleanField()
    price_list = models.CharField(max_length=10, choices=PriceList.choices)
    with_cost = models.BooleanField()  # has the partner's own cost besides
    window = models.CharField(max_length=14, choices=Window.choices)
    format = models.CharField(max_length=7, choices=FileFormat.choices)
    editions = ArrayField(models.BigIntegerField())  # ids of those it has prices of
    name = models.CharField(max_length=100)  # what it is called where it is saved
    stored = models.CharField(max_length=64, unique=True)  # its name in files.STORE
    size = models.BigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()  # without the header
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file_set", "price_list", "with_cost", "window", "format"], name="price_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@guarded(
    may(PARTNERS, "select", OWN_SITE),
    may(PARTNERS, "insert", f"{OWN_SITE} and {OWN_USER}"),
    may(STAFF, "select"),
    may(STAFF, "insert", f"site_id is null and {OWN_USER}"),
)
class PriceDownload(models.Model):
    """That somebody was sent a price file, or a part of it. Never changed, never deleted."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    user_name = models.CharField(max_length=120)
    by_key = models.BooleanField(default=False)  # a program of theirs
    file = models.ForeignKey(PriceFile, on_delete=models.PROTECT, related_name="+")
    # Copies of the file's, which a partner no longer sees when it is no longer offered.
    book = models.ForeignKey(PriceBook, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=100)
    editions = ArrayField(models.BigIntegerField())
    price_list = models.CharField(max_length=10, choices=PriceList.choices)
    with_cost = models.BooleanField()
    window = models.CharField(max_length=14, choices=Window.choices)
    format = models.CharField(max_length=7, choices=FileFormat.choices)
    sha256 = models.CharField(max_length=64)
    first_byte = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField()  # sent, or asked for
    complete = models.BooleanField()  # whether that was up to the file's end

    class Meta:
        indexes = [
            models.Index(fields=["site", "-at"], name="price_download_by_site"),
            models.Index(fields=["user", "site", "book", "-at"], name="price_download_by_user"),
            GinIndex(fields=["editions"], name="price_download_editions"),  # whom a withdrawal concerns
        ]

    def __str__(self) -> str:
        return f"{self.user_name} {self.file_name}"
