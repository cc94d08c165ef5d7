"""What leads from an idea to a solution that is co-sell ready, step by step: what is done, and who does the next (C4).

Pure: worked out from the row alone.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models.solutions import Readiness, Solution, SolutionStatus

#: A description that tells a seller anything has at least so many characters.
SHORTEST = 50


class By(enum.Enum):
    """Who does a step."""

    PARTNER = "partner"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist. `what` says what is to be done, in a sentence."""

    name: str
    label: str | Promise
    what: str | Promise
    by: By
    is_done: Callable[[Solution], bool]


def _described(solution: Solution) -> bool:
    return bool(solution.name.strip()) and len(solution.description.strip()) >= SHORTEST


def _published(solution: Solution) -> bool:
    return solution.status == SolutionStatus.PUBLISHED


STEPS: tuple[Step, ...] = (
    Step(
        "described", _("It is described"),
        _("Say what it does in at least 50 characters, so that somebody who sells it understands it."),
        By.PARTNER, _described,
    ),
    Step(
        "value", _("It says what customers gain"),
        _("Say what customers gain from it."),
        By.PARTNER, lambda solution: bool(solution.customer_value.strip()),
    ),
    Step(
        "document", _("There is a page about it"),
        _("Give the address of a page or a document about it that the vendor's sellers can show."),
        By.PARTNER, lambda solution: bool(solution.document_url),
    ),
    Step(
        "contact", _("The vendor's sellers know whom to ask"),
        _("Name somebody whom the vendor's sellers can ask, with an e-mail address."),
        By.PARTNER, lambda solution: bool(solution.contact_name.strip() and solution.contact_email),
    ),
    Step(
        "published", _("It is published"),
        _("Publish it: the vendor sees it then, and does not see drafts."),
        By.PARTNER, _published,
    ),
    Step(
        "asked", _("The vendor was asked to look at it"),
        _("Ask the vendor to make it co-sell ready."),
        By.PARTNER, lambda solution: solution.readiness != Readiness.NOT_READY,
    ),
    Step(
        "ready", _("The vendor made it co-sell ready"),
        _("Channel operations at the vendor look at it and decide."),
        By.VENDOR, lambda solution: solution.readiness == Readiness.READY,
    ),
)  # fmt: skip
#: What is written about it; all of it has to be there before the vendor is asked.
WRITTEN = STEPS[:4]


@dataclass(frozen=True, slots=True)
class Line:
    """A step, as it stands for one solution. `state`: done, now (it is what is to be done next) or todo."""

    step: Step
    done: bool
    state: str


def checklist(solution: Solution) -> list[Line]:
    """Every step in its order; the first that is not done is what is next."""
    lines: list[Line] = []
    for step in STEPS:
        done = step.is_done(solution)
        first = not done and all(line.done for line in lines)
        lines.append(Line(step, done, "done" if done else "now" if first else "todo"))
    return lines


def next_step(solution: Solution) -> Step | None:
    """What is to be done next; None when it is co-sell ready."""
    return next((line.step for line in checklist(solution) if line.state == "now"), None)


def missing_to_publish(solution: Solution) -> list[Step]:
    """A published solution is described: others read it."""
    return [step for step in STEPS[:1] if not step.is_done(solution)]


def missing_to_ask(solution: Solution) -> list[Step]:
    """What is not there yet and has to be, before the vendor is asked to look at it."""
    return [step for step in (*WRITTEN, STEPS[4]) if not step.is_done(solution)]


def missing_to_stay(solution: Solution) -> list[Step]:
    """What it took to come to where it stands, and is not there."""
    if solution.readiness != Readiness.NOT_READY:
        return missing_to_ask(solution)
    return missing_to_publish(solution) if _published(solution) else []
