"""`python -m benchmarks.visitor PATH,PATH… [EMAIL]`: signs the sales representative (or whoever has that address) in,
opens one page after the other, and tells as JSON, of each, the browser's cookies and what it asked of the database.

A process of its own, so that whoever measures need not be a Django process.
"""

from __future__ import annotations

import json
import sys
from urllib.parse import urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.world import SALES_EMAIL  # noqa: E402
from identity import tenancy  # noqa: E402
from identity.models import User  # noqa: E402


def visits(paths: str, email: str = SALES_EMAIL) -> list[dict[str, object]]:
    client = Client(headers={"host": urlsplit(settings.PORTAL_URL).netloc})
    with tenancy.door():
        client.force_login(User.objects.get(email=email), settings.AUTHENTICATION_BACKENDS[0])
    return [visit(client, path) for path in paths.split(",")]


def visit(client: Client, path: str) -> dict[str, object]:
    client.get(path)  # what only a first request asks is not the page's
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}: {answer.content[:500]!r}"
    return {
        "cookies": "; ".join(
            f"{name}={cookie.value}" for name, cookie in client.cookies.items() if cookie.value
        ),
        "statements": [query["sql"] for query in captured.captured_queries],
    }


if __name__ == "__main__":
    json.dump(visits(*sys.argv[1:]), sys.stdout)
