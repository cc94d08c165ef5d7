"""Engagements: what a partner, the vendor and perhaps another partner each have of one deal."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from identity.models import Membership, Site, User, public_id
from identity.models import public_id as new_engagement
from identity.tenancy import OWN_SITE, OWN_USER, OWNER, PARTNERS, SITE, STAFF, USER, guarded, may

from ..states import (
    CompanySize,
    Direction,
    HelpType,
    Origin,
    PartnerReason,
    SalesStage,
    Sharing,
    Status,
    Substatus,
    VendorReason,
)
from .places import Location
from .solutions import Solution

LARGEST_VALUE = 10**15  # in minor units
REASON_FROM_USD = 2_500_000  # cents: why the vendor declines is said of deals worth at least this (C7)

# Administrators see every referral of their locations; users those of their locations on whose team they are (C2).
# cosell_locations() (migrations/0001) answers once a query.
SEES = (
    f"{OWN_SITE} and (location_id = any((select cosell_locations('referrals_admin'))::bigint[])"
    " or (location_id = any((select cosell_locations('referrals_user'))::bigint[])"
    f" and {USER} = any(team_user_ids)))"
)
SHARED = "sharing <> 'private'"
# Which substatus is of which status, for a constraint.
_PAIRS = (
    Q(status="new", substatus__in=["pending", "received"])
    | Q(status="active", substatus="accepted")
    | Q(status="closed", substatus__in=["won", "lost", "declined", "expired"])
)


@guarded(
    may(PARTNERS, "select insert update", SEES),
    may(STAFF, "select", SHARED),
    may(STAFF, "insert", "origin = 'vendor' and sharing = 'cosell'"),
    may(OWNER, "select insert update"),  # for invitations and clocks (see the migrations)
)
class Referral(models.Model):
    """A partner's side of an engagement. The vendor's side is a VendorReferral of the same engagement.

    `value` is in the currency's minor units. Names of other parties are copies. What is closed is never changed.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    # Shared by all referrals of the engagement
    engagement = models.CharField(max_length=12, default=new_engagement, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    site_name = models.CharField(max_length=200)
    site_number = models.CharField(max_length=7)
    # The constraint includes the site (migrations/0001).
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    location_name = models.CharField(max_length=120)
    direction = models.CharField(max_length=8, choices=Direction.choices)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    # By which the partner came to it. The constraint includes the site (migrations/0010).
    invitation = models.OneToOneField(
        "Invitation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="made",
        db_constraint=False,
    )
    sharing = models.CharField(_("deal type"), max_length=11, choices=Sharing.choices)
    status = models.CharField(max_length=6, choices=Status.choices)
    substatus = models.CharField(max_length=8, choices=Substatus.choices)
    stage = models.CharField(
        _("sales stage"), max_length=10, choices=SalesStage.choices, default=SalesStage.QUALIFIED
    )
    name = models.CharField(_("name of the deal"), max_length=120)
    # The customer: a copy, so that it stands as it was said; and its entry in the directory, if it has one
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer_name = models.CharField(_("customer"), max_length=200)
    customer_size = models.CharField(
        _("people at the customer"), max_length=12, choices=CompanySize.choices, blank=True, default=""
    )
    address_line1 = models.CharField(_("address"), max_length=200)
    address_line2 = models.CharField(_("address, second line"), max_length=200, blank=True, default="")
    city = models.CharField(_("city"), max_length=120)
    state = models.CharField(_("state or province"), max_length=120, blank=True, default="")
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True, default="")
    country = models.CharField(_("country"), max_length=2)
    duns = models.CharField(_("D-U-N-S number"), max_length=9, blank=True, default="")
    # Whom to speak to there; asked for when help is
    contact_first_name = models.CharField(_("first name"), max_length=60, blank=True, default="")
    contact_last_name = models.CharField(_("last name"), max_length=60, blank=True, default="")
    contact_title = models.CharField(_("job title"), max_length=120, blank=True, default="")
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    contact_email = models.EmailField(_("e-mail"), blank=True, default="")
    value = models.BigIntegerField(_("deal value"))
    currency = models.CharField(_("currency"), max_length=3)
    close_on = models.DateField(_("expected close date"))
    crm_id = models.CharField(_("number in your CRM"), max_length=60, blank=True, default="")
    campaign_id = models.CharField(_("campaign"), max_length=60, blank=True, default="")
    notes = models.CharField(_("notes"), max_length=4000, blank=True, default="")
    # Help of the vendor's
    help_type = models.CharField(_("help"), max_length=12, choices=HelpType.choices, blank=True, default="")
    vendor_notes = models.CharField(_("notes for the vendor"), max_length=2000, blank=True, default="")
    # The customer's consent, each given to the partner
    consent_share = models.BooleanField(_("to share it with others"), default=False)
    consent_contact = models.BooleanField(_("to be contacted"), default=False)
    consent_sellers = models.BooleanField(_("to share it with the vendor's sellers"), default=False)
    team_user_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)  # kept by a trigger (0002)
    reason = models.CharField(max_length=16, choices=PartnerReason.choices, blank=True, default="")
    reason_text = models.CharField(max_length=1000, blank=True, default="")
    recreated_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )  # the constraint includes the site (migrations/0001)
    # When its help was asked for: until when the vendor can answer. The trigger that makes its side takes it over.
    vendor_answer_by = models.DateTimeField(null=True, blank=True)
    created_by_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)  # this partner's answer is awaited until then
    remind_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="referral_of_site"),  # for foreign keys
            models.UniqueConstraint(fields=["id", "site", "sharing"], name="referral_and_its_sharing"),
            # Whoever is invited by several partners has a deal for each of them: none learns of the others.
            models.UniqueConstraint(
                fields=["engagement", "site"],
                condition=Q(invitation=None),
                name="referral_of_engagement_once",
            ),
            models.UniqueConstraint(fields=["recreated_from"], name="referral_recreated_once"),
            models.CheckConstraint(condition=_PAIRS, name="referral_status_pairs"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="referral_direction_known"
            ),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="referral_origin_known"),
            models.CheckConstraint(condition=Q(sharing__in=Sharing.values), name="referral_sharing_known"),
            models.CheckConstraint(condition=Q(stage__in=SalesStage.values), name="referral_stage_known"),
            models.CheckConstraint(
                condition=Q(help_type__in=["", *HelpType.values]), name="referral_help_type_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["", *PartnerReason.values]), name="referral_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(customer_size__in=["", *CompanySize.values]), name="referral_size_known"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=LARGEST_VALUE), name="referral_value_range"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="referral_closed_at"
            ),
            models.CheckConstraint(
                condition=~Q(substatus="received") | Q(expires_at__isnull=False), name="referral_answer_by"
            ),
            models.CheckConstraint(
                condition=~Q(substatus="declined") | ~Q(reason=""), name="referral_declined_for_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(substatus="lost") | ~Q(reason=""), name="referral_lost_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(sharing="private") | Q(consent_share=True), name="referral_shared_by_consent"
            ),
            models.CheckConstraint(
                condition=~Q(sharing="cosell") | Q(consent_sellers=True), name="referral_cosell_by_consent"
            ),
        ]
        indexes = [
            models.Index(fields=["engagement", "site"], name="referral_of_engagement"),
            models.Index(fields=["site", "direction", "-id"], name="referral_newest"),
            models.Index(fields=["site", "close_on", "id"], name="referral_by_close_date"),
            models.Index(fields=["expires_at"], condition=Q(substatus="received"), name="referral_expiring"),
            models.Index(fields=["-id"], condition=~Q(sharing="private"), name="referral_shared_newest"),
        ]

    def __str__(self) -> str:
        return self.name


