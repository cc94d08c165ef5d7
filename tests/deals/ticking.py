"""The portal's Celery application, whose clock ticks for the deals' jobs alone, every second; for real processes."""

from portal.celery import app

JOBS = ("deals.expire", "deals.remind", "deals.escalate")
app.conf.beat_schedule = {job: {"task": job, "schedule": 1, "args": [1]} for job in JOBS}

__all__ = ["app"]
