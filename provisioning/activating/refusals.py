"""Why a line cannot be set up just now."""

from __future__ import annotations

from ..models import Activation, SetupLine


class NotOnboarded(Exception):
    """Nobody has confirmed yet whose organisations these are."""


class LineOver(Exception):
    """The line was closed, or its order called off. `line` is as it is now."""

    def __init__(self, line: SetupLine) -> None:
        super().__init__(line.status)
        self.line = line


class NothingFailed(Exception):
    """Only what has failed is tried again."""


class ActivationChanged(Exception):
    """Somebody tried again since this was shown. `activation` is as it is now."""

    def __init__(self, activation: Activation) -> None:
        super().__init__(activation.version)
        self.activation = activation
