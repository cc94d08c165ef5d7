"""The Celery application: what runs outside the request, and the clock that starts it."""

import os

from celery import Celery

from portal import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
broker.install()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The clock: everything that runs by itself, in one place. Each job is safe to run twice; `expires` keeps a queue
# nobody emptied for a while from running the same job over and over.
app.conf.beat_schedule = {
    "route and escalate requests for access": {
        "task": "accounts.sweep",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "let approvals run out": {
        "task": "deals.expire",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "carry proposals and their answers": {
        "task": "deals.carry_proposals",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "forget files that belong to nothing": {
        "task": "deals.sweep_files",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "remind of what expires soon": {
        "task": "deals.remind",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "escalate promised decisions that are late": {
        "task": "deals.escalate",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "work out how long decisions take": {
        "task": "deals.pace",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "build the price files that are missing": {
        "task": "pricing.build_missing",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "forget price files that nobody is offered": {
        "task": "pricing.sweep_files",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "deliver what nobody was woken for": {
        "task": "notifications.sweep",
        "schedule": 15,
        "args": [15],
        "options": {"expires": 15},
    },
    "make files that nobody was woken for, and send reports whose time has come": {
        "task": "reports.sweep",
        "schedule": 15,
        "args": [15],
        "options": {"expires": 15},
    },
    "let files of reports expire": {
        "task": "reports.expire",
        "schedule": 10 * 60,
        "options": {"expires": 10 * 60},
    },
    "check and load deliveries that nobody was woken for": {
        "task": "feeds.work",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "look into watched folders": {
        "task": "feeds.look",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "forget files of deliveries": {
        "task": "feeds.sweep_files",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "see whether a worker consumes": {
        "task": "notifications.canary",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "forget old mails and what was in inboxes, once a day": {
        "task": "notifications.forget",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "forget what was answered a day ago": {
        "task": "identity.forget_submissions",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
}
