"""A chance of a sale, and the registration that may come of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from identity.models import Membership, Site, User, public_id
from identity.tenancy import DISTRIBUTOR, OWN_SITE, OWNER, RESELLER, SITE, STAFF, guarded, may

from ..states import (
    DECIDED,
    EDITABLE,
    LIVE,
    NUMBERED,
    TERMINAL,
    WAITING,
    DealType,
    MatchRule,
    Stage,
    Status,
    Verdict,
)

LARGEST_VALUE = 10**15  # in minor units; ten trillion dollars
PRODUCTS = 3  # a registration is about at most so many products (B4)
NOBODY = 0  # in `reader_id`: no distributor reads this


class OpportunityStatus(models.TextChoices):
    OPEN = "open", _("Open")
    REGISTERED = "registered", _("Registered")
    CLOSED = "closed", _("Closed")


@guarded(may(RESELLER, "select insert update", OWN_SITE))
class Opportunity(models.Model):
    """A chance of a sale, known to the partner alone. A deal may be registered from it (B2)."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    customer_country = models.CharField(max_length=2, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.QUALIFIED)
    currency = models.CharField(max_length=3, blank=True)
    value = models.BigIntegerField(null=True, blank=True)  # minor units
    close_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    status = models.CharField(
        max_length=12, choices=OpportunityStatus.choices, default=OpportunityStatus.OPEN
    )
    owner_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="opportunity_of_site"),  # for foreign keys
            models.CheckConstraint(
                condition=Q(status__in=OpportunityStatus.values), name="opportunity_status_known"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0, value__lte=LARGEST_VALUE),
                name="opportunity_value_range",
            ),
        ]
        indexes = [models.Index(fields=["site", "status", "-id"], name="opportunity_newest")]

    def __str__(self) -> str:
        return self.name


# What a draft's author writes, as it stands in the row; the others have rules of their own in `actions.save_draft`.
PLAIN_FIELDS = frozenset(
    {
        "name", "stage", "deal_type", "currency", "value", "close_on", "competitors", "next_steps",
        "customer_name", "customer_country", "customer_tax_id", "customer_domain",
        "contact_name", "contact_job_title", "contact_email", "contact_phone",
        "engineer_name", "engineer_email",
    }
)  # fmt: skip

# What a reseller writes of a deal; the rest is the vendor's or the database's.
WRITTEN_BY_PARTNER = (
    "name", "stage", "status", "typed", "opportunity_id", "product_summary",
    "customer_id", "customer_name", "customer_country", "customer_tax_id", "customer_domain", "search_name",
    "contact_name", "contact_job_title", "contact_email", "contact_phone",
    "currency", "value", "close_on", "competitors", "next_steps",
    "deal_type", "distributor_id", "distributor_name", "owner_id", "owner_name", "engineer_name", "engineer_email",
    "submission_ref", "submitted_at", "listed_at", "waiting_since", "decision_due_at", "escalated_at",
    "verdict", "verdict_rule", "appeal_text", "question_at", "remind_at", "proposed_by_name",
    "extension_asked_at", "extension_text", "extension_due_at",
    "outcome_code", "outcome_text", "closed_at", "version", "updated_at",
)  # fmt: skip
WRITTEN_BY_STAFF = (
    "status", "number", "reviewer_id", "reviewer_name", "decision_code", "decision_text", "decided_at",
    "decision_due_at", "approved_at", "expires_at", "remind_at", "escalated_at", "question_at",
    "tier", "discount_bp", "rules_version",
    "extensions", "extension_asked_at", "extension_text", "extension_due_at",
    "outcome_code", "outcome_text", "closed_at", "version",
    "updated_at",
)  # fmt: skip


