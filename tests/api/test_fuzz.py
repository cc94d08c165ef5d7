"""Whatever the description allows, and much that it does not, is answered as described."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.api import description
from portal.wsgi import application
from tests.sweep.database import undone
from tests.sweep.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PEOPLE = ("primary", "distributor", "deal_desk", "care", "operations")


def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application, its answers read to their end and closed as a server does: some are open files."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


schema = schemathesis.openapi.from_dict(json.loads(description()))
schema.app = whole
OPERATIONS = [result.ok() for result in schema.get_all_operations()]


@pytest.fixture(autouse=True)
def _no_limit(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 1_000_000


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_a_described_one(world: World, operation: Any, mode: GenerationMode) -> None:
    key = next(iter(re.findall(r"{(\w+)}", operation.path)), "")
    ids = {person: an_id(world.key(person), operation.path, key) for person in PEOPLE}

    @given(
        case=operation.as_strategy(generation_mode=mode), known=st.booleans(), person=st.sampled_from(PEOPLE)
    )
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any, known: bool, person: str) -> None:
        if known and case.path_parameters:
            case.path_parameters[key] = ids[person]
        with undone():
            response = case.call(headers={"Authorization": f"Bearer {world.secrets[person]}"})
            case.validate_response(response, checks=CHECKS)

    with one_connection():
        call()


@contextmanager
def one_connection() -> Iterator[None]:
    """As the test client does: requests share the test's transaction, whose connection stays open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def an_id(program: Client, path: str, key: str) -> str:
    """What leads to the first object that the resource's list shows, if it shows any: mostly its id."""
    shown = program.get(path.partition("{")[0]).json() if "{" in path else []
    found = shown if isinstance(shown, list) else shown.get("results")
    return str(found[0]["id" if key == "public_id" else key]) if found else "999999999999"
