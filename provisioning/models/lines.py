"""Lines of orders that become services, from the order until they are set up, and the links that are mailed for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import OfCustomerSite
from customers.models.standing import TRANSACTIONAL, seen_as, standing_indexes
from identity.models import Site, public_id
from identity.tenancy import GUEST, LINK, OWN_SITE, OWNER, RESELLER, SITE, STAFF, guarded, may
from orders.models import Fulfilment, OrderLine

from .catalogue import Family, services, services_known
from .organisations import Organisation


class LineStatus(models.TextChoices):
    ORDERED = "ordered", pgettext_lazy("set-up status", "Ordered")  # its date has not come
    AWAITING_DETAILS = "awaiting_details", pgettext_lazy("set-up status", "Awaiting details")  # was mailed
    PROVISIONING = "provisioning", pgettext_lazy("set-up status", "Being set up")
    ACTIVE = "active", pgettext_lazy("set-up status", "Active")
    FAILED = "failed", pgettext_lazy("set-up status", "Failed")
    CLOSED = "closed", pgettext_lazy("set-up status", "Closed")  # nobody set it up in time
    CANCELLED = "cancelled", pgettext_lazy("set-up status", "Cancelled")  # its order was


#: While a line has one of these, its contact and its date can still be changed, and its mail be sent again.
LINE_OPEN = (LineStatus.ORDERED, LineStatus.AWAITING_DETAILS)


class Waiting(models.TextChoices):
    """What a line's `due_at` is the time of."""

    NOTHING = "", _("Nothing")
    MAIL = "mail", _("The mail that leads to the set-up")
    CALL = "call", _("A call by the account representative")
    CLOSE = "close", _("Closing")


class Handing(models.TextChoices):
    """Who sets up (D6)."""

    NOBODY = "", _("Not decided")
    PARTNER = "partner", _("The partner")
    COLLEAGUE = "colleague", _("A colleague at the partner")
    CUSTOMER = "customer", _("The customer")


# What is closed can be opened again, whoever's turn it was; what is confirmed of it stands (see the migrations).
CAN_CHANGE = "(onboarded_at is null and status in ('ordered', 'awaiting_details') or status = 'closed')"
IS_OPEN = "status in ('ordered', 'awaiting_details')"
# Whoever has the link says who sets up and in which organisations, and asks for it; never what was ordered.
OF_GUESTS = (
    "status", "status_note", "waits_for", "due_at", "mailed_at", "called_at", "begun_at", "closes_at", "onboarded_at",
    "handed_to", "partner_organisation_id", "organisation_id", "organisation_name", "administrator_email",
    "service_states", "version",
)  # fmt: skip


