"""JSON Patch (RFC 6902), as far as deals take it: `add` and `replace`."""

from __future__ import annotations

import copy
import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from identity.gate import StrictJSONParser

MOST = 200  # operations in one patch


class JSONPatchParser(StrictJSONParser):
    media_type = "application/json-patch+json"


class ReferralPatchOperationIn(serializers.Serializer[Any]):
    op = serializers.ChoiceField([("add", "add"), ("replace", "replace")])
    path = serializers.CharField(help_text="As in `/name`, `/team/0/phone`, `/solutions/-`.")
    value = serializers.JSONField()


class _Wrong(Exception):
    """An operation that cannot be carried out; a sentence says why."""


def patched(document: dict[str, Any], operations: Any) -> dict[str, Any]:
    """The document with the operations carried out, one after the other. Raises ValidationError with the place of the
    first that cannot be; then none is.
    """
    if not isinstance(operations, list) or len(operations) > MOST:
        raise serializers.ValidationError([_("A patch is a list of operations, at most 200.")])
    found = copy.deepcopy(document)
    for number, operation in enumerate(operations):
        try:
            _carry_out(found, operation)
        except _Wrong as wrong:
            raise serializers.ValidationError({f"operations.{number}": [str(wrong)]}) from None
    return found


def _carry_out(document: dict[str, Any], operation: Any) -> None:
    if not isinstance(operation, dict) or set(operation) != {"op", "path", "value"}:
        raise _Wrong(_("An operation has op, path and value."))
    if operation["op"] not in ("add", "replace"):
        raise _Wrong(_("Only add and replace are taken here."))
    *way, last = _steps(operation["path"])
    holder: Any = document
    for step in way:
        holder = _inside(holder, step)
    _put(holder, last, operation["value"], adds=operation["op"] == "add")


def _steps(path: Any) -> list[str]:
    if not isinstance(path, str) or not path.startswith("/"):
        raise _Wrong(_("A path begins with a slash, as in /name."))
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def _inside(holder: Any, step: str) -> Any:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list):
        return holder[_index(holder, step, len(holder) - 1)]
    raise _Wrong(_("There is nothing at this path."))


def _put(holder: Any, step: str, value: Any, *, adds: bool) -> None:
    if isinstance(holder, list):
        if adds:
            holder.insert(len(holder) if step == "-" else _index(holder, step, len(holder)), value)
        else:
            holder[_index(holder, step, len(holder) - 1)] = value
    elif isinstance(holder, dict):
        holder[step] = value  # a name that there is not is refused with the rest of the body
    else:
        raise _Wrong(_("There is nothing at this path."))


def _index(holder: list[Any], step: str, last: int) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,5}", step) or int(step) > last:
        raise _Wrong(_("There is nothing at this path."))
    return int(step)
