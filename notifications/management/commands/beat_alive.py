from notifications import pulse

from ._alive import AliveCommand


class Command(AliveCommand):
    help = "Has the clock (Celery beat) on this machine handed a job to the broker lately?"
    who = pulse.CLOCK
