"""A vendor's system over HTTP: what it says, what it gets wrong, and that the token goes nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from provisioning.backends import (
    Forgotten,
    Problem,
    Refused,
    ServiceState,
    Trouble,
    Wanted,
    WantedOrganisation,
    remote,
)
from provisioning.backends.remote import RemoteBackend

from .vendor import TOKEN, Vendor, cut, do_and_cut, drip, error, half, raw, slow

WANTED = Wanted(
    line="L1", order_number="50000001", part_number="S0FLEXA", quantity=5, services=("calling", "meetings"),
    organisation=WantedOrganisation(
        public_id="O1", external_id="", name="فنادق الواحة", country="EG", address="1 Corniche",
        domain="oasis.example", administrator_email="it@oasis.example", language="ar", subdomain="oasis",
    ),
    details={"calling": {"sip": "oasis-voice"}, "meetings": {"site": "oasis-meets"}},
)  # fmt: skip
DONE = b'{"status": "provisioned", "organizationId": "o", "subscriptionId": "s"}'


@pytest.fixture
def backend(vendor: Vendor) -> RemoteBackend:
    return RemoteBackend(vendor.url, TOKEN)


class TestWhatItIsTold:
    def test_is_all_that_is_wanted_with_key_and_token(self, vendor: Vendor, backend: RemoteBackend) -> None:
        backend.create(WANTED, "k1")
        (asked,) = vendor.asked
        assert (asked.path, asked.key, asked.token) == ("/v1/customers", "k1", f"Bearer {TOKEN}")
        assert asked.body["customerInfo"]["name"] == "فنادق الواحة"
        assert asked.body["packages"][1] == {
            "name": "meetings", "partNumber": "S0FLEXA", "quantity": 5, "parameters": {"site": "oasis-meets"},
        }  # fmt: skip

    def test_twice_with_the_same_key_makes_one(self, vendor: Vendor, backend: RemoteBackend) -> None:
        assert backend.create(WANTED, "k1") == backend.create(WANTED, "k1")
        assert len(vendor.made) == 1


class TestWhatItAnswers:
    def test_that_it_has_begun_and_where_it_tells_how_far_it_is(
        self, vendor: Vendor, backend: RemoteBackend
    ) -> None:
        vendor.looks_until_done = 1
        begun = backend.create(WANTED, "k1")
        assert (begun.state, begun.location) == ("provisioning", f"{vendor.url}/customers/1")
        assert backend.look(begun.location).state == "provisioning"
        done = backend.look(begun.location)
        assert (done.state, done.organisation_id, done.external_id) == ("provisioned", "org-1", "sub-1")
        assert done.services["calling"] == ServiceState("provisioned")

    def test_that_some_services_failed(self, vendor: Vendor, backend: RemoteBackend) -> None:
        failed = {
            "name": "meetings",
            "status": "error",
            "code": "SITE_TAKEN",
            "description": "Not\nfree\x00.",
        }
        vendor.outcome = {
            "status": "provisioned_with_errors", "packages": [{"name": "calling", "status": "provisioned"}, failed],
        }  # fmt: skip
        found = backend.look(backend.create(WANTED, "k1").location)
        assert found.state == "with_errors"
        assert found.services["meetings"] == ServiceState("failed", "site_taken", "Not free .")

    def test_that_it_is_done_while_a_service_failed_counts_as_some_failed(
        self, vendor: Vendor, backend: RemoteBackend
    ) -> None:
        vendor.outcome = {"packages": [{"name": "meetings", "status": "error", "code": "site_taken"}]}
        assert backend.look(backend.create(WANTED, "k1").location).state == "with_errors"

    def test_that_it_is_under_review(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.outcome = {"status": "pending_review"}
        assert backend.look(backend.create(WANTED, "k1").location).state == "review"

    def test_that_it_is_done_at_once(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.misbehave(raw(DONE, 201))
        assert backend.create(WANTED, "k1").state == "provisioned"

    def test_that_it_has_had_this_request_already(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.misbehave(error(409, {"code": "duplicate"}, location="/v1/customers/7"))
        assert backend.create(WANTED, "k1").location == f"{vendor.url}/customers/7"

    @pytest.mark.parametrize("status", [404, 410])
    def test_that_it_knows_nothing_of_the_location(
        self, vendor: Vendor, backend: RemoteBackend, status: int
    ) -> None:
        vendor.misbehave(error(status))
        with pytest.raises(Forgotten):
            backend.look(f"{vendor.url}/customers/1")

    @pytest.mark.parametrize("status", [400, 404, 405, 409, 415, 422, 428])
    def test_a_typed_error_is_a_refusal(self, vendor: Vendor, backend: RemoteBackend, status: int) -> None:
        vendor.misbehave(error(status, {"code": "Address.In Use", "message": "Belongs to another user."}))
        with pytest.raises(Refused) as refused:
            backend.create(WANTED, "k1")
        assert (refused.value.code, refused.value.text) == ("address_in_use", "Belongs to another user.")

    def test_a_refusal_without_a_type_is_named_by_its_status(
        self, vendor: Vendor, backend: RemoteBackend
    ) -> None:
        vendor.misbehave(raw(b"<h1>No</h1>", 422))
        with pytest.raises(Refused, match="http_422"):
            backend.create(WANTED, "k1")

    def test_what_would_be_refused(self, vendor: Vendor, backend: RemoteBackend) -> None:
        assert backend.validate(WANTED) == []
        vendor.misbehave(
            error(400, {"errors": [{"code": "sip_taken", "message": "No", "package": "calling"}]})
        )
        assert backend.validate(WANTED) == [Problem("sip_taken", "No", "calling")]
        assert vendor.made == {}

    def test_whether_a_name_is_free(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.names.add("oasis")
        assert backend.is_free("subdomain", "palm")
        assert not backend.is_free("subdomain", "oasis")
        assert [asked.path for asked in vendor.asked] == [
            "/v1/names/subdomain/palm",
            "/v1/names/subdomain/oasis",
        ]

    @pytest.mark.parametrize("status", [404, 405, 429, 500])
    def test_that_it_does_not_say_whether_a_name_is_free(
        self, vendor: Vendor, backend: RemoteBackend, status: int
    ) -> None:
        vendor.misbehave(error(status))
        with pytest.raises(Trouble):
            backend.is_free("subdomain", "palm")


class TestTrouble:
    """Nobody knows whether it was done: the same is to be said again."""

    @pytest.mark.parametrize("status", [408, 423, 425, 429, 500, 501, 502, 503, 504])
    def test_is_that_it_is_busy_or_broken(self, vendor: Vendor, backend: RemoteBackend, status: int) -> None:
        vendor.misbehave(error(status, {"code": "maintenance", "message": "Retry later."}))
        with pytest.raises(Trouble) as trouble:
            backend.create(WANTED, "k1")
        assert (trouble.value.code, trouble.value.text) == ("busy", "Retry later.")

    @pytest.mark.parametrize("status", [401, 403])
    def test_is_that_the_token_is_not_right(
        self, vendor: Vendor, backend: RemoteBackend, status: int
    ) -> None:
        vendor.misbehave(error(status))
        with pytest.raises(Trouble, match="untrusted"):
            backend.create(WANTED, "k1")

    @pytest.mark.parametrize(
        ("told", "seconds"), [("7", 7), ("0", 0), ("99999999", 86_400), ("-3", None), ("soon", None)]
    )
    @pytest.mark.parametrize("status", [423, 429, 503])
    def test_says_how_long_to_wait(
        self, vendor: Vendor, backend: RemoteBackend, status: int, told: str, seconds: float | None
    ) -> None:
        vendor.misbehave(error(status, retry_after=told))
        with pytest.raises(Trouble) as trouble:
            backend.create(WANTED, "k1")
        assert trouble.value.retry_after == seconds

    def test_says_until_when_to_wait(self, vendor: Vendor, backend: RemoteBackend) -> None:
        at = datetime.now(UTC) + timedelta(minutes=5)
        vendor.misbehave(error(429, retry_after=format_datetime(at, usegmt=True)))
        with pytest.raises(Trouble) as trouble:
            backend.create(WANTED, "k1")
        assert trouble.value.retry_after == pytest.approx(300, abs=3)

    @pytest.mark.parametrize("deed", [cut, do_and_cut, half])
    def test_is_a_connection_that_ends_too_early(
        self, vendor: Vendor, backend: RemoteBackend, deed: object
    ) -> None:
        vendor.misbehave(deed)
        with pytest.raises(Trouble, match="away"):
            backend.create(WANTED, "k1")

    def test_is_that_nobody_listens(self) -> None:
        with pytest.raises(Trouble, match="away"):
            RemoteBackend("http://127.0.0.1:9/v1", TOKEN).create(WANTED, "k1")

    def test_is_that_it_takes_too_long(self, vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(remote, "READ", 0.3)
        vendor.misbehave(slow(1))
        with pytest.raises(Trouble, match="slow"):
            RemoteBackend(vendor.url, TOKEN).create(WANTED, "k1")

    def test_comes_sooner_where_a_person_waits(
        self, vendor: Vendor, backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(remote, "AWAITED", (1, 0.3, 0.5))
        for deed in (slow(1), drip):
            vendor.misbehave(deed)
            with pytest.raises(Trouble, match="slow"):
                backend.validate(WANTED)
        vendor.misbehave(slow(1))
        assert backend.create(WANTED, "k1").location  # nobody waits for this

    @pytest.mark.parametrize("status", [404, 405])
    def test_is_a_system_that_says_nothing_beforehand(
        self, vendor: Vendor, backend: RemoteBackend, status: int
    ) -> None:
        vendor.misbehave(error(status))
        with pytest.raises(Trouble, match="away"):
            backend.validate(WANTED)

    def test_is_an_answer_that_never_ends(
        self, vendor: Vendor, backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(remote, "WHOLE", 0.5)
        vendor.misbehave(drip)
        with pytest.raises(Trouble, match="slow"):
            backend.create(WANTED, "k1")

    def test_is_an_answer_that_is_too_long(
        self, vendor: Vendor, backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(remote, "LARGEST", 1000)
        vendor.misbehave(raw(b" " * 50_000 + DONE))
        with pytest.raises(Trouble, match="nonsense"):
            backend.create(WANTED, "k1")

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"<html>", b"[]", b"null", b'"done"', b"\xff\xfe", b"{}", b'{"status": "splendid"}',
            b'{"status": "provisioned"}', b'{"status": "provisioned", "organizationId": "o"}',
            b'{"status": "provisioned", "organizationId": ["o"], "subscriptionId": "s"}',
            b'{"status": "provisioned", "organizationId": "' + b"o" * 81 + b'", "subscriptionId": "s"}',
            b'{"status": "provisioned_with_errors"}', b'{"status": "provisioning"}',
            b'{"status": "provisioned", "organizationId": "o", "subscriptionId": "s", "packages": 3}',
            b'{"status": "provisioned", "organizationId": "o", "subscriptionId": "s", "packages": [3]}',
            DONE[:-1] + b', "packages": [{"name": "calling", "status": "provisioning"}]}',
        ],
    )  # fmt: skip
    def test_is_an_answer_that_makes_no_sense(
        self, vendor: Vendor, backend: RemoteBackend, content: bytes
    ) -> None:
        vendor.misbehave(raw(content))
        with pytest.raises(Trouble, match="nonsense"):
            backend.create(WANTED, "k1")

    def test_is_that_it_was_accepted_and_nobody_says_where_to_look(
        self, vendor: Vendor, backend: RemoteBackend
    ) -> None:
        vendor.misbehave(error(202))
        with pytest.raises(Trouble, match="nonsense"):
            backend.create(WANTED, "k1")

    def test_does_not_spoil_the_next_call(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.misbehave(half, raw(b" " * 200_000, 500))
        for _ in range(2):
            with pytest.raises(Trouble):
                backend.create(WANTED, "k1")
        assert backend.create(WANTED, "k1").state == "provisioning"


class TestTheToken:
    @pytest.mark.parametrize(
        "location",
        ["http://elsewhere.example/1", "//elsewhere.example/1", "https://127.0.0.1/1", "/" + "x" * 400],
    )
    def test_never_goes_where_an_answer_points_outside(
        self, vendor: Vendor, backend: RemoteBackend, location: str
    ) -> None:
        vendor.misbehave(error(202, location=location))
        with pytest.raises(Trouble, match="nonsense"):
            backend.create(WANTED, "k1")
        with pytest.raises(Trouble, match="nonsense"):
            backend.look("http://elsewhere.example/1")
        assert len(vendor.asked) == 1

    def test_follows_no_redirect(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.misbehave(error(307, location="http://elsewhere.example/"))
        with pytest.raises(Trouble, match="nonsense"):
            backend.create(WANTED, "k1")
        assert len(vendor.asked) == 1


class TestWhatWasSetUp:
    def test_is_suspended(self, vendor: Vendor, backend: RemoteBackend) -> None:
        assert backend.change("sub-1", "suspended", "k2").state == "suspended"
        assert vendor.states == {"sub-1": "suspended"}

    def test_and_named_so_that_it_stays_within_the_address(
        self, vendor: Vendor, backend: RemoteBackend
    ) -> None:
        backend.change("../customers/1?x", "suspended", "k2")
        assert vendor.asked[0].path == "/v1/subscriptions/..%2Fcustomers%2F1%3Fx"

    def test_that_is_gone_already_counts_as_deleted(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.misbehave(error(404))
        assert backend.change("sub-1", "deleted", "k2").state == "deleted"

    def test_that_nobody_knows_cannot_be_suspended(self, vendor: Vendor, backend: RemoteBackend) -> None:
        vendor.misbehave(error(404, {"code": "unknown"}))
        with pytest.raises(Refused, match="unknown"):
            backend.change("sub-1", "suspended", "k2")
