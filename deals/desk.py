"""The deal desk's queues: which deals, in which order, and what a row says of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor

from .models import Deal
from .states import WAITING

Deals = QuerySet[Deal, Any]

IN_QUEUE = Q(status__in=WAITING)
SOONEST = ("due", "id")
FIRST_COME = ("listed_at", "id")


@dataclass(frozen=True, slots=True, eq=False)
class Queue:
    """What somebody at the desk works off. `due` is the column of the promise that it is about."""

    name: str
    label: str | Promise
    empty: str | Promise
    condition: Q
    due: str = "decision_due_at"
    together: bool = True  # whether several can be decided at once


TO_DECIDE = Queue("waiting", _("To decide"), _("Every deal that was submitted is decided."), IN_QUEUE)
LATE = Queue("late", _("Late"), _("No promise is broken."), IN_QUEUE)
EXTENSIONS = Queue(
    "extensions",
    _("Extensions asked for"),
    _("No partner waits for an extension."),
    Q(extension_asked_at__isnull=False),
    due="extension_due_at",
    together=False,
)
APPEALS = Queue(
    "appeals", _("Appeals"), _("No partner appeals against a rejection."), IN_QUEUE & ~Q(appeal_text="")
)
CHANGED = Queue(
    "changed",
    _("Changed after approval"),
    _("No approved deal was changed since."),
    IN_QUEUE & Q(number__isnull=False),
)
MINE = Queue("mine", _("Under my review"), _("You have not begun to review a deal that waits."), IN_QUEUE)
QUEUES = (TO_DECIDE, LATE, EXTENSIONS, APPEALS, CHANGED, MINE)

# What a row of the queue says.
ROW = (
    "id", "due", "listed_at", "public_id", "version", "name", "number", "submission_ref", "status",
    "site_name", "site__country", "customer_name", "customer_country", "product_summary", "value", "currency",
    "deal_type", "verdict", "appealed", "question_at", "reviewer_name",
)  # fmt: skip
COUNTRY, DUE = ROW.index("site__country"), ROW.index("due")


def queue_named(name: str) -> Queue:
    """The queue of this name, or the first."""
    return next((queue for queue in QUEUES if queue.name == name), TO_DECIDE)


def order_of(queue: Queue, name: str) -> tuple[str, ...]:
    """By promise, the soonest first; where asked for, by who came first."""
    return FIRST_COME if name == "first" and queue.together else SOONEST


def narrowed(found: Deals, queue: Queue, *, by: Actor, now: datetime) -> Deals:
    """Those of some deals that are in a queue, each with its promise as `due`."""
    return _of_reader(_in_queue(found, queue), queue, by, now)


def rows_in(queue: Queue, *, by: Actor, now: datetime) -> Deals:
    """A queue as plain tuples of ROW."""
    return _of_reader(_rows_of(queue), queue, by, now)


@cache
def _rows_of(queue: Queue) -> Deals:
    # Begun once: the ORM takes longer to find the columns by name than the database to find the rows.
    appealed = ExpressionWrapper(~Q(appeal_text=""), output_field=BooleanField())
    return _in_queue(Deal.objects.annotate(appealed=appealed), queue).values_list(*ROW)


def _in_queue(found: Deals, queue: Queue) -> Deals:
    # The column itself, said to be there always: what waits has a promise, by constraint.
    due = ExpressionWrapper(F(queue.due), output_field=DateTimeField())
    return found.filter(queue.condition).annotate(due=due)


def _of_reader(found: Deals, queue: Queue, by: Actor, now: datetime) -> Deals:
    if queue is LATE:
        return found.filter(decision_due_at__lt=now)
    return found.filter(reviewer_id=by.user_id) if queue is MINE else found
