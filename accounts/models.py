"""Requests for access, as the applicant and as the decider see them, and invitations.

A request is two rows on purpose. `AccessRequest` is the applicant's: what they typed, and what was decided.
Nothing in it tells whether the number belongs to a site. `AccessCase` is the same request for those who
decide, made by a job (`accounts.actions.route_request`) that knows the sites. Triggers (migrations/0002)
carry the decision to the one and a withdrawal to the other, so that no role needs to write what it may not
read.
"""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import Membership, Site, User, array_check, array_of, public_id
from identity.privileges import Role, Tool
from identity.tenancy import ANONYMOUS, OWN_SITE, OWN_USER, OWNER, PARTNERS, SITE, STAFF, USER, guarded, may

SEVEN_DIGITS = r"^\d{7}$"


class RequestKind(models.TextChoices):
    """What was answered to "I believe I am the primary contact of this site" (A2)."""

    SELF_NOMINATION = "self_nomination", _("Self-nomination")
    AUTHORISATION = "authorisation", _("Authorisation form")


class RequestStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RejectReason(models.TextChoices):
    """Shown to the applicant. None of them tells whether the number belongs to a site."""

    NOT_CONFIRMED = "not_confirmed", _("We could not confirm that you work for this site")
    WRONG_SITE = "wrong_site", _("Your work belongs to another site number")
    NOT_PRIMARY = "not_primary", _("You could not be confirmed as the primary contact")
    NOT_NEEDED = "not_needed", _("Your work does not need the portal")
    INCOMPLETE = "incomplete", _("Something is missing in the request")
    OTHER = "other", _("Another reason")


class Route(models.TextChoices):
    SITE = "site", _("The site's contacts")
    CARE = "care", _("Customer care")


class Problem(models.TextChoices):
    """Why a case is with customer care although the site's contacts would decide it. For staff only."""

    NONE = "", _("None")
    NOT_FOUND = "not_found", _("Number not found")
    NOBODY = "nobody", _("The site has no contact")


class Asked(models.Model):
    """What the applicant wrote; the same in both rows."""

    public_id = models.CharField(
        max_length=12, unique=True, default=public_id, editable=False
    )  # of both rows
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(_("site number"), max_length=7, validators=[RegexValidator(SEVEN_DIGITS)])
    kind = models.CharField(max_length=16, choices=RequestKind.choices)
    message = models.CharField(max_length=500, blank=True)  # to whoever decides
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    company_email = models.EmailField(_("company e-mail"), blank=True)
    reason = models.CharField(max_length=1000, blank=True)  # why the primary contact should change
    name = models.CharField(_("name"), max_length=120)  # copies: nobody else may read the vendor ID itself
    email = models.EmailField(_("e-mail"))
    status = models.CharField(max_length=10, choices=RequestStatus.choices, default=RequestStatus.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # when customer care takes over
    closed_at = models.DateTimeField(null=True, blank=True)
    reject_code = models.CharField(max_length=16, choices=RejectReason.choices, blank=True)
    decision_text = models.CharField(max_length=1000, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=SEVEN_DIGITS), name="%(class)s_number_seven_digits"
            ),
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="%(class)s_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values), name="%(class)s_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.WAITING, closed_at__isnull=True)
                | (~Q(status=RequestStatus.WAITING) & Q(closed_at__isnull=False)),
                name="%(class)s_closed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.REJECTED) | (~Q(reject_code="") & ~Q(decision_text="")),
                name="%(class)s_rejected_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"

    @property
    def is_waiting(self) -> bool:
        return self.status == RequestStatus.WAITING

    @property
    def is_authorisation(self) -> bool:
        return self.kind == RequestKind.AUTHORISATION


@guarded(
    may((ANONYMOUS, *PARTNERS), "select", OWN_USER),
    may((ANONYMOUS, *PARTNERS), "insert", f"{OWN_USER} and status = 'waiting'"),
    may(
        (ANONYMOUS, *PARTNERS),
        "update",
        f"{OWN_USER} and status = 'waiting'",
        check=f"{OWN_USER} and status = 'withdrawn'",
        columns=("status", "closed_at"),
    ),
    may(OWNER, "select update"),  # for the trigger that brings the decision
)
class AccessRequest(Asked):
    """A request for access to a site, as the applicant sees it."""

    routed_at = models.DateTimeField(null=True, blank=True)  # for the job; says nothing about the number

    class Meta(Asked.Meta):
        constraints = [
            *Asked.Meta.constraints,
            models.UniqueConstraint(
                fields=["user", "number"], condition=Q(status="waiting"), name="accessrequest_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="accessrequest_by_user"),
            models.Index(
                fields=["id"], condition=Q(routed_at=None, status="waiting"), name="accessrequest_unrouted"
            ),
        ]


FOR_THE_SITE = f"site_id = {SITE} and route = 'site'"


@guarded(
    may(PARTNERS, "select", FOR_THE_SITE),
    may(
        PARTNERS,
        "update",
        f"{FOR_THE_SITE} and user_id <> {USER}",  # nobody decides their own
        columns=(
            "status", "closed_at", "reject_code", "decision_text", "decided_by_id", "decided_by_name",
            "tools", "roles",
        ),
    ),
    may(STAFF, "select"),
    may(STAFF, "update", f"user_id <> {USER}"),
    may(OWNER, "select update"),  # for the trigger that brings a withdrawal
)  # fmt: skip
class AccessCase(Asked):
    """The same request, as those who decide see it: with the site, if there is one, and who is to decide."""

    request = models.OneToOneField(AccessRequest, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=4, choices=Route.choices)
    problem = models.CharField(max_length=10, choices=Problem.choices, blank=True)
    escalated_at = models.DateTimeField(
        null=True, blank=True
    )  # since when it is in customer care's queue as well
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=120, blank=True)
    tools = array_of(Tool)  # what was granted
    roles = array_of(Role)

    class Meta(Asked.Meta):
        constraints = [
            *Asked.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(route=Route.SITE) | Q(site__isnull=False), name="accesscase_site_route_has_site"
            ),
            models.CheckConstraint(condition=Q(route__in=Route.values), name="accesscase_route_known"),
            array_check("tools", Tool, "accesscase_tools_known"),
            array_check("roles", Role, "accesscase_roles_known"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="waiting"), name="accesscase_waiting"),
            models.Index(fields=["site", "due_at", "id"], name="accesscase_by_site"),
            models.Index(fields=["site", "user"], name="accesscase_by_person"),
        ]


class InvitationStatus(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")


@guarded(
    may(PARTNERS, "select insert update", OWN_SITE),
    may(STAFF, "select"),
    may(OWNER, "select"),  # for the function that knows an invitation by its secret
)
class Invitation(models.Model):
    """An offer to an address that has no vendor ID yet: a place at a site, by a link that works once.

    Only a hash of the link's secret is kept. What it grants is worked out when it is accepted: never more
    than its sender may grant on that day.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    tools = array_of(Tool)
    roles = array_of(Role)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    status = models.CharField(max_length=10, choices=InvitationStatus.choices, default=InvitationStatus.OPEN)
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    invited_by_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=InvitationStatus.values), name="invitation_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="invitation_closed_at",
            ),
            models.UniqueConstraint(
                fields=["site", "email"], condition=Q(status="open"), name="invitation_one_open"
            ),
            array_check("tools", Tool, "invitation_tools_known"),
            array_check("roles", Role, "invitation_roles_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
