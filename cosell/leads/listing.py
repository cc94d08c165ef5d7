"""The list of leads: its tabs and filters, for page, counts, file and API alike. The database decides who sees what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from identity.actors import Actor
from identity.lists import Tab, how_many, named, typed
from identity.places import countries
from identity.privileges import Privilege
from reports.columns import Column, Type
from reports.listings import Listing, register
from reports.sources import offer
from reports.tables import Table

from ..models import Lead, LeadFavourite
from ..states import CompanySize
from .states import PATIENCE, ArchiveReason, Quality, Source, Stage

Leads = QuerySet[Lead]
ORDER = ("-id",)
PARAMETERS = ("show", "stage", "q", "quality", "country")


ALL = Tab("all", gettext_lazy("All"), Q())
MARKETPLACE = Tab("marketplace", gettext_lazy("Marketplace"), Q(source=Source.PROFILE))
QUALIFIED = Tab("qualified", gettext_lazy("Qualified by the vendor"), Q(source=Source.OFFER))
FAVOURITES = Tab("favourites", gettext_lazy("Favourites"), Q())
TABS = (ALL, MARKETPLACE, QUALIFIED, FAVOURITES)

#: What the filter of stages offers; spam apart from what was archived on purpose.
OPEN, SPAM = "open", "spam"
STAGES: dict[str, tuple[str | Promise, Q]] = {
    OPEN: (gettext_lazy("Open"), Q(stage__in=[Stage.RECEIVED, Stage.ACCEPTED])),
    Stage.RECEIVED: (Stage.RECEIVED.label, Q(stage=Stage.RECEIVED)),
    Stage.ACCEPTED: (Stage.ACCEPTED.label, Q(stage=Stage.ACCEPTED)),
    Stage.ARCHIVED: (Stage.ARCHIVED.label, Q(stage=Stage.ARCHIVED) & ~Q(reason=ArchiveReason.SPAM)),
    SPAM: (pgettext_lazy("lead", "Spam"), Q(reason=ArchiveReason.SPAM)),
    "any": (gettext_lazy("Every stage"), Q()),
}


def tabs_for(actor: Actor) -> tuple[Tab, ...]:
    """The vendor's people see what they offered, and keep no favourites."""
    return (ALL,) if actor.is_staff else TABS


def tab_named(name: str) -> Tab:
    return named(TABS, name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters by; what is empty does not narrow. Without a stage, the open ones are shown."""

    text: str = ""
    stage: str = OPEN
    quality: str = ""
    country: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        stage, quality, country = (typed(asked, name) for name in ("stage", "quality", "country"))
        return cls(
            typed(asked),
            stage if stage in STAGES else OPEN,
            quality if quality in Quality.values else "",
            country if country in countries() else "",
        )


EVERYTHING = Wanted()


def leads_in(tab: Tab, actor: Actor) -> Leads:
    """Those of the tab that the actor sees, each with whether they marked it (`is_marked`)."""
    mine = LeadFavourite.objects.filter(lead_id=OuterRef("id"), user_id=actor.user_id)
    if actor.is_staff:  # who keep no marks on partners' leads
        return Lead.objects.filter(tab.where) if tab is not FAVOURITES else Lead.objects.none()
    found = Lead.objects.annotate(is_marked=Exists(mine))
    return found.filter(is_marked=True) if tab is FAVOURITES else found.filter(tab.where)


def narrowed(found: Leads, wanted: Wanted) -> Leads:
    found = found.filter(STAGES[wanted.stage][1])
    if wanted.quality:
        found = found.filter(quality=wanted.quality)
    if wanted.country:
        found = found.filter(country=wanted.country)
    for word in wanted.text.split()[:6]:
        found = found.filter(
            Q(customer_name__icontains=word)
            | Q(contact_first_name__icontains=word)
            | Q(contact_last_name__icontains=word)
            | Q(contact_email__iexact=word)
        )
    return found


def counts(wanted: Wanted, actor: Actor) -> list[int]:
    """How many leads each tab has with these filters, in the tabs' order."""
    return [how_many(narrowed(leads_in(tab, actor), wanted)) for tab in tabs_for(actor)]


def waiting_of(now: datetime) -> Q:
    """Whose customers asked to be contacted, and nobody has answered for PATIENCE."""
    return Q(stage=Stage.RECEIVED, wants_contact=True, received_at__lte=now - PATIENCE)


# ------------------------------------------------------------------------------------------------ as a file

LEADS = register(Listing("leads", gettext_lazy("Leads"), "leads:list", Privilege.REFERRAL_VIEW, PARAMETERS))
YES_NO = {"True": gettext_lazy("Yes"), "False": gettext_lazy("No")}


def _words(choices: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.choices}


COLUMNS = (
    Column("received", gettext_lazy("Received"), Type.MOMENT, field="received_at"),
    Column("company", gettext_lazy("Company"), field="customer_name", width=36),
    Column(
        "size",
        gettext_lazy("People at the company"),
        field="customer_size",
        words=lambda: _words(CompanySize),
    ),
    Column("country", gettext_lazy("Country"), words=countries, width=20),
    Column("city", gettext_lazy("City"), width=20),
    Column("first_name", gettext_lazy("First name"), field="contact_first_name"),
    Column("last_name", gettext_lazy("Last name"), field="contact_last_name"),
    Column("job_title", gettext_lazy("Job title"), field="contact_title"),
    Column("email", gettext_lazy("E-mail"), field="contact_email", width=30),
    Column("phone", gettext_lazy("Phone"), field="contact_phone"),
    Column("wish", gettext_lazy("What is wished for"), width=60),
    Column("source", gettext_lazy("Came through"), words=lambda: _words(Source)),
    Column("profile", gettext_lazy("Business profile"), field="profile_name"),
    Column("location", gettext_lazy("Location"), field="location_name"),
    Column("stage", gettext_lazy("Stage"), words=lambda: _words(Stage)),
    Column("reason", gettext_lazy("Reason"), words=lambda: _words(ArchiveReason)),
    Column("quality", gettext_lazy("Quality"), words=lambda: _words(Quality)),
    Column("assigned", gettext_lazy("Who works on it"), field="assigned_name"),
    Column("accepted", gettext_lazy("Accepted"), Type.MOMENT, field="accepted_at"),
    Column("archived", gettext_lazy("Archived"), Type.MOMENT, field="archived_at"),
)


def leads_as_table(query: str, actor: Actor) -> Table:
    """What the list shows on all its pages, with every column."""
    asked = QueryDict(query)
    tab = tab_named(asked.get("show", ""))
    rows = narrowed(leads_in(tab, actor), Wanted.of(asked)).order_by(*ORDER)
    return Table(title=_("Leads"), columns=COLUMNS, rows=rows)


offer(LEADS, leads_as_table)
