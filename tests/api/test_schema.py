"""The API's description: valid, complete, and open to everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.viewsets import ViewSetMixin

from identity.api import ResourceViewSet
from portal.api import description
from tests.sweep.addresses import every_address

UNDESCRIBED = {"api-schema", "api-unknown"}
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    document = json.loads(description())
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


OPERATIONS = operations()
each = pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{method} {path}" for path, method, _ in OPERATIONS]
)


class TestTheDescription:
    def test_is_valid_and_made_without_a_warning(self, tmp_path) -> None:
        call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.json"))

    @pytest.mark.django_db
    def test_is_open_to_everybody_and_the_same_in_every_language(self) -> None:
        answer = Client().get("/api/v1/schema/", headers={"Accept-Language": "pl"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert answer.content == description()
        assert answer.json()["openapi"].startswith("3.")

    def test_has_every_operation_of_every_address(self) -> None:
        routes = set()
        for address in every_address():
            if not address.route.startswith("api/v1/") or address.name in UNDESCRIBED:
                continue
            assert issubclass(address.view.cls, ViewSetMixin)
            assert issubclass(address.view.cls, ResourceViewSet)
            routes |= {(address.name, method) for method in address.view.actions if method in METHODS}
        assert len(OPERATIONS) == len(routes)

    def test_says_how_to_show_a_key(self) -> None:
        schemes = json.loads(description())["components"]["securitySchemes"]
        assert (schemes["key"]["type"], schemes["key"]["scheme"]) == ("http", "bearer")

    def test_names_each_operation_once(self) -> None:
        names = [operation["operationId"] for _, _, operation in OPERATIONS]
        assert len(names) == len(set(names))


@each
class TestAnOperation:
    def test_says_what_it_does(self, path: str, method: str, operation: dict[str, Any]) -> None:
        assert operation["summary"]
        assert operation["security"] == [{"key": []}]

    def test_says_what_can_go_wrong(self, path: str, method: str, operation: dict[str, Any]) -> None:
        expected = {"400", "401", "403", "406", "429", "500", "503"}
        expected |= {"404"} if "{" in path else set()
        expected |= {"409", "413", "415", "422"} if method == "post" else set()
        expected |= {"412", "413", "415", "428"} if method in ("put", "patch") else set()
        assert expected <= set(operation["responses"])

    def test_takes_an_idempotency_key_when_it_is_a_post(
        self, path: str, method: str, operation: dict[str, Any]
    ) -> None:
        headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
        assert ("Idempotency-Key" in headers) == (method == "post")


class TestEveryResource:
    @pytest.mark.parametrize(
        "view",
        sorted(  # in the same order in every process that shares the tests
            {
                address.view.cls
                for address in every_address()
                if address.route.startswith("api/v1/") and address.name not in UNDESCRIBED
            },
            key=lambda view: view.__name__,
        ),
    )
    def test_says_what_each_of_its_actions_needs(self, view: type[ResourceViewSet]) -> None:
        own = {"list", "retrieve", "create", "update", "partial_update", "destroy"}
        actions = {name for name in own if hasattr(view, name)}
        actions |= {name for action in view.get_extra_actions() for name in action.mapping.values()}
        assert actions == set(view.privileges)
