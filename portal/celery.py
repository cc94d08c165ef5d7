"""The Celery application: what runs outside the request, and the clock that starts it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
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
    "deliver what nobody was woken for": {
        "task": "notifications.sweep",
        "schedule": 15,
        "args": [15],
        "options": {"expires": 15},
    },
    "see whether a worker consumes": {
        "task": "notifications.canary",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "forget what was answered a day ago": {
        "task": "identity.forget_submissions",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
}
