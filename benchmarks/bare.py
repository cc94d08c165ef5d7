"""The least program that answers with the same deals: one connection, one scope, one query, JSON.

It does what the portal's page does in the database, and nothing else: no session, no person, no template.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import psycopg2


@cache
def connection() -> Any:
    """Each worker's own, made at its first request and kept."""
    return psycopg2.connect(os.environ["DATABASE_URL"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with connection() as db, db.cursor() as cursor:
        cursor.execute(os.environ["BENCH_SCOPE"])
        cursor.execute(os.environ["BENCH_QUERY"])
        rows = cursor.fetchall()
    body = json.dumps({"deals": rows}, default=str).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
