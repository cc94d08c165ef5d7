"""How far a line is, and trying again, for programs: part of `/api/v1/setup-lines/`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.api import Conflict, Refused
from identity.privileges import Refusal

from ..models import ActivationState, Service, SetupLine
from .asking import ask_again
from .possible import not_shown, refusal, shown_to
from .progress import steps_of
from .refusals import ActivationChanged, LineOver, NothingFailed


class SetupServiceOut(serializers.Serializer[Any]):
    service = serializers.ChoiceField(Service.choices)
    state = serializers.ChoiceField(ActivationState.choices)
    problem = serializers.CharField(help_text="Why it failed, in your language.")
    todo = serializers.CharField(help_text="What to do about it.")


class SetupProgressOut(serializers.Serializer[Any]):
    """How far a line is. Empty and null where nobody has asked for it yet, or where it is not yours to see."""

    state = serializers.ChoiceField(ActivationState.choices, allow_blank=True)
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(help_text="Why it failed, in your language.")
    todo = serializers.CharField(help_text="What to do about it.")
    may_try_again = serializers.BooleanField()
    services = SetupServiceOut(many=True)


def told_of(line: SetupLine, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """As far as this actor may see it."""
    found = shown_to(actor, line, now=now)
    steps = found.steps if found else steps_of(line)
    return {
        "state": found.state if found else "",
        "asked_by": found.asked_by if found else "",
        "asked_at": found.asked_at if found else None,
        "finished_at": found.finished_at if found else None,
        "next_try_at": found.next_try_at if found else None,
        "problem": str(found.problem) if found else "",
        "todo": str(found.todo) if found else "",
        "may_try_again": refusal(actor, line, found) is None,
        "services": [
            {
                "service": step.service,
                "state": step.state,
                "problem": str(step.text) if found else "",
                "todo": str(step.todo) if found else "",
            }
            for step in steps
        ],
    }


def try_again(line: SetupLine, *, by: Actor, now: datetime) -> None:
    """The same again, if that helps. Raises PrivilegeMissing, Conflict."""
    if (hidden := not_shown(by, line)) is not None:
        raise PrivilegeMissing(hidden)
    if (refused := refusal(by, line, shown_to(by, line, now=now))) is not None:
        raise _conflict(refused)
    try:
        ask_again(line, by=by, now=now)
    except (NothingFailed, ActivationChanged, LineOver):
        refused = refusal(by, line, shown_to(by, line, now=now))
        assert refused is not None
        raise _conflict(refused) from None


def _conflict(refused: Refusal) -> Refused:
    return Conflict("cannot_try_again", f"{refused.reason} {refused.who}")
