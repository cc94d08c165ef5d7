"""Business profiles: what a partner says of itself for one country, and the copy of it that everybody reads."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.models import Site, public_id
from identity.tenancy import ANONYMOUS, GUEST, OWN_SITE, PARTNERS, STAFF, guarded, may

from .places import Location

LONGEST_DESCRIPTION = 2_500  # characters
WIDEST_LOGO = 300  # pixels
MOST_LOCATIONS = 5


class ProfileState(models.TextChoices):
    """Where the partner's own copy stands. Whether a copy is public is another matter: see Profile.is_public."""

    DRAFT = "draft", pgettext_lazy("profile", "Draft")
    WAITING = "waiting", pgettext_lazy("profile", "Waiting to go live")
    LIVE = "live", pgettext_lazy("profile", "Live")
    CHANGED = "changed", pgettext_lazy("profile", "Live, with changes that are not published")
    STOPPED = "stopped", pgettext_lazy("profile", "Stopped")
    WITHDRAWN = "withdrawn", pgettext_lazy("profile", "Withdrawn")


class Told(models.Model):
    """What a profile says, the partner's own copy and the public one alike."""

    name = models.CharField(_("name shown"), max_length=120)
    description = models.CharField(_("description"), max_length=LONGEST_DESCRIPTION, blank=True, default="")
    website = models.URLField(_("website"), max_length=300, blank=True, default="")
    country = models.CharField(_("country"), max_length=2)  # ISO 3166
    # Codes of cosell/tags.py; sorted as there
    tags = ArrayField(models.CharField(max_length=40), blank=True, default=list)
    skills = ArrayField(models.CharField(max_length=40), blank=True, default=list)
    languages = ArrayField(models.CharField(max_length=3), blank=True, default=list)  # ISO 639
    # Values of states.CompanySize; none means customers of any size
    sizes = ArrayField(models.CharField(max_length=12), blank=True, default=list)
    # Whether an enquiry of a customer of any other size is turned away at once
    turns_away = models.BooleanField(default=False)
    logo = models.CharField(max_length=64, blank=True, default="")  # its file's name in the store; "" = none
    logo_sha256 = models.CharField(max_length=64, blank=True, default="")
    logo_type = models.CharField(max_length=16, blank=True, default="")  # image/png or image/jpeg
    logo_size = models.PositiveIntegerField(default=0)  # bytes
    logo_width = models.PositiveIntegerField(default=0)  # pixels
    logo_height = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"


#: The fields of Told: what goes over when a profile becomes public.
TOLD = tuple(field.name for field in Told._meta.local_fields)


