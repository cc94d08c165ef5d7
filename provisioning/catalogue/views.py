"""The settings pages of provisioning: parts and their elements, days, words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import requires
from identity.once import once
from identity.privileges import Privilege

from ..availability import availability
from ..models import NameKind, NameWord, PartElement, PartSetup, Service, SetupRules, WordUse
from . import actions
from .forms import ElementForm, RulesForm, SetupForm, WordsForm
from .history import history_of, history_of_words

P = Privilege
SERVICES = dict(Service.choices)
V = TypeVar("V", bound=Callable[..., HttpResponse])


def missing_is_404(view: V) -> V:
    """What somebody else removed while this was asked for is not found, like what never was there."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None

    return wrapped  # type: ignore[return-value]


# ------------------------------------------------------------------------------------------ parts


@requires(P.SETTING_VIEW)
@require_safe
def part_list(request: HttpRequest) -> HttpResponse:
    """All parts that are set up."""
    asked = Count("part__elements", filter=Q(part__elements__retired_at=None))
    rows = PartSetup.objects.select_related("part").annotate(asked=asked).order_by("part__number")
    return render(request, "provisioning/settings/parts.html", {"rows": rows, "service_labels": SERVICES})


@requires(P.SETTING_VIEW)
@require_safe
def part_page(request: HttpRequest, number: str) -> HttpResponse:
    """How a part is set up, what has to be known for it, and what was changed."""
    setup = _setup(number)
    elements = list(_elements(setup))
    context = {
        "setup": setup,
        "service_labels": SERVICES,
        "elements": [row for row in elements if row.retired_at is None],
        "retired": [row for row in elements if row.retired_at is not None],
        "events": history_of(setup),
    }
    return render(request, "provisioning/settings/part.html", context)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_part(request: HttpRequest) -> HttpResponse:
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        part = form.cleaned_data["part"]
        try:
            actions.add_setup(part, **form.values(), by=request.actor, now=timezone.now())
        except actions.KeptAlready:
            form.add_error("part", _("This part is set up already."))
        else:
            messages.success(
                request, _("Orders of this part are set up from now on. Say what has to be known.")
            )
            return redirect("setup_settings:part", part.number)
    return _form_page(request, "part_form", form, setup=None)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
@missing_is_404
def change_part(request: HttpRequest, number: str) -> HttpResponse:
    setup = _setup(number)
    form = SetupForm(request.POST or None, row=setup)
    if request.method == "POST" and form.is_valid():
        if stale := _changed(request, setup, form):
            return stale("part_form", setup=setup)
        messages.success(request, _("Saved. What was ordered before keeps what it was ordered with."))
        return redirect("setup_settings:part", number)
    return _form_page(request, "part_form", form, setup=setup)


@requires(P.SETTING_EDIT)
@require_POST
@once
@missing_is_404
def remove_part(request: HttpRequest, number: str) -> HttpResponse:
    """Orders of the part are not set up any longer."""
    setup = _setup(number)
    try:
        actions.remove(setup, version=_version(request), by=request.actor, now=timezone.now())
    except actions.CatalogueChanged:
        messages.error(request, _("This was changed meanwhile, and not removed. Look at it again."))
        return redirect("setup_settings:part", number)
    messages.success(request, _("New orders of this part are not set up. What was ordered before goes on."))
    return redirect("setup_settings:parts")


# ------------------------------------------------------------------------------------------ elements


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_element(request: HttpRequest, number: str) -> HttpResponse:
    setup = _setup(number)
    form = ElementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_element(setup.part, form.values(), by=request.actor, now=timezone.now())
        except actions.KeptAlready:
            form.add_error("name", _("This part has an element of this name already, perhaps a retired one."))
        except actions.TooManyElements:
            form.add_error(None, _("A part has at most %(most)s elements.") % {"most": actions.MOST_ELEMENTS})
        else:
            messages.success(
                request, _("It is asked for from now on, also for what was ordered and is not set up yet.")
            )
            return redirect("setup_settings:part", number)
    return _form_page(request, "element_form", form, setup=setup, element=None)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
@missing_is_404
def change_element(request: HttpRequest, public_id: str) -> HttpResponse:
    element = _element(public_id)
    setup = _setup(element.part.number)
    form = ElementForm(request.POST or None, row=element)
    shown: dict[str, Any] = {"setup": setup, "element": element, "events": history_of(element)}
    if request.method == "POST" and form.is_valid():
        if stale := _changed(request, element, form):
            return stale("element_form", **shown)
        messages.success(request, _("Saved. Forms that are not finished follow within a minute."))
        return redirect("setup_settings:part", setup.part.number)
    return _form_page(request, "element_form", form, **shown)


