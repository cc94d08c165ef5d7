"""People, sites, who belongs where, and what is remembered of what they did."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .privileges import Role, StaffRole, Standing, Tool
from .tenancy import (
    ANONYMOUS,
    DISTRIBUTOR,
    GUEST,
    OWN_SITE,
    OWN_USER,
    OWNER,
    PARTNERS,
    RESELLER,
    SITE,
    STAFF,
    USER,
    guarded,
    may,
)

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread aloud


def public_id() -> str:
    """An opaque id for addresses: 12 characters, about 59 bits, never sequential."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def array_of(choices: type[models.TextChoices]) -> ArrayField:
    return ArrayField(models.CharField(max_length=40, choices=choices.choices), default=list, blank=True)


def array_check(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """A constraint: the array holds nothing but the values of `choices`."""
    return models.CheckConstraint(condition=Q(**{f"{field}__contained_by": choices.values}), name=name)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalise(email), **extra)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalise(username or ""))

    @staticmethod
    def normalise(email: str) -> str:
        return email.strip().lower()


@guarded(
    may(ANONYMOUS, "select insert update"),
    may((*PARTNERS, STAFF), "select", f"id = {USER}"),
    may(
        (*PARTNERS, STAFF),
        "update",
        f"id = {USER}",
        columns=("name", "language", "time_zone", "current_site_id", "preferred_email"),
    ),
    may(OWNER, "select"),  # for the function that tells who is asking
)
class User(AbstractBaseUser):
    """A vendor ID: one person, whichever sites they work for. Only the person sees it; colleagues see a Membership."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=8, default="", blank=True)  # "" = as the browser asks
    time_zone = models.CharField(max_length=64, default="UTC")
    preferred_email = models.EmailField(blank=True)  # overrides every other address for notifications (C11)
    staff_roles = array_of(StaffRole)
    # Which site this person is working for at the moment; not a tenant key.
    current_site = models.ForeignKey(
        "identity.Site", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=models.functions.Lower("email")), name="user_email_lower"
            ),
            array_check("staff_roles", StaffRole, "user_staff_roles_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    @property
    def is_staff_member(self) -> bool:
        return bool(self.staff_roles)


class SiteKind(models.TextChoices):
    RESELLER = "reseller", _("Reseller")
    DISTRIBUTOR = "distributor", _("Distributor")


class Programme(models.TextChoices):
    RELATIONSHIP = "relationship", _("Relationship")
    EXPRESS = "express", _("Express")


class AgreementRole(models.TextChoices):
    """What a site is under its agreement, which one site has signed and others have joined."""

    ORIGINATING = "originating", _("Originating site")
    ADDITIONAL = "additional", _("Additional site")


class PriceLevel(models.TextChoices):
    """Points reach a level: D 500, E 1,000, F 2,500, G 5,000, H 10,000; academic and government are given."""

    BL = "BL"
    D = "D"
    E = "E"
    F = "F"
    G = "G"
    H = "H"
    ED = "ED", _("ED (academic)")
    GV = "GV", _("GV (government)")


@guarded(
    # Distributors are public knowledge to resellers, who choose one for a deal; resellers are nobody's but their own.
    may(RESELLER, "select", f"id = {SITE} or kind = 'distributor'"),
    may(DISTRIBUTOR, "select", f"id = {SITE}"),
    may(STAFF, "select insert update"),
    may(OWNER, "select"),  # for the function that tells who is asking
)
class Site(models.Model):
    """One location of a partner, and the tenant: everything a partner owns belongs to a site."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    number = models.CharField(
        _("site number"), max_length=7, unique=True, validators=[RegexValidator(r"^\d{7}$")]
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(max_length=12, choices=SiteKind.choices)
    country = models.CharField(max_length=2)  # ISO 3166-1
    programme = models.CharField(max_length=12, choices=Programme.choices, default=Programme.RELATIONSHIP)
    price_level = models.CharField(max_length=2, choices=PriceLevel.choices, default=PriceLevel.BL)
    agreement_number = models.CharField(max_length=12, blank=True)
    agreement_role = models.CharField(max_length=12, choices=AgreementRole.choices, blank=True, default="")
    time_zone = models.CharField(max_length=64, default="UTC")
    web_domain = models.CharField(
        max_length=100, blank=True
    )  # an authorisation form comes from an address here
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^\d{7}$"), name="site_number_seven_digits"),
            models.CheckConstraint(condition=Q(kind__in=SiteKind.values), name="site_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class MembershipStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    REMOVED = "removed", _("Removed")


@guarded(
    # Your own memberships at every site (for the site switcher), and your colleagues' at this one.
    may(PARTNERS, "select", f"site_id = {SITE} or user_id = {USER}"),
    may(PARTNERS, "insert update", OWN_SITE),
    may(STAFF, "select insert update"),
    may(OWNER, "select"),  # for the function that tells who is asking
)
class Membership(models.Model):
    """A person's place at a site, with the name and details their colleagues see.

    The details are copies: an administrator of one site may correct them without touching the person's vendor ID,
    which may belong to other sites as well.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.MEMBER)
    status = models.CharField(
        max_length=10, choices=MembershipStatus.choices, default=MembershipStatus.ACTIVE
    )
    tools = array_of(Tool)
    roles = array_of(Role)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    version = models.PositiveIntegerField(
        default=1
    )  # raised by every change: a form shown earlier is then stale
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "user"], name="membership_once_per_site"),
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(standing=Standing.PRIMARY, status=MembershipStatus.ACTIVE),
                name="membership_one_primary",
            ),
            models.CheckConstraint(
                condition=Q(status=MembershipStatus.ACTIVE, removed_at__isnull=True)
                | Q(status=MembershipStatus.REMOVED, removed_at__isnull=False),
                name="membership_removed_at",
            ),
            array_check("tools", Tool, "membership_tools_known"),
            array_check("roles", Role, "membership_roles_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == MembershipStatus.ACTIVE


@guarded(
    may(ANONYMOUS, "select insert update delete"),
    may((*PARTNERS, STAFF), "select insert update delete", OWN_USER),
    may(OWNER, "select"),  # for the function that tells who is asking
)
class Session(AbstractBaseSession):
    """A browser's session, with its user in a column: one join finds who is asking, and a person's can be ended."""

    user_id = models.BigIntegerField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        from .sessions import SessionStore

        return SessionStore

    class Meta(AbstractBaseSession.Meta):
        abstract = False


@guarded(
    may(PARTNERS, "select insert update", f"user_id = {USER} and site_id = {SITE}"),
    may(STAFF, "select insert update", f"user_id = {USER} and site_id is null"),
    # For the function that tells who is asking, and for the triggers that end the keys of whoever leaves.
    may(OWNER, "select update"),
)
class ApiKey(models.Model):
    """A person's key to the API for one site (or for the vendor's staff), with privileges of its own.

    Only a hash of the secret is kept. What a key may do is what it was given, cut down to what its owner may do now.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    privileges = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


