"""Requests for access over the API: seen and decided by those who see and decide them in the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts import actions
from accounts.models import AccessCase, AccessRequest
from identity import tenancy
from identity.models import Membership
from identity.privileges import Privilege
from tests.api.calls import Caller, caller
from tests.cast import Cast, actor

pytestmark = pytest.mark.django_db

REQUESTS = "/api/v1/access-requests/"


def ask(cast: Cast, number: str = "7403807", *, primary: bool = False) -> str:
    """A request of the applicant, on its way to whoever decides; returns its id there."""
    now = timezone.now()
    extra = {"job_title": "Head", "company_email": "p@nile.example", "reason": "New"} if primary else {}
    with tenancy.scope(actor(cast.applicant)):
        request = actions.request_access(number, primary=primary, by=actor(cast.applicant), now=now, **extra)
    with tenancy.as_system():
        actions.route_request(request.id, now=now)
        return AccessCase.objects.get(request=request).public_id


def decide(api: Caller, case: str, verb: str, body: dict[str, Any], **headers: str) -> Any:
    return api.send("post", f"{REQUESTS}{case}/{verb}/", body, **headers)


REJECTION = {"code": "not_confirmed", "text": "Nobody here knows you."}


class TestSeeing:
    def test_is_for_the_contacts_of_the_site_and_for_customer_care(self, cast: Cast) -> None:
        case = ask(cast)
        for who in (cast.primary, cast.secondary, cast.care):
            found = caller(who).get(REQUESTS).json()["results"]
            assert [(row["id"], row["name"], row["refusal"]) for row in found] == [
                (case, "Petra Newman", None)
            ]
        assert caller(cast.rival).get(REQUESTS).json()["results"] == []
        assert caller(cast.sales).get(REQUESTS).status_code == 403

    def test_a_strangers_request_is_as_one_that_does_not_exist(self, cast: Cast) -> None:
        case = ask(cast)
        rival = caller(cast.rival)
        theirs, missing = rival.get(f"{REQUESTS}{case}/"), rival.get(f"{REQUESTS}999999999999/")
        assert theirs.status_code == missing.status_code == 404
        assert theirs.content == missing.content
        assert caller(cast.primary).get(f"{REQUESTS}{case}/").status_code == 200

    def test_an_authorisation_form_is_customer_cares(self, cast: Cast) -> None:
        case = ask(cast, primary=True)
        assert caller(cast.primary).get(f"{REQUESTS}{case}/").status_code == 404
        assert caller(cast.care).get(f"{REQUESTS}{case}/").json()["route"] == "care"

    def test_is_narrowed(self, cast: Cast) -> None:
        ask(cast)
        care = caller(cast.care)
        for query, number in (
            ({"status": "waiting"}, 1),
            ({"status": "rejected"}, 0),
            ({"route": "care"}, 0),
            ({"kind": "self_nomination", "overdue": "false"}, 1),
            ({"overdue": "true"}, 0),
        ):
            assert len(care.get(REQUESTS, query).json()["results"]) == number


class TestApproving:
    def test_lets_the_applicant_in(self, cast: Cast) -> None:
        case = ask(cast)
        answer = decide(caller(cast.primary), case, "approve", {"tools": ["reporting"]})
        assert answer.status_code == 200
        with tenancy.as_system():
            member = Membership.objects.get(user=cast.applicant)
        assert (member.site_id, member.tools) == (cast.site.id, ["reporting"])
        assert answer.json()["id"] == member.public_id

    def test_twice_is_a_conflict_unless_it_is_the_same_call(self, cast: Cast) -> None:
        case, api = ask(cast), caller(cast.primary)
        first = decide(api, case, "approve", {}, Idempotency_Key="k")
        again = decide(api, case, "approve", {}, Idempotency_Key="k")
        assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
        other = decide(caller(cast.secondary), case, "approve", {})
        assert (other.status_code, other.json()["code"]) == (409, "request_closed")

    def test_gives_no_more_than_one_holds(self, cast: Cast) -> None:
        case = ask(cast)
        assert decide(caller(cast.secondary), case, "approve", {"tools": ["price_files"]}).status_code == 403
        assert decide(caller(cast.secondary), case, "approve", {"tools": ["reporting"]}).status_code == 200

    def test_needs_the_privilege(self, cast: Cast) -> None:
        case = ask(cast)
        feeble = caller(cast.primary, Privilege.MEMBER_VIEW)
        assert decide(feeble, case, "approve", {}).status_code == 403
        mighty = caller(cast.primary, Privilege.MEMBER_MANAGE)
        assert decide(mighty, case, "approve", {}).status_code == 200

    def test_an_unknown_site_must_be_named_first(self, cast: Cast) -> None:
        case, care = ask(cast, "7999999"), caller(cast.care)
        answer = decide(care, case, "approve", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "site_unknown")
        wrong = decide(care, case, "assign", {"number": "7999998"})
        assert wrong.json()["details"] == {"number": ["There is no active site with this number."]}
        right = decide(care, case, "assign", {"number": "740 3807"})
        assert right.json()["site"] == {"number": "7403807", "name": "Nile Systems"}
        assert decide(care, case, "approve", {}).status_code == 200


class TestRejecting:
    def test_tells_the_applicant_why(self, cast: Cast) -> None:
        case = ask(cast)
        answer = decide(caller(cast.primary), case, "reject", REJECTION)
        assert (answer.status_code, answer.json()["status"]) == (200, "rejected")
        with tenancy.scope(actor(cast.applicant)):
            mine = AccessRequest.objects.get()
        assert (mine.status, mine.decision_text) == ("rejected", "Nobody here knows you.")

    @pytest.mark.parametrize("missing", ["code", "text"])
    def test_has_a_reason(self, cast: Cast, missing: str) -> None:
        case = ask(cast)
        body = {name: value for name, value in REJECTION.items() if name != missing}
        answer = decide(caller(cast.primary), case, "reject", body)
        assert (answer.status_code, set(answer.json()["details"])) == (400, {missing})
        blank = decide(caller(cast.primary), case, "reject", {**REJECTION, missing: "  "})
        assert blank.status_code == 400