@guarded(
    may(RESELLER, "select", OWN_SITE),
    may(RESELLER, "insert", f"{OWN_SITE} and status = 'draft'"),
    may(RESELLER, "update", OWN_SITE, columns=WRITTEN_BY_PARTNER),
    may(RESELLER, "delete", f"{OWN_SITE} and status = 'draft'"),
    may(DISTRIBUTOR, "select", f"distributor_id = {SITE} and status <> 'draft'"),
    # What a partner has not handed in is nobody's business, the vendor's included.
    may(STAFF, "select", "status <> 'draft'"),
    may(STAFF, "update", "status <> 'draft'", columns=WRITTEN_BY_STAFF),
    may(OWNER, "select"),  # for the function that tells of conflicts (migrations/0007)
)
class Deal(models.Model):
    """A deal registration, from its draft on.

    Names of other parties are copies: policies hide a reseller's site from a distributor, and a person's
    vendor ID from everybody. `value` is in the currency's minor units.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    site_name = models.CharField(max_length=200)
    site_number = models.CharField(max_length=7)
    # The constraints of these three include the site (migrations/0002): they cannot lead to another
    # tenant's row.
    owner = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    owner_name = models.CharField(_("sales contact"), max_length=120)
    distributor = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    distributor_name = models.CharField(_("distributor"), max_length=200, blank=True)
    opportunity = models.ForeignKey(
        Opportunity,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # The rejected or withdrawn deal this one takes up again.
    previous = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    name = models.CharField(_("deal name"), max_length=120, blank=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    customer_country = models.CharField(_("country"), max_length=2, blank=True)
    customer_tax_id = models.CharField(_("tax id"), max_length=30, blank=True)
    customer_domain = models.CharField(_("web domain"), max_length=100, blank=True)
    search_name = models.CharField(max_length=200, blank=True, editable=False)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_job_title = models.CharField(_("job title"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    product_summary = models.CharField(_("products"), max_length=120, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    value = models.BigIntegerField(_("value"), null=True, blank=True)
    close_on = models.DateField(_("expected close date"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.QUALIFIED)
    deal_type = models.CharField(
        _("deal type"),
        max_length=12,
        choices=DealType.choices,
        default=DealType.NEW_BUSINESS,
        db_default=DealType.NEW_BUSINESS,
    )
    competitors = models.CharField(_("competitors"), max_length=500, blank=True)
    next_steps = models.CharField(_("next steps"), max_length=2000, blank=True)
    engineer_name = models.CharField(_("engineer"), max_length=120, blank=True)
    engineer_email = models.EmailField(_("engineer's e-mail"), blank=True)
    # What was typed and cannot be stored in its column (yet), by step and field: a draft loses nothing.
    typed = models.JSONField(default=dict, blank=True)

    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    submission_ref = models.CharField(max_length=12, null=True, blank=True, unique=True)
    number = models.CharField(max_length=20, null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(
        default=1
    )  # raised by every change; a form shown earlier is then stale
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    listed_at = models.DateTimeField()  # what lists are sorted by: begun, and once submitted, first submitted
    submitted_at = models.DateTimeField(null=True, blank=True)  # the first complete submission: first come
    # What the partner was told of other registrations when it handed the deal in (see verdicts.py).
    verdict = models.CharField(max_length=8, default="", db_default="", blank=True, choices=Verdict.choices)
    verdict_rule = models.CharField(
        max_length=10, default="", db_default="", blank=True, choices=MatchRule.choices
    )
    # Text of an appeal: then this deal takes the rejected one (`previous`) up again, at its old place.
    appeal_text = models.CharField(max_length=2000, default="", db_default="", blank=True)
    # The proposal of a distributor that this draft was made of, and who proposed it (B8).
    proposal_ref = models.CharField(max_length=12, default="", db_default="", blank=True, editable=False)
    proposed_by_name = models.CharField(max_length=200, default="", db_default="", blank=True, editable=False)
    waiting_since = models.DateTimeField(null=True, blank=True)  # handed in, this time; decision times count
    decision_due_at = models.DateTimeField(
        null=True, blank=True
    )  # promised to the partner; null while not waiting
    escalated_at = models.DateTimeField(null=True, blank=True)  # this promise was broken, and who was told
    question_at = models.DateTimeField(
        null=True, blank=True
    )  # the desk asked, and the partner has not answered
    reviewer = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reviewer_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_code = models.CharField(max_length=24, blank=True)
    decision_text = models.CharField(max_length=2000, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)  # when the next reminder of the expiry is due
    # The registered-deal discount, as it was granted: never worked out again, never added to another (B6).
    tier = models.CharField(max_length=24, default="", db_default="", blank=True)
    discount_bp = models.PositiveIntegerField(null=True, blank=True)  # hundredths of a per cent
    rules_version = models.PositiveIntegerField(null=True, blank=True)  # RulesVersion.number of the decision
    extensions = models.PositiveSmallIntegerField(default=0, db_default=0)  # how many were granted
    extension_asked_at = models.DateTimeField(null=True, blank=True)  # one waits to be decided
    extension_text = models.CharField(max_length=2000, default="", db_default="", blank=True)
    extension_due_at = models.DateTimeField(null=True, blank=True)  # its decision is promised by then
    # The transaction that took an approval back for changes: its products may be changed there and nowhere else.
    amended_in = models.BigIntegerField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome_code = models.CharField(max_length=24, blank=True)
    outcome_text = models.CharField(max_length=2000, blank=True)

    # For the foreign keys of products and events, which follow them: so that their policies are plain
    # equalities.
    submitted = models.GeneratedField(
        expression=~Q(status=Status.DRAFT),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    reader_id = models.GeneratedField(
        expression=Case(
            When(status=Status.DRAFT, then=Value(NOBODY)),
            default=Coalesce(F("distributor_id"), Value(NOBODY), output_field=models.BigIntegerField()),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="deal_of_site"),  # for foreign keys
            models.UniqueConstraint(fields=["id", "site", "reader_id", "submitted"], name="deal_readers"),
            models.UniqueConstraint(
                fields=["site", "previous"], condition=~Q(appeal_text=""), name="deal_appealed_once"
            ),
            models.UniqueConstraint(
                fields=["site", "proposal_ref"], condition=~Q(proposal_ref=""), name="deal_of_proposal_once"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="deal_status_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="deal_stage_known"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="deal_currency_code"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0, value__lte=LARGEST_VALUE),
                name="deal_value_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=Status.DRAFT,
                    submitted_at__isnull=True,
                    submission_ref__isnull=True,
                    number__isnull=True,
                )
                | (
                    ~Q(status=Status.DRAFT)
                    & Q(submitted_at__isnull=False, submission_ref__isnull=False, customer__isnull=False)
                    & Q(value__gt=0, close_on__isnull=False)
                    & ~Q(name="")
                    & ~Q(customer_name="")
                    & ~Q(contact_name="")
                    & ~Q(product_summary="")
                ),
                name="deal_complete_once_submitted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=EDITABLE) | Q(typed={}), name="deal_typed_while_editable"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WAITING) | Q(decision_due_at__isnull=False),
                name="deal_decision_promised",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=NUMBERED)
                | Q(number__isnull=False, approved_at__isnull=False, expires_at__isnull=False),
                name="deal_number_once_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.REJECTED)
                | (Q(decided_at__isnull=False) & ~Q(decision_code="") & ~Q(decision_text="")),
                name="deal_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.RETURNED) | (Q(decided_at__isnull=False) & ~Q(decision_text="")),
                name="deal_returned_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.LOST) | ~Q(outcome_code=""), name="deal_lost_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.REVOKED) | ~Q(outcome_text=""), name="deal_revoked_with_reason"
            ),
            models.CheckConstraint(condition=Q(deal_type__in=DealType.values), name="deal_type_known"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="deal_verdict_known"),
            models.CheckConstraint(
                condition=Q(status=Status.APPROVED) | Q(remind_at__isnull=True),
                name="deal_reminds_while_approved",
            ),
            models.CheckConstraint(
                condition=Q(extension_asked_at__isnull=True)
                | (Q(status=Status.APPROVED, extension_due_at__isnull=False) & ~Q(extension_text="")),
                name="deal_extension_while_approved",
            ),
            models.CheckConstraint(
                condition=Q(discount_bp__isnull=True) | Q(discount_bp__lte=10_000), name="deal_discount_range"
            ),
            models.CheckConstraint(
                condition=Q(status__in=TERMINAL, closed_at__isnull=False)
                | (~Q(status__in=TERMINAL) & Q(closed_at__isnull=True)),
                name="deal_closed_at",
            ),
        ]
        indexes = [
            # Each list newest first, as its policy cuts it out.
            models.Index(fields=["site", "-listed_at", "-id"], name="deal_newest_of_site"),
            models.Index(fields=["site", "status", "-listed_at", "-id"], name="deal_by_status_of_site"),
            models.Index(
                fields=["distributor", "-listed_at", "-id"],
                condition=~Q(status=Status.DRAFT),
                name="deal_newest_of_distributor",
            ),
            models.Index(
                fields=["-listed_at", "-id"], condition=~Q(status=Status.DRAFT), name="deal_newest_of_all"
            ),
            models.Index(
                fields=["status", "-listed_at", "-id"],
                condition=~Q(status=Status.DRAFT),
                name="deal_by_status",
            ),
            # The deal desk's queue, whoever came first at the top.
            models.Index(fields=["listed_at", "id"], condition=Q(status__in=WAITING), name="deal_queue"),
            # What was promised: for the clock, and for what is late.
            models.Index(
                fields=["decision_due_at", "id"], condition=Q(status__in=WAITING), name="deal_promises"
            ),
            models.Index(
                fields=["extension_due_at", "id"],
                condition=Q(extension_asked_at__isnull=False),
                name="deal_extensions_asked",
            ),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="deal_reminders"),
            # Who else is at this customer: for verdicts and candidates.
            models.Index(fields=["customer"], condition=Q(status__in=LIVE), name="deal_live_of_customer"),
            # What expires: for the job, and for "expiring soon".
            models.Index(fields=["expires_at"], condition=Q(status=Status.APPROVED), name="deal_expiring"),
            models.Index(
                fields=["site", "expires_at"],
                condition=Q(status=Status.APPROVED),
                name="deal_expiring_of_site",
            ),
            models.Index(
                fields=["distributor", "expires_at"],
                condition=Q(status=Status.APPROVED),
                name="deal_expiring_of_distributor",
            ),
            # What closes first: the opportunity manager's order.
            models.Index(
                fields=["site", "close_on", "id"], condition=Q(status__in=LIVE), name="deal_closing_of_site"
            ),
            models.Index(
                fields=["distributor", "close_on", "id"],
                condition=Q(status__in=LIVE),
                name="deal_closing_of_distributor",
            ),
            models.Index(fields=["close_on", "id"], condition=Q(status__in=LIVE), name="deal_closing"),
            # What was won and lost, in the order in which it was: the report's.
            models.Index(
                fields=["site", "closed_at", "id"],
                condition=Q(status__in=DECIDED),
                name="deal_outcomes_of_site",
            ),
            models.Index(
                fields=["distributor", "closed_at", "id"],
                condition=Q(status__in=DECIDED),
                name="deal_outcomes_of_distributor",
            ),
            models.Index(fields=["closed_at", "id"], condition=Q(status__in=DECIDED), name="deal_outcomes"),
            models.Index(fields=["site", "customer"], name="deal_by_customer_of_site"),
            models.Index(fields=["customer"], condition=~Q(status=Status.DRAFT), name="deal_by_customer"),
            models.Index(fields=["site", "search_name"], name="deal_by_name_of_site"),
            models.Index(
                fields=["site", "previous"], condition=Q(previous__isnull=False), name="deal_taken_up_again"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.reference

    @property
    def reference(self) -> str:
        """What the deal is quoted by now: its number, its submission reference, or (a draft) nothing."""
        return self.number or self.submission_ref or ""

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    def readers(self) -> dict[str, Any]:
        """The columns that products and events share with their deal, as the database works them out."""
        submitted = self.status != Status.DRAFT
        return {
            "site_id": self.site_id,
            "submitted": submitted,
            "reader_id": (self.distributor_id or NOBODY) if submitted else NOBODY,
        }

    def is_overdue(self, now: datetime) -> bool:
        """Whether the promised decision is late."""
        return self.status in WAITING and self.decision_due_at is not None and self.decision_due_at < now
