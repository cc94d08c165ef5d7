"""A worker in a process of its own, to be killed: it takes on deliveries until then."""

from __future__ import annotations

import time

import django

if __name__ == "__main__":
    django.setup()
    from feeds.folders import look_into_places
    from feeds.work import work_on_all

    while True:
        from django.utils import timezone

        look_into_places(now=timezone.now())
        work_on_all()
        time.sleep(0.1)
