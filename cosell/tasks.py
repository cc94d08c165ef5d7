"""The jobs of every room, where the worker looks for them. When they run is in portal/celery.py."""

from .bulk.tasks import forget as forget_uploads
from .bulk.tasks import work as work_on_uploads
from .profiles.tasks import publish_profiles, sweep_profile_logos

__all__ = ["forget_uploads", "publish_profiles", "sweep_profile_logos", "work_on_uploads"]
