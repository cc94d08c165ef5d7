"""A worker in a process of its own, to be killed: it takes on what is due until then."""

from __future__ import annotations

import time

import django

if __name__ == "__main__":
    django.setup()
    from provisioning.activating.working import work_on_due

    while True:
        work_on_due(budget=5)
        time.sleep(0.1)
