from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications import pulse


class AliveCommand(BaseCommand):
    """Ends with 0 when the process gave a sign of life lately, for health checks."""

    who: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--within", type=float, default=pulse.STALE, help="seconds (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        age = pulse.age(self.who)
        if age is None:
            raise CommandError(f"The {self.who} has not given a sign of life yet.")
        if age > options["within"]:
            raise CommandError(f"The last sign of life of the {self.who} was {age:.0f} seconds ago.")
        self.stdout.write(f"The {self.who} was alive {age:.0f} seconds ago.")
