from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.cosell.notes.endpoint import Endpoint, endpoint_running


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def endpoint(settings: Any) -> Iterator[Endpoint]:
    """A writing service that runs and is set up."""
    with endpoint_running() as running:
        settings.COSELL_NOTES_URL = running.url
        settings.COSELL_NOTES_KEY = "notes-key"
        settings.COSELL_NOTES_MODEL = "small-writer"
        settings.COSELL_NOTES_TIMEOUT_SECONDS = 2
        yield running