@requires(P.SETTING_EDIT)
@require_POST
@once
@missing_is_404
def retire_element(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for it no longer; or again."""
    element, retired = _element(public_id), request.POST.get("retired") == "1"
    try:
        actions.retire(
            element, retired=retired, version=_version(request), by=request.actor, now=timezone.now()
        )
    except actions.CatalogueChanged:
        messages.error(request, _("This was changed meanwhile. Look at it again."))
    else:
        messages.success(
            request, _("It is not asked for any longer.") if retired else _("It is asked for again.")
        )
    return redirect("setup_settings:part", element.part.number)


# ------------------------------------------------------------------------------------------ days


@requires(P.SETTING_VIEW)
@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """The days that count for everybody."""
    row = SetupRules.objects.get(id=1)
    context = {"days": RulesForm(row=row).shown(), "events": history_of(row)}
    return render(request, "provisioning/settings/days.html", context)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_days(request: HttpRequest) -> HttpResponse:
    row = SetupRules.objects.get(id=1)
    form = RulesForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        if stale := _changed(request, row, form):
            return stale("days_form")
        messages.success(request, _("Saved. What is due already keeps its time."))
        return redirect("setup_settings:days")
    return _form_page(request, "days_form", form)


# ------------------------------------------------------------------------------------------ words


@requires(P.SETTING_VIEW)
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """The words that keep a name from being one; and whether some name can be had."""
    return _words_page(request, WordsForm())


@requires(P.SETTING_EDIT)
@require_POST
@once
def add_words(request: HttpRequest) -> HttpResponse:
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _words_page(request, form)
    data = form.cleaned_data
    added = actions.add_words(data["words"], use=data["use"], by=request.actor, now=timezone.now())
    if added:
        text = ngettext("%(count)s word was added.", "%(count)s words were added.", len(added))
        messages.success(request, text % {"count": len(added)})
    else:
        messages.info(request, _("These words, or some that look like them, are kept already."))
    return redirect("setup_settings:words")


@requires(P.SETTING_EDIT)
@require_POST
@once
@missing_is_404
def remove_word(request: HttpRequest, public_id: str) -> HttpResponse:
    word = get_object_or_404(NameWord, public_id=public_id)
    actions.remove(word, version=word.version, by=request.actor, now=timezone.now())
    messages.success(request, _("“%(word)s” may be used from now on.") % {"word": word.word})
    return redirect("setup_settings:words")


def _words_page(request: HttpRequest, form: WordsForm) -> HttpResponse:
    name = request.GET.get("name", "")[:80].replace("\0", " ")
    found = NameWord.objects.order_by("word")
    context = {
        "form": form,
        "groups": [
            (_("Reserved"), [row for row in found if row.use == WordUse.RESERVED]),
            (_("Offensive"), [row for row in found if row.use == WordUse.OFFENSIVE]),
        ],
        "name": name,
        "tried": availability(NameKind.SUBDOMAIN, name) if name.strip() else None,
        "events": history_of_words(),
    }
    return render(request, "provisioning/settings/words.html", context, status=422 if form.is_bound else 200)


# ------------------------------------------------------------------------------------------ pieces


def _setup(number: str) -> PartSetup:
    return get_object_or_404(PartSetup.objects.select_related("part"), part__number=number)


def _element(public_id: str) -> PartElement:
    return get_object_or_404(PartElement.objects.select_related("part"), public_id=public_id)


def _elements(setup: PartSetup) -> QuerySet[PartElement]:
    return PartElement.objects.filter(part=setup.part).order_by("position", "name")


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _changed(request: HttpRequest, row: Any, form: Any) -> Callable[..., HttpResponse] | None:
    """Change a row as the form says; what shows the form again where somebody was quicker."""
    try:
        actions.change(
            row,
            form.values(),
            version=form.cleaned_data["version"] or 0,
            by=request.actor,
            now=timezone.now(),
        )
    except actions.CatalogueChanged as stale:
        again: QueryDict = request.POST.copy()
        again["version"] = str(stale.now.version)  # type: ignore[attr-defined]
        form.data = again
        changed = history_of(stale.now, limit=3)
        return lambda template, **context: _form_page(request, template, form, stale=changed, **context)
    return None


def _form_page(
    request: HttpRequest, template: str, form: Form, *, stale: list[Any] | None = None, **context: Any
) -> HttpResponse:
    """A form as it is to be filled in: refused with what is wrong (422), or since somebody was quicker (409)."""
    status = 409 if stale is not None else 422 if form.is_bound and form.errors else 200
    shown = {"form": form, "stale": stale, "events": []} | context
    return render(request, f"provisioning/settings/{template}.html", shown, status=status)