@guarded(
    may(PARTNERS, "select update", OWN_SITE),
    may(PARTNERS, "insert", f"{OWN_SITE} and state = 'draft' and not is_public"),
    may(PARTNERS, "delete", f"{OWN_SITE} and state = 'draft' and not is_public and published_at is null"),
    may(STAFF, "select", "state <> 'draft'"),
    may(STAFF, "update", "state <> 'draft'", columns=(
        "state", "is_public", "live_at", "live_since", "decided_at", "decided_by_name", "reason", "version",
    )),
)  # fmt: skip
class Profile(Told):
    """A partner's own copy, one for each country it works in. The vendor sees it unless it is a draft.

    Who may move it from state to state the database decides (migrations/0005): partners publish and withdraw, only
    the vendor's people and the clock make it live or stop it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    site_name = models.CharField(max_length=200)
    site_number = models.CharField(max_length=7)
    state = models.CharField(max_length=9, choices=ProfileState.choices, default=ProfileState.DRAFT)
    is_public = models.BooleanField(default=False)  # a PublishedProfile of it exists
    published_at = models.DateTimeField(null=True, blank=True)  # when it was last handed in
    published_by_name = models.CharField(max_length=120, blank=True, default="")
    live_at = models.DateTimeField(null=True, blank=True)  # when what waits goes live by itself
    live_since = models.DateTimeField(null=True, blank=True)  # of what is public now
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=1000, blank=True, default="")  # why it was stopped
    changed_by_name = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="profile_of_site"),  # for foreign keys
            models.UniqueConstraint(fields=["site", "country"], name="profile_once_a_country"),
            models.CheckConstraint(condition=Q(state__in=ProfileState.values), name="profile_state_known"),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(live_at__isnull=False, published_at__isnull=False),
                name="profile_waits_until",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["live", "changed"]) | Q(is_public=True, live_since__isnull=False),
                name="profile_live_is_public",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["draft", "withdrawn"]) | Q(is_public=False),
                name="profile_draft_is_not_public",
            ),
            models.CheckConstraint(condition=~Q(state="stopped") | ~Q(reason=""), name="profile_stopped_why"),
            models.CheckConstraint(condition=Q(skills__len__lte=20), name="profile_skills_at_most"),
            models.CheckConstraint(
                condition=Q(logo="", logo_width=0)
                | (~Q(logo="") & Q(logo_width__gt=0, logo_width__lte=WIDEST_LOGO)),
                name="profile_logo_narrow",
            ),
        ]
        indexes = [
            models.Index(fields=["live_at", "id"], condition=Q(state="waiting"), name="profile_waiting"),
        ]


@guarded(
    may(PARTNERS, "select insert update delete", OWN_SITE),
    may(STAFF, "select"),
)
class ProfileLocation(models.Model):
    """A location of the site's that a profile names, at its place in the order (1 to 5)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraints of both include the site (migrations/0005).
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="locations", db_constraint=False, db_index=False
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "position"], name="profile_location_place"),
            models.UniqueConstraint(fields=["profile", "location"], name="profile_location_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_LOCATIONS), name="profile_locations_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} of profile {self.profile_id}"


EVERYBODY = (ANONYMOUS, *PARTNERS, STAFF, GUEST)


@guarded(
    may(EVERYBODY, "select"),
    may(STAFF, "insert update delete"),
    may(PARTNERS, "delete", OWN_SITE),
)
class PublishedProfile(Told):
    """What everybody reads, signed in or not: it has public columns alone, and no row that is not live.

    Its id is the profile's. Made, replaced and taken away by cosell/profiles/publishing.py.
    """

    profile = models.OneToOneField(
        Profile, on_delete=models.PROTECT, primary_key=True, related_name="published", db_constraint=False
    )  # the constraint includes the site (migrations/0005)
    public_id = models.CharField(max_length=12, unique=True)  # the profile's
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    # What it is sorted and found by: the name folded; and the words of name and skills, each after a space
    sort_name = models.CharField(max_length=130)
    words = models.TextField()
    live_since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "profile"], name="published_of_site"),  # for foreign keys
            models.UniqueConstraint(fields=["site", "country"], name="published_once_a_country"),
        ]
        indexes = [
            models.Index(fields=["country", "sort_name", "profile"], name="published_in_country"),
            models.Index(fields=["sort_name", "profile"], name="published_by_name"),
            GinIndex(fields=["tags"], name="published_by_tag"),
            GinIndex(OpClass(F("words"), name="gin_trgm_ops"), name="published_by_word"),
        ]


@guarded(
    may(EVERYBODY, "select"),
    may(STAFF, "insert update delete"),
    may(PARTNERS, "delete", OWN_SITE),
)
class PublishedLocation(models.Model):
    """A place at which a published profile's partner works, as it was when it went live."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraints of both include the site (migrations/0005).
    profile = models.ForeignKey(
        PublishedProfile,
        on_delete=models.CASCADE,
        related_name="locations",
        db_constraint=False,
        db_index=False,
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    address_line1 = models.CharField(max_length=200, blank=True, default="")
    address_line2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=120)
    state = models.CharField(max_length=120, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    country = models.CharField(max_length=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "position"], name="published_location_place")
        ]

    def __str__(self) -> str:
        return self.name
