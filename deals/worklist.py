"""What deals need from somebody today, and where deals are found in the navigation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from identity.worklist import Figure, Task

from . import listing
from .clock import EXPIRING_SOON
from .models import Deal
from .states import WAITING, Status

SHOWN = 5  # of each sort; the rest is in the opportunity manager


def isolated(text: str | None) -> str:
    """A name in plain text, kept from scrambling the sentence around it when it runs the other way."""
    return f"\u2068{text}\u2069"


def _list(show: str) -> str:
    return f"{reverse('deals:list')}?show={show}"


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    if not actor.may(Privilege.DEAL_VIEW):
        return
    if actor.kind is Kind.RESELLER:
        yield from _of_reseller(actor, now)
    elif actor.kind is Kind.DISTRIBUTOR:
        yield from _of_distributor()
    elif actor.is_staff and actor.may(Privilege.DEAL_DECIDE):
        yield from _of_deal_desk(now)
    if StaffRole.CHANNEL_OPERATIONS in actor.staff_roles:
        yield from _broken_promises(now)


def _of_reseller(actor: Actor, now: datetime) -> Iterator[Task]:
    for deal in Deal.objects.filter(status__in=WAITING, question_at__isnull=False).order_by("question_at")[
        :SHOWN
    ]:
        yield Task(
            title=_("The deal desk asks about “%(name)s”") % {"name": isolated(deal.name)},
            detail=_("Answer on the deal's page. A decision is promised all the same."),
            href=reverse("deals:detail", args=[deal.public_id]),
            icon="help",
            due_at=deal.decision_due_at,
            tone="warn",
        )
    for deal in Deal.objects.filter(status=Status.RETURNED).order_by("-listed_at", "-id")[:SHOWN]:
        yield Task(
            title=_("Change the deal “%(name)s”") % {"name": isolated(deal.name)},
            detail=deal.decision_text[:160],
            href=reverse("deals:detail", args=[deal.public_id]),
            icon="arrow-back-up",
            tone="warn",
        )
    soon = Deal.objects.filter(status=Status.APPROVED, expires_at__lt=now + EXPIRING_SOON)
    for deal in soon.order_by("expires_at", "id")[:SHOWN]:
        yield Task(
            title=_("The registration of “%(name)s” expires soon") % {"name": isolated(deal.name)},
            detail=f"{isolated(deal.number)} · {isolated(deal.customer_name)}",
            href=reverse("deals:detail", args=[deal.public_id]),
            icon="hourglass",
            due_at=deal.expires_at,
            tone="warn",
        )
    if actor.may(Privilege.DEAL_REGISTER):
        yield from _proposed()
    drafts = Deal.objects.filter(status=Status.DRAFT, owner_id=actor.membership_id).count()
    if drafts:
        title = ngettext(
            "You have %(count)s unfinished draft", "You have %(count)s unfinished drafts", drafts
        )
        yield Task(
            title=title % {"count": drafts},
            detail=_("Nobody else sees it until you register the deal."),
            href=_list("draft"),
            icon="pencil",
        )


def _proposed() -> Iterator[Task]:
    for deal in Deal.objects.filter(status=Status.DRAFT).exclude(proposal_ref="").order_by("-id")[:SHOWN]:
        yield Task(
            title=_("%(distributor)s proposes the deal “%(name)s”")
            % {"distributor": isolated(deal.proposed_by_name), "name": isolated(deal.name)},
            detail=_("Register it, or decline it."),
            href=reverse("deals:review", args=[deal.public_id]),
            icon="briefcase",
        )


def _of_distributor() -> Iterator[Task]:
    waiting = Deal.objects.filter(status__in=WAITING).count()
    if waiting:
        title = ngettext("%(count)s new deal names you", "%(count)s new deals name you", waiting)
        yield Task(
            title=title % {"count": waiting},
            detail=_("The vendor has not decided yet. You can read and comment."),
            href=_list("waiting"),
            icon="briefcase",
        )


def _broken_promises(now: datetime) -> Iterator[Task]:
    """For channel operations, who are told of each as well: what is late now, whoever was told."""
    late = {
        "waiting": Deal.objects.filter(status__in=WAITING, decision_due_at__lt=now),
        "approved": Deal.objects.filter(extension_asked_at__isnull=False, extension_due_at__lt=now),
    }
    promised = {"waiting": "decision_due_at", "approved": "extension_due_at"}
    for show, deals in late.items():
        found = deals.aggregate(number=Count("id"), since=Min(promised[show]))
        if not found["number"]:
            continue
        if show == "waiting":
            title = ngettext(
                "%(count)s promised decision is late",
                "%(count)s promised decisions are late",
                found["number"],
            )
        else:
            title = ngettext(
                "%(count)s answer to an extension is late",
                "%(count)s answers to an extension are late",
                found["number"],
            )
        yield Task(
            title=title % {"count": found["number"]},
            detail=_("The deal desk was told. Its partners see on their deals that they wait too long."),
            href=_list(show),
            icon="alert-triangle",
            due_at=found["since"],
            tone="bad",
        )


def _of_deal_desk(now: datetime) -> Iterator[Task]:
    waiting = Deal.objects.filter(status__in=WAITING).aggregate(
        number=Count("id"), due_at=Min("decision_due_at")
    )
    if waiting["number"]:
        title = ngettext(
            "%(count)s deal waits for a decision", "%(count)s deals wait for a decision", waiting["number"]
        )
        late = waiting["due_at"] < now
        yield Task(
            title=title % {"count": waiting["number"]},
            detail=_("The oldest promise is late.") if late else _("The soonest promise comes first."),
            href=reverse("deals:desk"),
            icon="gavel",
            due_at=waiting["due_at"],
            tone="bad" if late else "info",
        )
    asked = Deal.objects.filter(extension_asked_at__isnull=False).aggregate(
        number=Count("id"), due_at=Min("extension_due_at")
    )
    if asked["number"]:
        title = ngettext(
            "%(count)s extension is asked for", "%(count)s extensions are asked for", asked["number"]
        )
        late = asked["due_at"] < now
        yield Task(
            title=title % {"count": asked["number"]},
            detail=_("The oldest promise is late.") if late else _("The partner is promised an answer."),
            href=f"{reverse('deals:desk')}?queue=extensions",
            icon="hourglass",
            due_at=asked["due_at"],
            tone="bad" if late else "info",
        )


# How things stand: the views of the opportunity manager that are about what is open, as figures.
FIGURES: dict[Kind, tuple[listing.Tab, ...]] = {
    Kind.RESELLER: (listing.WITH_VENDOR, listing.RETURNED, listing.APPROVED, listing.EXPIRING),
    Kind.DISTRIBUTOR: (listing.WITH_VENDOR, listing.APPROVED, listing.EXPIRING),
    Kind.STAFF: (listing.QUEUE, listing.RETURNED, listing.EXPIRING),
}
ICONS = {"waiting": "clock", "returned": "arrow-back-up", "approved": "circle-check", "expiring": "hourglass"}


@worklist.register_figures
def figures(actor: Actor, now: datetime) -> Iterator[Figure]:
    if not actor.may(Privilege.DEAL_VIEW):
        return
    for tab in FIGURES.get(actor.kind, ()):
        count = listing.deals_in(tab, now=now).count()
        worrying = count and tab in (listing.RETURNED, listing.EXPIRING) and not actor.is_staff
        yield Figure(
            label=str(tab.label),
            value=count,
            href=_list(tab.name),
            icon=ICONS[tab.name],
            tone="warn" if worrying else "neutral",
        )


for _label, _kinds in (
    (gettext_lazy("Opportunity manager"), frozenset({Kind.RESELLER})),
    (gettext_lazy("Deals"), frozenset({Kind.DISTRIBUTOR, Kind.STAFF})),
):
    navigation.register(
        navigation.Entry(_label, "deals:list", "briefcase", "work", 20, _kinds, (Privilege.DEAL_VIEW,))
    )
navigation.register(
    navigation.Entry(
        gettext_lazy("Deal desk"),
        "deals:desk",
        "gavel",
        "work",
        19,
        frozenset({Kind.STAFF}),
        (Privilege.DEAL_DECIDE,),
    )
)
navigation.register(
    navigation.Entry(
        gettext_lazy("Register a deal"),
        "deals:register",
        "circle-plus",
        "work",
        21,
        frozenset({Kind.RESELLER}),
        (Privilege.DEAL_REGISTER,),
    )
)
navigation.register(
    navigation.Entry(
        gettext_lazy("Proposals"),
        "deals:proposals",
        "send",
        "work",
        22,
        frozenset({Kind.DISTRIBUTOR}),
        (Privilege.DEAL_REGISTER,),
    )
)
