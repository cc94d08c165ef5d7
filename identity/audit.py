"""The audit trail: one call inside the action that did the deed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from .actors import Actor

# In plain SQL: nearly every change comes by here, and it asks for nothing back, which takes the right to read the row.
RECORD = """
INSERT INTO identity_auditevent
    (at, event, site_id, user_id, actor_name, object_type, object_id, object_label, private, detail)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def record(event: str, **what: Any) -> None:
    """Write what happened; see `recording`."""
    with connection.cursor() as cursor:
        cursor.execute(*recording(event, **what))


def recording(
    event: str,
    *,
    by: Actor,
    now: datetime,
    object_type: str,
    object_id: object,
    label: str = "",
    site_id: int | None = None,
    private: bool = False,
    **detail: Any,
) -> tuple[str, list[Any]]:
    """The statement that writes what happened, and its parameters: for whoever sends it along with another one.

    `site_id` is the site it concerns; the actor's own when not given. What is `private` its people alone can read.
    """
    if by.key_id is not None:
        detail["key"] = by.key_id  # a program of theirs did it
    who = [site_id or by.site_id, by.user_id, by.name[:120]]
    what = [object_type, str(object_id), str(label)[:200], private, json.dumps(detail)]
    return RECORD, [now, event, *who, *what]


RECORD_MANY = """
INSERT INTO identity_auditevent (at, event, site_id, user_id, actor_name, object_type, object_id, object_label, detail)
SELECT %(now)s, %(event)s, site_id, %(user)s, %(name)s, %(object_type)s, object_id, left(label, 200), '{{}}'::jsonb
FROM ({rows}) AS done
"""


def record_many(
    event: str, rows: str, params: dict[str, Any], *, object_type: str, by: Actor, now: datetime
) -> None:
    """The same for very many objects in one statement, for jobs.

    `rows` is a query for `object_id`, `label` and `site_id` of each; its parameters are `params`.
    """
    done: dict[str, Any] = {
        "now": now,
        "event": event,
        "user": by.user_id,
        "name": by.name[:120],
        "object_type": object_type,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD_MANY.format(rows=rows), {**params, **done})
