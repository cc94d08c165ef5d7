"""The portal's Celery application, whose clock ticks for reports and mail alone, every second; for real processes."""

from portal.celery import app

JOBS = ("reports.sweep", "notifications.sweep")
app.conf.beat_schedule = {job: {"task": job, "schedule": 1, "args": [1]} for job in JOBS}

__all__ = ["app"]
