"""gunicorn's settings, the same in the demo, in production and under measurement:

    gunicorn --config python:portal.gunicorn --bind 127.0.0.1:8000 portal.wsgi

Sync workers: at a few clients they serve more than threads do (the GIL), and the buffering proxy in front
of them keeps slow clients away.
"""

from __future__ import annotations

import gc
from typing import Any

# Loaded once and then forked: workers start at once and share the memory.
preload_app = True
control_socket_disable = True


def pre_fork(server: Any, worker: Any) -> None:
    """What is there by now stays: the collector need not walk over it, nor touch the memory workers share."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    # A page makes thousands of objects and drops nearly all by itself; by default (700) the collector would
    # look through them several times a page.
    gc.set_threshold(20_000, 20, 50)
