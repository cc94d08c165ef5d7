from __future__ import annotations

from collections.abc import Iterator

import pytest

from .vendor import Vendor, vendor_running


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with vendor_running() as running:
        yield running
