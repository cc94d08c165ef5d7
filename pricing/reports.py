"""Price-file downloads: who at a site took which prices, and when; for the vendor, whoever did."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Max, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.places import countries
from identity.privileges import Privilege
from reports.columns import Column, Type
from reports.declared import (
    Chart,
    Dimension,
    Grouping,
    Level,
    Measure,
    Order,
    Report,
    Summary,
    month_of,
    register,
)
from reports.filters import Choice, Country, Days, Site, Text, YesNo

from .models import BookKind, FileFormat, PriceDownload, PriceList, Window

STAFF_ONLY = frozenset({Kind.STAFF})


def _downloads(actor: Actor) -> QuerySet[Any, Any]:
    return PriceDownload.objects.annotate(
        country=F("book__country"),
        currency=F("book__currency"),
        kind=F("book__kind"),
        of_site=Coalesce(F("site__number"), Value("")),
        of_site_name=Coalesce(F("site__name"), Value("")),
    )


def _words(choices: Any) -> Any:
    return lambda: {str(value): label for value, label in choices.choices}


def yes_no() -> dict[str, Any]:
    return {"true": _("Yes"), "false": _("No")}


FILE = Column("file", _("File"), field="file_name", width=36)
AT = Column("at", _("When"), Type.MOMENT)
COUNTRY = Column("country", _("Country"), words=countries, width=18)
KIND = Column("kind", _("Prices of"), words=_words(BookKind), width=16)
LIST = Column("list", _("Price list"), field="price_list", words=_words(PriceList), width=18)
WINDOW = Column("window", _("What is in it"), words=_words(Window), width=24)
FORMAT = Column("format", _("Format"), words=_words(FileFormat), width=10)
WHOLE = Column("complete", _("Up to its end"), words=yes_no, width=12)
BY = Column("by", _("By"), field="user_name")
SITE = Column("site", _("Site number"), Type.CODE, field="of_site", seen_by=STAFF_ONLY, width=12)
SITE_NAME = Column("site_name", _("Site"), field="of_site_name", seen_by=STAFF_ONLY)
MONTH = Dimension(Column("month", _("Month"), Type.MONTH, field="month_of_download"), "at", month_of("at"))
BY_FORMAT = Dimension(FORMAT, "format")

PRICE_FILE_DOWNLOADS = register(
    Report(
        key="price-file-downloads",
        title=_("Price-file downloads"),
        text=_("Which price files were downloaded, when, and by whom."),
        icon="file-download",
        privilege=Privilege.PRICE_FILE_VIEW,
        source=_downloads,
        filters=(
            Days(name="at", label=_("When"), moments=True),
            Country(name="country", label=_("Country"), field="book__country"),
            Choice(name="kind", label=_("Prices of"), field="book__kind", choices=_words(BookKind)),
            Choice(name="list", label=_("Price list"), field="price_list", choices=_words(PriceList)),
            Choice(name="window", label=_("What is in it"), choices=_words(Window)),
            Choice(name="format", label=_("Format"), choices=_words(FileFormat)),
            YesNo(name="complete", label=_("Up to its end")),
            Text(name="by_whom", label=_("By whom"), column="by", field="user_name"),
            Site(name="site", label=_("Site number"), field="site__number"),
        ),
        detail=Level(
            columns=(
                FILE,
                AT,
                BY,
                SITE,
                SITE_NAME,
                COUNTRY,
                Column("currency", _("Currency"), Type.CODE, width=9),
                KIND,
                LIST,
                WINDOW,
                FORMAT,
                WHOLE,
                Column("bytes", _("Bytes"), Type.NUMBER),
                Column("by_key", _("By a program"), words=yes_no, width=12),
                Column("sha256", _("Checksum (SHA-256)"), Type.CODE, width=66),
            ),
            shown=("file", "at", "by", "site", "site_name", "list", "complete"),
            orders=(
                Order("latest", _("Latest first"), ("-at", "-id")),
                Order("earliest", _("Earliest first"), ("at", "id")),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month and format"), (MONTH, BY_FORMAT), stacked_by="format"),
                Grouping(
                    "country",
                    _("Country and format"),
                    (Dimension(COUNTRY, "country"), BY_FORMAT),
                    stacked_by="format",
                ),
                Grouping(
                    "file",
                    _("Contents and format"),
                    (Dimension(WINDOW, "window"), BY_FORMAT),
                    stacked_by="format",
                ),
                Grouping(
                    "site",
                    _("Site and format"),
                    (Dimension(SITE, "site"), BY_FORMAT),
                    also=(
                        Measure(
                            Column("site_name", _("Site"), field="site_called", seen_by=STAFF_ONLY),
                            lambda: Max("of_site_name"),
                        ),
                    ),
                    stacked_by="format",
                ),
            ),
            measures=(Measure(Column("downloads", _("Downloads"), Type.NUMBER), lambda: Count("id")),),
        ),
        chart=Chart(),
    )
)
