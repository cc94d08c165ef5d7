"""The Celery application: what runs outside the request, and the clock that starts it."""

import os
from typing import Any

from celery import Celery

from portal import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
broker.install()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HOUR = 60 * 60


def every(seconds: int, task: str, *args: Any) -> dict[str, Any]:
    """A job of the clock. `expires` keeps a queue nobody emptied for a while from running it over and over."""
    return {"task": task, "schedule": seconds, "args": args, "options": {"expires": seconds}}


# The clock: everything that runs by itself, in one place. Each job is safe to run twice.
app.conf.beat_schedule = {
    "route and escalate requests for access": every(15, "accounts.sweep"),
    "let approvals run out": every(60, "deals.expire"),
    "carry proposals and their answers": every(15, "deals.carry_proposals"),
    "forget files that belong to nothing": every(HOUR, "deals.sweep_files"),
    "remind of what expires soon": every(60, "deals.remind"),
    "escalate promised decisions that are late": every(60, "deals.escalate"),
    "work out how long decisions take": every(HOUR, "deals.pace"),
    "remind of renewals": every(60, "renewals.remind"),
    "settle renewals that nobody ordered, and bring who sees what in line with the day": every(
        HOUR, "renewals.settle"
    ),
    "take up, mail, call about and close what is to be set up": every(60, "provisioning.lines"),
    "bring provisioning forms in line, and ask for what is missing": every(60, "provisioning.forms"),
    "let quotes run out": every(600, "orders.expire_quotes"),
    "end trials, and delete what was cancelled and not restored in time": every(
        60, "provisioning.end_subscriptions"
    ),
    "tell the backend what became of subscriptions": every(15, "provisioning.sweep_backend", 15),
    "set up what nobody was woken for": every(15, "provisioning.sweep_activations", 15),
    "build the price files that are missing": every(60, "pricing.build_missing"),
    "forget price files that nobody is offered": every(HOUR, "pricing.sweep_files"),
    "forget logos that were replaced": every(HOUR, "orders.sweep_logos"),
    "remind of co-sell deals that wait for an answer, and let them expire": every(60, "cosell.answers"),
    "make published business profiles live": every(60, "cosell.publish_profiles"),
    "forget logos of profiles that were replaced": every(HOUR, "cosell.sweep_profile_logos"),
    "deliver what nobody was woken for": every(15, "notifications.sweep", 15),
    "make files that nobody was woken for, and send reports whose time has come": every(
        15, "reports.sweep", 15
    ),
    "let files of reports expire": every(600, "reports.expire"),
    "work on files of co-sell deals that nobody was woken for": every(15, "cosell.uploads"),
    "let files of co-sell deals expire": every(HOUR, "cosell.forget_uploads"),
    "check and load deliveries that nobody was woken for": every(15, "feeds.work"),
    "look into watched folders": every(15, "feeds.look"),
    "forget files of deliveries": every(HOUR, "feeds.sweep_files"),
    "tell of leads that came, and of customers who wait": every(60, "cosell.tell_new_leads"),
    "reckon how partners fare with leads and deals": every(HOUR, "cosell.reckon_match_figures"),
    "see whether a worker consumes": every(15, "notifications.canary"),
    "forget old mails and what was in inboxes, once a day": every(HOUR, "notifications.forget"),
    "forget what was answered a day ago": every(HOUR, "identity.forget_submissions"),
}
