"""The portal's Celery application with this directory's kinds of notices, for real workers."""

from portal.celery import app

app.conf.imports = ("tests.notifications.world",)
# The sweep alone, and without the usual leisure.
app.conf.beat_schedule = {"sweep": {"task": "notifications.sweep", "schedule": 1, "args": [1]}}

__all__ = ["app"]