@guarded(
    *TRANSACTIONAL,
    may(
        RESELLER,
        "update",
        f"{seen_as('reseller')} and {CAN_CHANGE}",
        check=f"reseller_id = {SITE} and {IS_OPEN}",
        columns=("contact_email", "contact_language", "requested_start_on", "time_zone", "status", "status_note",
                 "handed_to", "waits_for", "due_at", "mailed_at", "called_at", "closes_at", "closed_at", "version"),
    ),
    may(GUEST, "select", f"id = {LINK}"),
    may(GUEST, "update", f"id = {LINK}", columns=OF_GUESTS),
)  # fmt: skip
class SetupLine(OfCustomerSite):
    """One line of an order that becomes a service. `waits_for` says what happens at `due_at`, if nothing else does."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    order_line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="setup")
    fulfilment = models.OneToOneField(Fulfilment, on_delete=models.PROTECT, related_name="setup")
    order_number = models.CharField(_("order number"), max_length=24)
    line_number = models.PositiveIntegerField(_("line"))
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"))
    family = models.CharField(_("family"), max_length=8, choices=Family.choices)
    services = services()
    contact_email = models.EmailField(_("provisioning contact"))
    contact_language = models.CharField(_("language of the mail"), max_length=8, default="en")
    requested_start_on = models.DateField(_("requested start date"))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")  # the customer's
    status = models.CharField(
        _("status"), max_length=16, choices=LineStatus.choices, default=LineStatus.ORDERED
    )
    status_note = models.CharField(_("what it waits for"), max_length=300, blank=True, default="")
    waits_for = models.CharField(max_length=5, choices=Waiting.choices, blank=True, default=Waiting.MAIL)
    due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)  # the last mail
    begun_at = models.DateTimeField(
        null=True, blank=True
    )  # since the last mail, somebody acted in the wizard
    called_at = models.DateTimeField(
        null=True, blank=True
    )  # the representative was told, and has not called yet
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    onboarded_at = models.DateTimeField(null=True, blank=True)  # D10: both organisations are confirmed
    activated_at = models.DateTimeField(null=True, blank=True)  # billing starts
    handed_to = models.CharField(max_length=10, choices=Handing.choices, blank=True, default="")
    partner_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="lines", null=True, blank=True
    )  # the customer's
    organisation_name = models.CharField(max_length=200, blank=True, default="")
    administrator_email = models.EmailField(blank=True, default="")
    # How far each service is, for people: {"calling": {"state": "provisioned", "code": "", "text": ""}}
    service_states = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=LineStatus.values), name="setup_line_status_known"),
            models.CheckConstraint(condition=Q(waits_for__in=Waiting.values), name="setup_line_waits_known"),
            models.CheckConstraint(condition=Q(handed_to__in=Handing.values), name="setup_line_handed_known"),
            models.CheckConstraint(condition=Q(family__in=Family.values), name="setup_line_family_known"),
            services_known("setup_line_services_known"),
            models.CheckConstraint(
                condition=Q(waits_for="", due_at__isnull=True) | (~Q(waits_for="") & Q(due_at__isnull=False)),
                name="setup_line_due_at",
            ),
            models.CheckConstraint(
                condition=Q(waits_for="") | Q(status__in=[status.value for status in LINE_OPEN]),
                name="setup_line_waits_while_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="setup_line_closed_at"
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(activated_at__isnull=False, organisation__isnull=False),
                name="setup_line_activated_at",
            ),
        ]
        indexes = [
            *standing_indexes("setup_line", ("-requested_start_on",), ("order_number",)),
            models.Index(fields=["due_at", "id"], condition=~Q(waits_for=""), name="setup_line_due"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number}/{self.line_number}"


@guarded(
    # The reseller's people see and make links of their own lines; never what a link's secret is.
    may(RESELLER, "select insert", OWN_SITE),
    may(RESELLER, "update", OWN_SITE, columns=("revoked_at",)),
    may(STAFF, "select insert update"),
    may(GUEST, "select insert", f"line_id = {LINK}"),
    may(GUEST, "update", f"line_id = {LINK}", columns=("revoked_at",)),
    may(OWNER, "select"),  # for the function that knows a link by its secret
)
class SetupLink(models.Model):
    """A link that lets whoever has it set up one line. Only a hash of its secret is kept."""

    line = models.ForeignKey(SetupLine, on_delete=models.PROTECT, related_name="links")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the line's reseller
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_to = models.EmailField()
    handed_to = models.CharField(max_length=10, choices=Handing.choices, blank=True, default="")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    entered = models.JSONField(default=dict, blank=True)  # of the services, by whoever handed it over

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="setup_link_lives"),
            models.CheckConstraint(condition=Q(handed_to__in=Handing.values), name="setup_link_handed_known"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(revoked_at__isnull=True), name="setup_link_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"to {self.sent_to}"


@guarded(may(GUEST, "select insert", f"line_id = {LINK}"))
class AddressTry(models.Model):
    """An e-mail address that was looked up by whoever has a line's link; kept for as long as it is counted."""

    line = models.ForeignKey(SetupLine, on_delete=models.CASCADE, related_name="+", db_index=False)
    email_key = models.CharField(max_length=254)  # as addresses are compared
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["line", "at"], name="address_try_counted"),
            models.Index(fields=["at"], name="address_try_over"),
        ]

    def __str__(self) -> str:
        return self.email_key
