from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .world import Server, mail_server


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A mail server that takes everything, and does otherwise when told."""
    with mail_server(settings) as running:
        yield running
