"""Jobs: find the site of each request, and bring what was left lying to customer care. Each is safe to run
twice.
"""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from identity import tenancy
from identity.tasks import SystemTask

from . import actions
from .models import AccessCase, AccessRequest, RequestStatus, Route

log = logging.getLogger(__name__)
BATCH = 200


@shared_task(base=SystemTask, name="accounts.route_request")
def route_request(request_id: int) -> None:
    actions.route_request(request_id, now=timezone.now())


@shared_task(name="accounts.sweep")
def sweep() -> None:
    """What nobody was woken for, and what is due. Each in a transaction of its own: one failure stops no
    other.
    """
    now = timezone.now()
    with tenancy.as_system():
        waiting = AccessRequest.objects.filter(routed_at=None, status=RequestStatus.WAITING)
        overdue = AccessCase.objects.filter(
            status=RequestStatus.WAITING, route=Route.SITE, escalated_at=None, due_at__lte=now
        )
        unrouted = list(waiting.order_by("id").values_list("id", flat=True)[:BATCH])
        late = list(overdue.order_by("due_at", "id").values_list("id", flat=True)[:BATCH])
    for request_id in unrouted:
        with tenancy.as_system():
            actions.route_request(request_id, now=now)
    for case_id in late:
        with tenancy.as_system():
            actions.escalate_case(case_id, now=now)


def wake_routing(request_id: int) -> None:
    """Have a request routed now. A courtesy: the sweep finds it anyway, also while the broker is away."""
    try:
        route_request.apply_async((request_id,), retry=False)
    except OperationalError as error:
        log.warning("Nobody could be woken for request %s: %s", request_id, error)
