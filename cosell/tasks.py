"""The jobs of every room, where the worker looks for them. When they run is in portal/celery.py."""

from .bulk.tasks import forget as forget_uploads
from .bulk.tasks import work as work_on_uploads
from .leads.tasks import tell_new as tell_new_leads
from .matching.tasks import reckon_figures
from .profiles.tasks import publish_profiles, sweep_profile_logos
from .referrals.tasks import watch_answers

__all__ = [
    "forget_uploads",
    "publish_profiles",
    "reckon_figures",
    "sweep_profile_logos",
    "tell_new_leads",
    "watch_answers",
    "work_on_uploads",
]
