"""Files that are put into a watched folder or bucket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import create_server
from typing import Any

import boto3
import pytest
from django.utils import timezone

from feeds.folders import look_into_places
from feeds.models import Delivery, Source, Status
from feeds.work import work_on_all
from identity import tenancy
from identity.models import AuditEvent, User
from notifications.models import Notice
from pricing.models import Part

from .sending import PARTS, SOME_PARTS, again, confirm, make_lines, make_pricing

BAD = PARTS + "SHORT,First,FLOW,licence,yes\r\n"


@pytest.fixture
def pia(db: None) -> User:
    make_lines("FLOW")
    return make_pricing()


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.FEEDS_FOLDER, settings.FEEDS_STILL_SECONDS = str(tmp_path), 0
    (tmp_path / "incoming").mkdir()
    return tmp_path


def look() -> None:
    """What the clock does: take, work, put away."""
    look_into_places(now=timezone.now())
    work_on_all()
    look_into_places(now=timezone.now())


def put(folder: Path, name: str, content: str) -> Path:
    path = folder / "incoming" / name
    path.write_text(content)
    return path


def deliveries() -> list[Delivery]:
    with tenancy.as_system():
        return list(Delivery.objects.order_by("id"))


def names(folder: Path, where: str) -> list[str]:
    return sorted(path.name for path in (folder / where).iterdir())


class TestAFileInTheFolder:
    def test_waits_to_be_confirmed_and_goes_to_done(self, folder: Path, pia: User) -> None:
        put(folder, "parts-2026.csv", SOME_PARTS)

        look()
        (delivery,) = deliveries()
        assert (delivery.status, delivery.source) == (Status.READY, Source.FOLDER)
        assert names(folder, "incoming") == ["parts-2026.csv"]
        with tenancy.as_system():
            assert Notice.objects.get().kind == "delivery.waits"

        confirm(delivery, by=pia)
        look()
        assert again(delivery).status == Status.LOADED
        assert (names(folder, "incoming"), names(folder, "done")) == ([], ["parts-2026.csv"])

    def test_is_loaded_by_itself_only_where_the_settings_say_so(
        self, folder: Path, pia: User, settings: Any
    ) -> None:
        settings.FEEDS_UNATTENDED = frozenset({"parts"})
        put(folder, "parts-2026.csv", SOME_PARTS)
        put(folder, "exchange-rates-2026.csv", "currency,day,rate\r\nEUR,2026-11-20,0.92\r\n")

        look()

        states = {delivery.feed: delivery.status for delivery in deliveries()}
        assert states == {"parts": Status.LOADED, "exchange-rates": Status.READY}
        with tenancy.as_system():
            assert AuditEvent.objects.get(event="part.added", object_id="D0AAALL").user_id is None
            received = AuditEvent.objects.filter(event="delivery.received").values_list(
                "actor_name", flat=True
            )
            assert set(received) == {"watched folder"}

    def test_with_errors_goes_to_failed_with_what_is_wrong_beside_it(
        self, folder: Path, pia: User, settings: Any
    ) -> None:
        settings.FEEDS_UNATTENDED = frozenset({"all"})
        put(folder, "parts-bad.csv", BAD)

        look()

        assert names(folder, "failed") == ["parts-bad.csv", "parts-bad.csv.errors.csv"]
        assert "SHORT" in (folder / "failed" / "parts-bad.csv.errors.csv").read_text("utf-8-sig")
        with tenancy.as_system():
            assert not Part.objects.exists()

    def test_that_would_remove_much_is_never_loaded_by_itself(
        self, folder: Path, pia: User, settings: Any
    ) -> None:
        settings.FEEDS_UNATTENDED = frozenset({"all"})
        put(folder, "parts-first.csv", SOME_PARTS)
        look()
        put(folder, "parts-complete.csv", PARTS + "D0AAALL,Flow Designer,FLOW,licence,yes\r\n")

        look()

        assert deliveries()[-1].status == Status.READY
        assert deliveries()[-1].summary["removed"] == 1

    def test_is_left_alone_while_somebody_writes_to_it(self, folder: Path, pia: User, settings: Any) -> None:
        settings.FEEDS_STILL_SECONDS = 3600
        put(folder, "parts-half.csv", PARTS)
        os.utime(folder / "incoming" / "parts-half.csv", (0, 0))  # a tool that sets the time back
        look()
        assert deliveries() == []

        put(folder, "parts-half.csv", SOME_PARTS)
        put(folder, "parts-half.csv.done", "")
        look()
        assert [delivery.status for delivery in deliveries()] == [Status.READY]

    def test_of_no_feed_is_put_away_with_a_word(self, folder: Path, pia: User) -> None:
        put(folder, "holiday-pictures.csv", "a,b\r\n")
        put(folder, "parts.csv", SOME_PARTS)

        look()

        assert "holiday-pictures.csv" in names(folder, "failed")
        assert [delivery.feed for delivery in deliveries()] == ["parts"]

    def test_that_is_no_table_is_refused_and_kept(self, folder: Path, pia: User) -> None:
        (folder / "incoming" / "parts-x.xlsx").write_bytes(b"\x7fELF" + bytes(100))

        look()

        (delivery,) = deliveries()
        assert delivery.status == Status.REFUSED
        assert names(folder, "failed") == ["parts-x.xlsx", "parts-x.xlsx.errors.csv"]

    def test_is_taken_again_when_it_is_put_there_again(self, folder: Path, pia: User, settings: Any) -> None:
        settings.FEEDS_UNATTENDED = frozenset({"parts"})
        for _ in range(2):
            put(folder, "parts.csv", SOME_PARTS)
            look()

        assert [delivery.status for delivery in deliveries()] == [Status.LOADED, Status.UNCHANGED]
        assert len(names(folder, "done")) == 2

    def test_links_are_not_followed(self, folder: Path, pia: User, tmp_path: Path) -> None:
        secret = tmp_path / "secret.csv"
        secret.write_text(SOME_PARTS)
        (folder / "incoming" / "parts-link.csv").symlink_to(secret)
        put(folder, "parts-own.csv", SOME_PARTS)

        look()

        assert [delivery.file_name for delivery in deliveries()] == ["parts-own.csv"]


# ------------------------------------------------------------------------------------------ a bucket


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An S3-compatible service in a process of its own."""
    with closing(create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@pytest.fixture
def bucket(server: str, settings: Any) -> Any:
    client = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    for _ in range(100):
        try:
            client.create_bucket(Bucket="deliveries")
            break
        except Exception:
            time.sleep(0.2)
    settings.FEEDS_S3_URL, settings.FEEDS_S3_BUCKET = server, "deliveries"
    settings.FEEDS_S3_PREFIX, settings.FEEDS_S3_KEY, settings.FEEDS_S3_SECRET = "vendor", "k", "s"
    yield client
    for entry in client.list_objects_v2(Bucket="deliveries").get("Contents", ()):
        client.delete_object(Bucket="deliveries", Key=entry["Key"])


def keys(bucket: Any) -> list[str]:
    return [entry["Key"] for entry in bucket.list_objects_v2(Bucket="deliveries").get("Contents", ())]


class TestAFileInTheBucket:
    def test_is_loaded_and_moved(self, bucket: Any, pia: User, settings: Any) -> None:
        settings.FEEDS_UNATTENDED = frozenset({"parts"})
        bucket.put_object(Bucket="deliveries", Key="vendor/incoming/parts-1.csv", Body=SOME_PARTS.encode())
        bucket.put_object(Bucket="deliveries", Key="other/incoming/parts-2.csv", Body=SOME_PARTS.encode())

        look()
        look()

        (delivery,) = deliveries()
        assert (delivery.status, delivery.source) == (Status.LOADED, Source.BUCKET)
        moved, other = sorted(keys(bucket), reverse=True)
        assert moved.startswith("vendor/done/")
        assert moved.endswith("-parts-1.csv")
        assert other == "other/incoming/parts-2.csv"

    def test_with_errors_is_moved_with_what_is_wrong(self, bucket: Any, pia: User) -> None:
        bucket.put_object(Bucket="deliveries", Key="vendor/incoming/parts-bad.csv", Body=BAD.encode())

        look()

        found = keys(bucket)
        assert all(key.startswith("vendor/failed/") for key in found)
        (errors,) = [key for key in found if key.endswith(".errors.csv")]
        assert b"SHORT" in bucket.get_object(Bucket="deliveries", Key=errors)["Body"].read()
