from notifications import pulse

from ._alive import AliveCommand


class Command(AliveCommand):
    help = "Has a worker on this machine taken the canary from the queue lately?"
    who = pulse.WORKER