@guarded(
    may(PARTNERS, "select", OWN_SITE),
    may(STAFF, "select insert"),
    may(STAFF, "update", columns=(
        "status", "substatus", "reason", "value_usd", "expires_at", "accepted_at", "closed_at", "remind_at", "version",
    )),
    may(OWNER, "select insert update"),  # for the trigger that asks the vendor (see the migrations)
)  # fmt: skip
class VendorReferral(models.Model):
    """The vendor's side of a co-sell engagement. The partner sees all of it: the seller stands in a row of its own.

    Where a partner asks for help it is made by a trigger, Received, in the transaction in which help is asked.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    engagement = models.CharField(max_length=12)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraint includes the site (migrations/0001).
    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, related_name="vendor_side", db_constraint=False
    )
    direction = models.CharField(max_length=8, choices=Direction.choices)  # as the vendor sees it
    status = models.CharField(max_length=6, choices=Status.choices)
    substatus = models.CharField(max_length=8, choices=Substatus.choices)
    #: Empty where the deal expired unanswered, or is worth less than USD 25,000 (C7).
    reason = models.CharField(max_length=12, choices=VendorReason.choices, blank=True, default="")
    value_usd = models.BigIntegerField(null=True, blank=True)  # cents, at the rate of the day of the answer
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="vendor_referral_of_site"),
            models.CheckConstraint(condition=_PAIRS, name="vendor_referral_status_pairs"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="vendor_referral_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["", *VendorReason.values]), name="vendor_referral_reason_known"
            ),
            models.CheckConstraint(
                condition=~Q(substatus="received") | Q(expires_at__isnull=False),
                name="vendor_referral_answer_by",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="vendor_referral_closed_at"
            ),
            # A reason is said of a decline alone, and not of small deals; of others it is (C7).
            models.CheckConstraint(
                condition=Q(reason="")
                | Q(substatus="declined") & (Q(value_usd__isnull=True) | Q(value_usd__gte=REASON_FROM_USD)),
                name="vendor_referral_reason_shown",
            ),
            models.CheckConstraint(
                condition=~Q(substatus="declined")
                | ~Q(reason="")
                | Q(value_usd__isnull=True)
                | Q(value_usd__lt=REASON_FROM_USD),
                name="vendor_referral_declined_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at", "id"], condition=Q(substatus="received"), name="vendor_ref_awaited"
            ),
            models.Index(fields=["status", "-id"], name="vendor_referral_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} at the vendor"


@guarded(
    may(PARTNERS, "select", f"{OWN_SITE} and shown"),
    may(STAFF, "select insert update"),
    may(OWNER, "select update"),  # for the trigger that shows it on acceptance
)
class Seller(models.Model):
    """Who at the vendor works on an engagement; the partner sees it once the vendor has accepted (C6)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    vendor_referral = models.OneToOneField(
        VendorReferral, on_delete=models.PROTECT, related_name="seller", db_constraint=False
    )  # the constraint includes the site (migrations/0001)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    shown = models.BooleanField(default=False)  # kept by a trigger: once the vendor's side was accepted

    def __str__(self) -> str:
        return self.name


