"""Leads: customers who look for a partner; what the vendor knows of such needs; how partners fare with them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import Site, User, public_id
from identity.tenancy import (
    ANONYMOUS,
    GUEST,
    OWN_SITE,
    OWN_USER,
    PARTNERS,
    STAFF,
    USER,
    guarded,
    may,
)

from ..leads.content import LONGEST_WISH
from ..leads.states import ArchiveReason, Quality, Source, Stage
from ..states import CompanySize
from .places import Location
from .profiles import Profile
from .referrals import Referral

# As with referrals: administrators see the leads of their locations, users those of theirs that they work on.
SEES_LEADS = (
    f"{OWN_SITE} and (location_id = any((select cosell_locations('referrals_admin'))::bigint[])"
    " or (location_id = any((select cosell_locations('referrals_user'))::bigint[])"
    f" and assigned_user_id = {USER}))"
)
# As a customer's enquiry begins; for which profile and place a trigger says (migrations/0006).
BEGINS = "assigned_user_id is null and referral_id is null and told_at is null and reminded_at is null"


class Asks(models.Model):
    """Who looks for a partner, and for what. `tags` are codes of cosell/tags.py."""

    customer_name = models.CharField(_("company"), max_length=200)
    customer_size = models.CharField(
        _("people at the company"), max_length=12, choices=CompanySize.choices, blank=True, default=""
    )
    contact_first_name = models.CharField(_("first name"), max_length=60)
    contact_last_name = models.CharField(_("last name"), max_length=60)
    contact_title = models.CharField(_("job title"), max_length=120, blank=True, default="")
    contact_email = models.EmailField(_("e-mail"))
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    contact_language = models.CharField(max_length=10, default="en")  # which the customer reads
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2)  # ISO 3166
    wish = models.CharField(_("what is wished for"), max_length=LONGEST_WISH)
    tags = ArrayField(models.CharField(max_length=40), blank=True, default=list)
    consent_contact = models.BooleanField(_("may be contacted"), default=False)
    wants_contact = models.BooleanField(_("asked to be contacted"), default=False)

    class Meta:
        abstract = True


@guarded(
    may(STAFF, "select insert"),
    may(STAFF, "update", columns=("closed_at", "version")),
)
class Need(Asks):
    """A customer's need for a partner, as the vendor's people know it. Partners see the lead that comes of it."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    created_by_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)  # no partner is looked for any more
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["closed_at", "-id"], name="need_newest")]

    def __str__(self) -> str:
        return self.customer_name


@guarded(
    may((ANONYMOUS, *PARTNERS, STAFF, GUEST), "insert", f"source = 'profile' and need_id is null and {BEGINS}"),
    may(PARTNERS, "select", SEES_LEADS),
    may(PARTNERS, "update", SEES_LEADS, columns=(
        "stage", "reason", "note", "assigned_user_id", "assigned_name", "answered_at", "accepted_at", "archived_at",
        "referral_id", "updated_at", "version",
    )),
    # What a customer wrote to a partner is between the two. What the vendor offered it follows.
    may(STAFF, "select", "source = 'offer'"),
    may(STAFF, "insert", f"source = 'offer' and stage = 'received' and need_id is not null and {BEGINS}"),
)  # fmt: skip
class Lead(Asks):
    """A customer who looks for a partner, as one partner was told of them.

    It begins received (or, where the profile turns companies of that size away, archived at once). Which stage may
    follow on which the database decides (migrations/0006).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraints of the next three include the site (migrations/0006).
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    location_name = models.CharField(max_length=120)
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referral = models.OneToOneField(
        Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="lead", db_constraint=False
    )  # the deal that it became
    profile_name = models.CharField(max_length=120)
    source = models.CharField(max_length=7, choices=Source.choices)
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    offered_by_name = models.CharField(max_length=120, blank=True, default="")
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.RECEIVED)
    reason = models.CharField(max_length=11, choices=ArchiveReason.choices, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")  # said with the reason
    quality = models.CharField(max_length=4, choices=Quality.choices)
    assigned_user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # who works on it
    assigned_name = models.CharField(max_length=120, blank=True, default="")
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)  # first accepted or archived by somebody
    accepted_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # its people were told that it came
    reminded_at = models.DateTimeField(null=True, blank=True)  # and that the customer waits still
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="lead_of_site"),  # for foreign keys
            models.UniqueConstraint(
                fields=["need", "profile"], condition=Q(need__isnull=False), name="lead_offered_once"
            ),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="lead_source_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="lead_stage_known"),
            models.CheckConstraint(condition=Q(quality__in=Quality.values), name="lead_quality_known"),
            models.CheckConstraint(
                condition=Q(reason__in=["", *ArchiveReason.values]), name="lead_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(customer_size__in=["", *CompanySize.values]), name="lead_size_known"
            ),
            models.CheckConstraint(
                condition=Q(stage="archived", archived_at__isnull=False) & ~Q(reason="")
                | ~Q(stage="archived") & Q(archived_at__isnull=True, reason=""),
                name="lead_archived_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(stage="accepted") | Q(accepted_at__isnull=False), name="lead_accepted_at"
            ),
            # Without leave to be written to, there is nothing that a partner could do.
            models.CheckConstraint(condition=Q(consent_contact=True), name="lead_by_consent"),
        ]
        indexes = [
            models.Index(fields=["site", "stage", "-id"], name="lead_newest"),
            models.Index(fields=["profile", "received_at"], name="lead_of_profile"),
            models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="lead_untold"),
            models.Index(
                fields=["received_at"],
                condition=Q(stage="received", wants_contact=True, reminded_at__isnull=True),
                name="lead_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.customer_name

    @property
    def is_spam(self) -> bool:
        return self.reason == ArchiveReason.SPAM


@guarded(may(PARTNERS, "select insert delete", f"{OWN_SITE} and {OWN_USER}"))
class LeadFavourite(models.Model):
    """Somebody's mark on a lead: theirs alone."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraint includes the site (migrations/0006).
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "lead"], name="lead_favourite_once")]

    def __str__(self) -> str:
        return f"{self.user_id} marked {self.lead_id}"


@guarded(
    may(PARTNERS, "select", OWN_SITE),
    may(STAFF, "select"),
)
class MatchFigures(models.Model):
    """How a profile's partner fares, over the last year: what the ranking goes by besides tags.

    Kept by a job (cosell/matching/figuring.py). A profile without a row is a newcomer's.
    """

    # The constraint includes the site (migrations/0006).
    profile = models.OneToOneField(
        Profile, on_delete=models.PROTECT, primary_key=True, related_name="figures", db_constraint=False
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    received = models.PositiveIntegerField(default=0)  # leads and deals asked of them, without spam
    accepted = models.PositiveIntegerField(default=0)  # of those
    answered = models.PositiveIntegerField(
        default=0
    )  # of those, or waiting for longer than SLOW (matching/ranking.py)
    answer_minutes = models.PositiveIntegerField(default=0)  # the median of these
    closed = models.PositiveIntegerField(default=0)  # deals that were won or lost
    won = models.PositiveIntegerField(default=0)  # of those
    reckoned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted__lte=models.F("received"), won__lte=models.F("closed")),
                name="match_figures_parts",
            )
        ]

    def __str__(self) -> str:
        return f"figures of profile {self.profile_id}"
