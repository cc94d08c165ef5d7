"""`/api/v1/setup-parts/`, `setup-elements/`, `setup-rules/` and `name-words/`: what the vendor keeps for provisioning.

The rules are those of the pages' forms, which check what is sent here as well; what they refuse stands at its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.forms import Form, IntegerField
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from deals.api.input import EmptyIn
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.privileges import Privilege

from ..models import ElementKind, Family, NameWord, PartElement, PartSetup, Service, SetupRules, WordUse
from ..naming import normal, skeleton
from . import actions
from .forms import ElementForm, KeptForm, RulesForm, SetupForm, WordsForm

VIEW, EDIT = Privilege.SETTING_VIEW, Privilege.SETTING_EDIT
ANSWERS: dict[type[Exception], Any] = {actions.CatalogueChanged: CHANGED}
DAYS: dict[str, Any] = {
    name: field for name, field in RulesForm.base_fields.items() if name not in KeptForm.base_fields
}


# ------------------------------------------------------------------------------------------------ out


class SetupPartOut(serializers.Serializer[PartSetup]):
    part = serializers.CharField(source="part.number", help_text="The part's number.")
    family = serializers.ChoiceField(Family.choices)
    services = serializers.ListField(child=serializers.ChoiceField(Service.choices))


class SetupElementOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    part = serializers.CharField(source="part.number", help_text="The part's number.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(ElementKind.choices)
    help = serializers.CharField(help_text="What whoever fills in the form is told about it.")
    choices = serializers.ListField(
        child=serializers.CharField(), help_text="Of a `choice`: what is offered."
    )
    required = serializers.BooleanField()  # type: ignore[assignment]
    position = serializers.IntegerField(help_text="Lower comes first.")
    retired_at = serializers.DateTimeField(
        allow_null=True, help_text="Asked for no longer since then; null while it is."
    )


class SetupRulesOut(serializers.Serializer[SetupRules]):
    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField(help_text=_said(field)) for name, field in DAYS.items()}


class NameWordOut(serializers.Serializer[NameWord]):
    id = serializers.CharField(source="public_id")
    word = serializers.CharField()
    use = serializers.ChoiceField(WordUse.choices)


class NameWordsAddedOut(serializers.Serializer[Any]):
    added = NameWordOut(many=True, help_text="Those that were not kept before, nor any that look like them.")


# ------------------------------------------------------------------------------------------------ in


class SetupPartChangeIn(Input):
    family = serializers.ChoiceField(Family.choices, required=False)
    services = serializers.ListField(child=serializers.ChoiceField(Service.choices), required=False)


class SetupPartIn(Input):
    part = serializers.CharField(help_text="The number of a part that is sold.")
    family = serializers.ChoiceField(Family.choices)
    services = serializers.ListField(child=serializers.ChoiceField(Service.choices))


class SetupElementChangeIn(Input):
    help = serializers.CharField(
        required=False, allow_blank=True, help_text="What whoever fills in the form is told about it."
    )
    choices = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Of a `choice`; at least two."
    )
    required = serializers.BooleanField(  # type: ignore[assignment]
        required=False, help_text="Whether it has to be known; true of a new one where it is not said."
    )
    position = serializers.IntegerField(
        required=False, help_text="Lower comes first; 10 of a new one where it is not said."
    )

    def validate_choices(self, choices: list[str]) -> list[str]:
        if any(len(choice.splitlines()) > 1 for choice in choices):
            raise serializers.ValidationError(_("A choice is one line."))
        return choices


class SetupElementIn(SetupElementChangeIn):
    name = serializers.CharField(help_text="Never changed.")
    kind = serializers.ChoiceField(ElementKind.choices, help_text="Never changed.")


class SetupRulesIn(Input):
    """What is to be different; everything else stays as it is."""

    def get_fields(self) -> dict[str, Any]:
        return {
            name: serializers.IntegerField(
                required=False,
                min_value=field.min_value,
                max_value=field.max_value,
                help_text=_said(field),
            )
            for name, field in DAYS.items()
        }


class NameWordFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False,
        max_length=80,
        help_text="A part of the word, or of how it looks: `adm1n` finds `admin`.",
    )
    use = serializers.ChoiceField(WordUse.choices, required=False)


class NameWordsIn(Input):
    words = serializers.ListField(child=serializers.CharField(), allow_empty=False)
    use = serializers.ChoiceField(WordUse.choices)

    def validate_words(self, words: list[str]) -> list[str]:
        if any(len(word.split()) > 1 for word in words):
            raise serializers.ValidationError(_("A word has no spaces in it."))
        return words


# ------------------------------------------------------------------------------------------------ resources


class SetupPartViewSet(ResourceViewSet):
    """Parts that are set up when they are ordered, and what has to be known for each."""

    privileges: ClassVar = {
        "list": VIEW, "retrieve": VIEW, "elements": VIEW,
        "create": EDIT, "partial_update": EDIT, "destroy": EDIT, "add_element": EDIT,
    }  # fmt: skip
    answers: ClassVar = ANSWERS
    ordering = ("part__number",)
    matched = ("destroy",)
    lookup_field = "part"
    lookup_value_regex = "[A-Z0-9]{7}"

    def _setup(self, part: str) -> PartSetup:
        return PartSetup.objects.select_related("part").get(part__number=part)

    @extend_schema(summary="Parts that are set up", responses={200: SetupPartOut(many=True)})
    def list(self, request: Request) -> Response:
        """By number."""
        return self.page_of(PartSetup.objects.select_related("part"), SetupPartOut)

    @extend_schema(summary="How a part is set up", responses={200: SetupPartOut})
    def retrieve(self, request: Request, part: str) -> Response:
        return self.one(self._setup(part), SetupPartOut)

    @extend_schema(summary="Have a part set up", request=SetupPartIn, responses={201: SetupPartOut})
    def create(self, request: Request) -> Response:
        """Orders of this part are set up from now on."""
        form = SetupForm(self.valid(SetupPartIn))
        values = checked(form)
        part = form.cleaned_data["part"]
        try:
            setup = actions.add_setup(part, **values, by=self.actor, now=self.now)
        except actions.KeptAlready:
            raise _kept("part", _("This part is set up already.")) from None
        return self.one(setup, SetupPartOut, status=201, at=("api-setup-parts-detail", part.number))

    @extend_schema(
        summary="Set a part up in another way", request=SetupPartChangeIn, responses={200: SetupPartOut}
    )
    def partial_update(self, request: Request, part: str) -> Response:
        """What was ordered before keeps what it was ordered with."""
        setup = self._setup(part)
        self.match(setup)
        given = _as_it_is(setup, "family", "services") | self.valid(SetupPartChangeIn)
        values = checked(SetupForm(given, row=setup))
        changed = actions.change(setup, values, version=setup.version, by=self.actor, now=self.now)
        return self.one(changed, SetupPartOut)

    @extend_schema(summary="Set up a part no longer", responses={204: None})
    def destroy(self, request: Request, part: str) -> Response:
        """What was ordered before goes on."""
        setup = self._setup(part)
        self.match(setup)
        actions.remove(setup, version=setup.version, by=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(summary="What has to be known for a part", responses={200: SetupElementOut(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None)
    def elements(self, request: Request, part: str) -> Response:
        """In their order, with those that are retired."""
        rows = elements_kept().filter(part=self._setup(part).part).order_by("position", "name")
        return Response(SetupElementOut(rows, many=True).data)

    @extend_schema(summary="Ask for something more", request=SetupElementIn, responses={201: SetupElementOut})
    @elements.mapping.post
    def add_element(self, request: Request, part: str) -> Response:
        """Also for what was ordered and is not set up yet."""
        setup = self._setup(part)
        given = self.valid(SetupElementIn)
        _demand_choice(given, given["kind"])
        values = checked(ElementForm(_typed(given, ElementForm.base_fields)))
        try:
            element = actions.add_element(setup.part, values, by=self.actor, now=self.now)
        except actions.KeptAlready:
            taken = _("This part has an element of this name already, perhaps a retired one.")
            raise _kept("name", taken) from None
        except actions.TooManyElements:
            most = _("A part has at most %(most)s elements.") % {"most": actions.MOST_ELEMENTS}
            raise Conflict("too_many_elements", most) from None
        return self.one(
            element, SetupElementOut, status=201, at=("api-setup-elements-detail", element.public_id)
        )


class SetupElementViewSet(ResourceViewSet):
    """One thing that has to be known for a part. Its name and kind stay: forms that were filled in go by them."""

    privileges: ClassVar = {"retrieve": VIEW, "partial_update": EDIT, "retire": EDIT, "bring_back": EDIT}
    answers: ClassVar = ANSWERS
    may_match = ("retire", "bring_back")

    def _element(self, public_id: str) -> PartElement:
        element: PartElement = self.found(elements_kept(), public_id)
        return element

    @extend_schema(summary="One thing that has to be known", responses={200: SetupElementOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._element(public_id), SetupElementOut)

    @extend_schema(
        summary="Ask for it in another way", request=SetupElementChangeIn, responses={200: SetupElementOut}
    )
    def partial_update(self, request: Request, public_id: str) -> Response:
        """Forms that are not finished follow within a minute."""
        element = self._element(public_id)
        self.match(element)
        given = self.valid(SetupElementChangeIn)
        _demand_choice(given, element.kind)
        as_it_is = _as_it_is(element, "help", "choices", "required", "position")
        values = checked(ElementForm(_typed(as_it_is | given), row=element))
        changed = actions.change(element, values, version=element.version, by=self.actor, now=self.now)
        return self.one(changed, SetupElementOut)

    @extend_schema(summary="Ask for it no longer", request=EmptyIn, responses={200: SetupElementOut})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, public_id: str) -> Response:
        """Where it was filled in, it stays, and is not required any longer."""
        return self._turned(public_id, retired=True)

    @extend_schema(summary="Ask for it again", request=EmptyIn, responses={200: SetupElementOut})
    @action(detail=True, methods=["post"], url_path="bring-back", url_name="bring-back")
    def bring_back(self, request: Request, public_id: str) -> Response:
        return self._turned(public_id, retired=False)

    def _turned(self, public_id: str, *, retired: bool) -> Response:
        """Retired or brought back; with If-Match only as the caller has seen it."""
        self.valid(EmptyIn)
        element = self._element(public_id)
        if "If-Match" in self.request.headers:
            self.match(element)
        turned = actions.retire(
            element, retired=retired, version=element.version, by=self.actor, now=self.now
        )
        return self.one(turned, SetupElementOut)


class SetupRulesViewSet(ResourceViewSet):
    """The days that count for everybody."""

    privileges: ClassVar = {"current": VIEW, "change": EDIT}
    answers: ClassVar = ANSWERS

    @extend_schema(summary="The days that count", responses={200: SetupRulesOut})
    @action(detail=False, methods=["get"], pagination_class=None)
    def current(self, request: Request) -> Response:
        return self.one(SetupRules.objects.get(id=1), SetupRulesOut)

    @extend_schema(summary="Change the days", request=SetupRulesIn, responses={200: SetupRulesOut})
    @current.mapping.patch
    def change(self, request: Request) -> Response:
        """What is due already keeps its time."""
        rules = SetupRules.objects.get(id=1)
        self.match(rules)
        given = _as_it_is(rules, *DAYS) | self.valid(SetupRulesIn)
        values = checked(RulesForm(given, row=rules))
        changed = actions.change(rules, values, version=rules.version, by=self.actor, now=self.now)
        return self.one(changed, SetupRulesOut)


class NameWordViewSet(ResourceViewSet):
    """Words that keep a subdomain or a meeting site from being called so. They are added and removed, not changed."""

    privileges: ClassVar = {"list": VIEW, "create": EDIT, "destroy": EDIT}
    answers: ClassVar = ANSWERS
    ordering = ("word", "id")

    @extend_schema(
        summary="Words that no name may be or have",
        parameters=[NameWordFilters],
        responses={200: NameWordOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        """By word."""
        return self.page_of(_words(**self.asked(NameWordFilters)), NameWordOut)

    @extend_schema(
        summary="Add words", request=NameWordsIn, responses={200: NameWordsAddedOut, 201: NameWordsAddedOut}
    )
    def create(self, request: Request) -> Response:
        """All of them, or none when there is a mistake. 200: all were kept already."""
        given = self.valid(NameWordsIn)
        form = WordsForm(given | {"words": " ".join(given["words"])})
        data = checked(form)
        added = actions.add_words(data["words"], use=data["use"], by=self.actor, now=self.now)
        return Response(NameWordsAddedOut({"added": added}).data, status=201 if added else 200)

    @extend_schema(summary="Remove a word", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        """Names may have it from now on."""
        word: NameWord = self.found(NameWord.objects.all(), public_id)
        actions.remove(word, version=word.version, by=self.actor, now=self.now)
        return Response(status=204)


# ------------------------------------------------------------------------------------------------ pieces


def elements_kept() -> QuerySet[PartElement]:
    """Those of parts that are set up; of the others nobody is asked anything."""
    return PartElement.objects.select_related("part").filter(part__setup__isnull=False)


def checked(form: Form) -> dict[str, Any]:
    """The values of a form of the pages. Raises ValidationError (400) by its fields."""
    if not form.is_valid():
        raise serializers.ValidationError(
            {
                api_settings.NON_FIELD_ERRORS_KEY if name == "__all__" else name: [
                    str(each) for each in errors
                ]
                for name, errors in form.errors.items()
            }
        )
    return form.values() if isinstance(form, KeptForm) else form.cleaned_data


def _typed(given: Mapping[str, Any], fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An element as somebody types it; what is not given is as a new form on the page shows it."""
    shown = {name: field.initial for name, field in (fields or {}).items() if field.initial is not None}
    return {**shown, **given, "choices": "\n".join(given.get("choices", []))}


def _demand_choice(given: Mapping[str, Any], kind: str) -> None:
    """The forms do not look at choices of any other kind: nobody is to believe that they were kept."""
    if given.get("choices") and kind != ElementKind.CHOICE:
        raise serializers.ValidationError({"choices": [_("Only where one of several is chosen.")]})


def _kept(field: str, message: str) -> Exception:
    return Conflict("kept_already", message, details={field: [message]})


def _as_it_is(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _said(field: IntegerField) -> str:
    """What a day is called on the page, with what is said below it."""
    return " ".join(f"{str(text).rstrip('.')}." for text in (field.label, field.help_text) if text)


def _words(q: str = "", use: str = "") -> QuerySet[NameWord]:
    found = NameWord.objects.filter(use=use) if use else NameWord.objects.all()
    text = normal(q)
    alike = Q(skeleton__contains=skeleton(text)) if skeleton(text) else Q()
    return found.filter(Q(word__contains=text) | alike) if text else found