class OfReferral(models.Model):
    """A row that is a part of a referral. `sharing` is the referral's: its foreign key keeps it the same."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    sharing = models.CharField(max_length=11, choices=Sharing.choices)

    class Meta:
        abstract = True


PARTS = (
    may(PARTNERS, "select insert update delete", OWN_SITE),
    may(STAFF, "select insert", SHARED),  # they write those of the deals that they send
    may(OWNER, "select insert update"),  # for the triggers (see the migrations)
)


@guarded(*PARTS)
class TeamMember(OfReferral):
    """Somebody at the partner who works on a referral: one of its users, or anybody else."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="team", db_constraint=False)
    membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=60)
    job_title = models.CharField(_("job title"), max_length=120, blank=True, default="")
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=40)
    notify = models.BooleanField(_("is mailed"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "email"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


@guarded(*PARTS)
class ReferralSolution(OfReferral):
    """A solution that a referral is about. Its name is a copy."""

    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="solutions", db_constraint=False
    )
    solution = models.ForeignKey(
        Solution, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    price = models.BigIntegerField(null=True, blank=True)  # of all of them, in the referral's minor units

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "solution"], name="referral_solution_once")
        ]

    def __str__(self) -> str:
        return self.name


@guarded(may(PARTNERS, "select insert delete", f"{OWN_SITE} and {OWN_USER}"))
class Favourite(models.Model):
    """Somebody's mark on a referral: theirs alone."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "referral"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.user_id} marked {self.referral_id}"


@guarded(
    may(PARTNERS, "select", f"{OWN_SITE} or invited_site_id = {SITE}"),
    may(PARTNERS, "insert", OWN_SITE),
    may(OWNER, "select update"),  # for the triggers that carry it over and bring back the answer
)
class Invitation(models.Model):
    """A partner invites another into an engagement. The other one's referral is made by a trigger.

    Of the invited partner's referral the inviter learns its status, and nothing else; the vendor reads nothing of what
    passes between two partners, of whom one may keep its deal private.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    engagement = models.CharField(max_length=12)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)  # who invites
    site_name = models.CharField(max_length=200)
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="invitations", db_constraint=False
    )
    invited_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    invited_name = models.CharField(max_length=200)
    invited_location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )  # the constraint includes the invited site (migrations/0001)
    help_type = models.CharField(max_length=12, choices=HelpType.choices)
    notes = models.CharField(_("notes"), max_length=2000, blank=True, default="")
    status = models.CharField(
        max_length=6, choices=Status.choices, default=Status.NEW
    )  # of the invited one's
    substatus = models.CharField(max_length=8, choices=Substatus.choices, default=Substatus.RECEIVED)
    invited_by_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "site", "invited_site"], name="invitation_once"),
            models.UniqueConstraint(
                fields=["id", "invited_site"], name="invitation_of_invited_site"
            ),  # for keys
            models.CheckConstraint(condition=_PAIRS, name="invitation_status_pairs"),
            models.CheckConstraint(condition=~Q(site=models.F("invited_site")), name="invitation_of_another"),
        ]
        indexes = [models.Index(fields=["invited_site", "-id"], name="invitation_of_invited")]

    def __str__(self) -> str:
        return f"{self.site_name} invites {self.invited_name}"
