"""What happens to deals by itself, when its time comes. When the jobs run is in portal/celery.py.

Every job looks for rows that are due, and does what makes them due no longer in the same transaction. So it may run
twice, twice at once, late, or be killed in the midst: each thing happens once. The README tells how to add one.
"""

from .due import each_due
from .escalating import escalate, escalate_due
from .expiring import expire, expire_due
from .files import forget_files, sweep_files
from .pace import measure_pace, pace
from .proposals import carry_proposals, proposals_due
from .reminding import remind, remind_due

__all__ = [
    "carry_proposals",
    "each_due",
    "escalate",
    "escalate_due",
    "expire",
    "expire_due",
    "forget_files",
    "measure_pace",
    "pace",
    "proposals_due",
    "remind",
    "remind_due",
    "sweep_files",
]
