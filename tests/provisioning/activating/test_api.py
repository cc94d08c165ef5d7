"""How far a line is, and trying again, for programs."""

from __future__ import annotations

import pytest
from django.utils import timezone

from identity import tenancy
from provisioning.models import Activation, SetupLine
from tests.api.calls import caller
from tests.cast import Cast
from tests.factories import make_member

from .made import ASKED_BY, again, asked, make_ready, work

pytestmark = pytest.mark.django_db
LINES = "/api/v1/setup-lines/"


def failed(cast: Cast, code: str = "portal.unreachable", **extra: str) -> SetupLine:
    line = make_ready(cast.site, distributor=cast.distributor_site, **extra)
    activation = asked(line)
    with tenancy.as_system():
        Activation.objects.filter(line=line).update(
            state="failed", error_code=code, finished_at=timezone.now(), due_at=None
        )
        SetupLine.objects.filter(id=line.id).update(status="failed")
    return again(activation).line


def test_how_far_it_is(cast: Cast) -> None:
    line = make_ready(cast.site)
    program, at = caller(cast.primary), f"{LINES}{line.public_id}/progress/"
    before = program.send("get", at)
    assert (before.status_code, before.json()["state"], before.json()["services"]) == (200, "", [])
    asked(line)
    work()
    after = program.send("get", at).json()
    assert (after["state"], after["asked_by"], after["may_try_again"]) == ("provisioned", ASKED_BY, False)
    assert [service["state"] for service in after["services"]] == ["provisioned"] * 3


def test_what_failed_is_tried_again(cast: Cast) -> None:
    line = failed(cast)
    program, at = caller(cast.primary), f"{LINES}{line.public_id}/"
    found = program.send("get", f"{at}progress/").json()
    assert (found["state"], found["may_try_again"]) == ("failed", True)
    assert found["problem"] == "The vendor's system could not be reached for hours."
    answer = program.send("post", f"{at}again/")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    second = program.send("post", f"{at}again/")
    assert (second.status_code, second.json()["code"]) == (409, "cannot_try_again")


def test_what_would_fail_again_is_not(cast: Cast) -> None:
    line = failed(cast, "subdomain_taken")
    answer = caller(cast.primary).send("post", f"{LINES}{line.public_id}/again/")
    assert answer.status_code == 409
    assert "something else is to be entered" in answer.json()["message"]


def test_the_customers_own_is_its_own(cast: Cast) -> None:
    line = failed(cast, handed_to="customer")
    found = caller(cast.primary).send("get", f"{LINES}{line.public_id}/progress/").json()
    assert (found["state"], found["problem"], found["may_try_again"]) == ("", "", False)
    assert len(found["services"]) == 3
    assert caller(cast.primary).send("post", f"{LINES}{line.public_id}/again/").status_code == 403


def test_a_distributor_sees_states_alone_and_the_rival_nothing(cast: Cast) -> None:
    line = failed(cast)
    reader = make_member(cast.distributor_site, "Dalia Saad", tools=["online_ordering"])
    found = caller(reader).send("get", f"{LINES}{line.public_id}/progress/").json()
    assert (found["state"], len(found["services"])) == ("", 3)
    assert caller(reader).send("post", f"{LINES}{line.public_id}/again/").status_code == 403
    for method, path in (("get", "progress/"), ("post", "again/")):
        assert caller(cast.rival).send(method, f"{LINES}{line.public_id}/{path}").status_code == 404
