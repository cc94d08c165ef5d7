"""The portal's Celery application with this directory's kinds of notices, for real workers."""

from portal.celery import app

app.conf.imports = ("tests.notifications.world",)

__all__ = ["app"]
