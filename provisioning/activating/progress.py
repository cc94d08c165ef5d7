"""How far setting up is, for the page that shows it and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Activation, ActivationState, Service, SetupLine
from .asking import FAILED
from .problems import Who, advice_for, advice_of

S = ActivationState
SOON, LATER, LATEST = 2, 5, 30  # seconds until the page asks again
TONES = {S.PROVISIONED: "good", S.WITH_ERRORS: "bad", S.FAILED: "bad", S.REVIEW: "warn"}


@dataclass(frozen=True, slots=True)
class Step:
    """How far one service is. `todo` and `page` are told where it failed (see problems.Advice)."""

    service: str
    label: str | Promise
    state: str
    state_label: str | Promise
    tone: str
    text: str | Promise = ""
    todo: str | Promise = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. `again_in` is in seconds; None: nothing changes any more by itself."""

    state: str
    label: str | Promise
    tone: str
    sentence: str | Promise
    steps: tuple[Step, ...]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    next_try_at: datetime | None  # where the backend did not answer
    again_in: int | None
    problem: str | Promise = ""
    todo: str | Promise = ""
    pages: tuple[str, ...] = ()  # where something else is to be entered
    may_try_again: bool = False
    by_entering: bool = False  # the same again would fail again
    version: int = 0  # for ask_again


def progress(line: SetupLine, *, now: datetime) -> Progress | None:
    """How far the line's set-up is, as far as the reader may see it; None before anybody asked for it."""
    activation = Activation.objects.filter(line_id=line.id).first()
    return progress_of(activation, now=now) if activation else None


def progress_of(activation: Activation, *, now: datetime) -> Progress:
    state, advice = S(activation.state), advice_of(activation)
    steps = tuple(_step(name, known) for name, known in activation.services.items())
    pages = {step.page for step in steps if step.page} | ({advice.page} if advice and advice.page else set())
    entered = any(advice_for(code).who == Who.ENTERED for code in _codes(activation)) if advice else False
    return Progress(
        state=state.value,
        label=state.label,
        tone=TONES.get(state, "info"),
        sentence=_sentence(activation),
        steps=steps,
        asked_by=activation.asked_by,
        asked_at=activation.asked_at,
        finished_at=activation.finished_at,
        next_try_at=activation.due_at if activation.troubles and not activation.finished_at else None,
        again_in=_again_in(activation, now),
        problem=advice.text if advice else "",
        todo=advice.todo if advice else "",
        pages=tuple(sorted(pages)),
        may_try_again=state in FAILED,
        by_entering=entered,
        version=activation.version,
    )


def steps_of(line: SetupLine) -> tuple[Step, ...]:
    """How far each service is, for whoever sees the line; empty before anybody asked for it."""
    return tuple(_step(name, known) for name, known in line.service_states.items())


def _codes(activation: Activation) -> list[str]:
    return [activation.error_code, *(known["code"] for known in activation.services.values())]


def _step(name: str, known: dict[str, str]) -> Step:
    state = S(known["state"])
    failed = advice_for(known["code"]) if state == S.FAILED and known["code"] else None
    return Step(
        service=name,
        label=Service(name).label,
        state=state.value,
        state_label=state.label,
        tone=TONES.get(state, "info"),
        text=failed.text if failed else "",
        todo=failed.todo if failed else "",
        page=failed.page if failed else "",
    )


def _sentence(activation: Activation) -> str | Promise:
    """What is going on, in a sentence."""
    if activation.troubles and not activation.finished_at:
        return _(
            "The vendor's system does not answer just now. It is asked again by itself; nothing is lost."
        )
    return SENTENCES[S(activation.state)]


SENTENCES = {
    S.QUEUED: _("It begins in a moment. You can close this page: it goes on by itself."),
    S.PROVISIONING: _(
        "It is being set up. You can close this page: it goes on by itself, and you get a mail."
    ),
    S.REVIEW: _("The vendor looks at it before it goes on, which can take days. You get a mail."),
    S.PROVISIONED: _("Everything is set up, and billing has started."),
    S.WITH_ERRORS: _("Some services are set up, others are not. Billing has not started."),
    S.FAILED: _("It could not be set up. Billing has not started."),
}


def _again_in(activation: Activation, now: datetime) -> int | None:
    """The page asks often at first, and less often what takes its time."""
    if activation.finished_at is not None:
        return None
    if activation.state == S.REVIEW:
        return LATEST
    waited = (now - activation.asked_at).total_seconds()
    return SOON if waited < 30 else LATER if waited < 300 else LATEST
