"""A way of steps, of which nothing is kept: what was entered travels from page to page in the form, signed (D4).

A step has a form; sending it leads to the next one that is needed. Whoever leaves and comes back begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from customers.countries import country_name

from ..availability import Availability
from .guests import Visit

Answers = dict[str, Any]  # by the name of the step


@dataclass
class Walk:
    """One request on the way: whose it is, and what was answered before."""

    request: HttpRequest
    visit: Visit
    answers: Answers
    #: What is needed by several steps in one request, such as the organisations that may be meant.
    seen: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, look: Callable[[], Any]) -> Any:
        """What `look` finds, looked up once a request."""
        if name not in self.seen:
            self.seen[name] = look()
        return self.seen[name]


@dataclass(frozen=True)
class Step:
    """One page. `form(walk, data)` makes its form, with what was answered before as its initial values.

    A form of which one may ask whether a name is free has `check()`. `take(walk, form)` writes the answer into
    `walk.answers`, or acts and answers itself; it may add errors to the form, which then comes back.
    """

    name: str
    label: str | Promise
    form: Callable[[Walk, Any], forms.Form]
    take: Callable[[Walk, Any], HttpResponse | None]
    needed: Callable[[Walk], bool] = lambda walk: True
    show: Callable[[Walk], dict[str, Any]] = lambda walk: {}  # what its page shows besides


@dataclass(frozen=True)
class Way:
    """Steps in their order, at one address.

    `hand_over(walk, form)` has somebody else go on with what was answered so far, and answers; `handed_to(walk)` says
    who that would be, "" where it is nobody.
    """

    name: str
    steps: Sequence[Step]
    handed_to: Callable[[Walk], str] = lambda walk: ""
    hand_over: Callable[[Walk, forms.Form], HttpResponse | None] | None = None

    def begin(self, request: HttpRequest, visit: Visit, answers: Answers | None = None) -> HttpResponse:
        """The first page."""
        walk = Walk(request, visit, answers or {})
        return self._page(walk, self._needed(walk)[0])

    def go_on(
        self, request: HttpRequest, visit: Visit, acted: Callable[[], None] = lambda: None
    ) -> HttpResponse:
        """What follows from a form that was sent. `acted` is called when it was filled in as it should be."""
        walk = Walk(request, visit, self._unsealed(visit, request.POST.get("answers", "")))
        step = self._at(walk, request.POST.get("step", ""))
        if "back" in request.POST:
            before = [one for one in self._needed(walk) if self._place(one) < self._place(step)]
            return self._page(walk, before[-1] if before else step)
        if "language" in request.POST:
            return self._page(walk, step, _as_typed(step, walk))
        form = step.form(walk, request.POST)
        if "check" in request.POST and hasattr(form, "check"):
            return self._page(walk, step, _as_typed(step, walk), checked=form.check())
        answer = None
        if form.is_valid():
            acted()
            answer = step.take(walk, form)
        if answer is None and not form.errors and "hand_over" in request.POST and self.handed_to(walk):
            answer = self.hand_over(walk, form) if self.hand_over else None
        if answer is not None:
            return answer
        if form.errors:
            return self._page(walk, step, form, status=422)
        return self._page(walk, self._after(walk, step))

    # -- where one is

    def _needed(self, walk: Walk) -> list[Step]:
        """The steps of this walk, as far as what was answered tells."""
        return [step for step in self.steps if step.needed(walk)]

    def _at(self, walk: Walk, name: str) -> Step:
        """The step that was sent; an earlier one whose answer is missing."""
        for step in (needed := self._needed(walk)):
            if step.name == name or step.name not in walk.answers:
                return step
        return needed[-1]

    def _after(self, walk: Walk, step: Step) -> Step:
        return next(one for one in self._needed(walk) if self._place(one) > self._place(step))

    def _place(self, step: Step) -> int:
        return self.steps.index(step)

    # -- pages

    def _page(
        self,
        walk: Walk,
        step: Step,
        form: forms.Form | None = None,
        status: int = 200,
        checked: tuple[str, Availability] | None = None,
    ) -> HttpResponse:
        needed = self._needed(walk)
        place = needed.index(step)
        context = {
            "line": walk.visit.line,
            "link": walk.visit.link,
            "answers": walk.answers,
            "sealed": self._sealed(walk),
            "step": step.name,
            "steps": [
                (one.label, "done" if index < place else "now" if index == place else "todo")
                for index, one in enumerate(needed)
            ],
            "is_first": place == 0,
            "place": place + 1,
            "checked": checked,
            "handed_to": "" if step is needed[-1] else self.handed_to(walk),
            "country_name": country_name,
            "form": form if form is not None else step.form(walk, None),
            **step.show(walk),
        }
        return render(walk.request, f"setup/{self.name}/{step.name}.html", context, status=status)

    # -- what travels

    def _salt(self, visit: Visit) -> str:
        return f"setup:{self.name}:{visit.line.id}:{visit.link.link_id}"

    def _sealed(self, walk: Walk) -> str:
        return signing.dumps(walk.answers, salt=self._salt(walk.visit), compress=True)

    def _unsealed(self, visit: Visit, sealed: str) -> Answers:
        """What was answered before; nothing where it is not what this link's pages wrote: one begins again."""
        try:
            found = signing.loads(sealed, salt=self._salt(visit))
        except signing.BadSignature:
            return {}
        return found if isinstance(found, dict) else {}


def _as_typed(step: Step, walk: Walk) -> forms.Form:
    """The form with what was typed, without a word about what is missing: something else was asked for."""
    form, post = step.form(walk, None), walk.request.POST
    form.initial = {
        name: field.widget.value_from_datadict(post, walk.request.FILES, name)
        for name, field in form.fields.items()
    }
    return form