#: What an event is about that is about access.
OF_ACCESS = ("access_request", "invitation", "key", "membership", "user")


@guarded(
    may(ANONYMOUS, "insert", f"site_id is null and (user_id is null or user_id = {USER})"),
    may(PARTNERS, "select insert", OWN_SITE),
    may(STAFF, "select insert", "not private"),
    # What the holder of a link did concerns the site whose order the link is about.
    may(GUEST, "insert", f"user_id is null and {OWN_SITE}"),
)
class AuditEvent(models.Model):
    """What somebody did, when, to what: written once in the same transaction as the deed, never changed."""

    at = models.DateTimeField()
    event = models.CharField(max_length=60)  # past tense: "membership.removed"
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=120)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    # For the people of its site alone: the vendor's are not to know that it happened.
    private = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["site", "-at"], name="audit_by_site"),
            models.Index(fields=["object_type", "object_id", "at"], name="audit_by_object"),
            # Changes of access, the latest first: the audit of all sites.
            models.Index(
                fields=["-at", "-id"], condition=Q(object_type__in=OF_ACCESS), name="audit_of_access"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.object_label}"


@guarded(
    may(ANONYMOUS, "select insert update", f"{OWN_USER} and site_id is null"),
    may(PARTNERS, "select insert update", f"{OWN_USER} and {OWN_SITE}"),
    may(STAFF, "select insert update", f"{OWN_USER} and site_id is null"),
)
class Submission(models.Model):
    """A form sent or an API call made, and its answer, so that the same one sent again is not acted on again.

    `status` is null while it runs, and stays so when it came to nothing: the key is then free again.
    """

    user_id = models.BigIntegerField()
    site_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "site_id", "key"], name="submission_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.key
