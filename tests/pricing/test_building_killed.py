"""Builders killed with kill -9, disks that take no more, and two builders at once: no half file is ever offered."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from identity import tenancy
from portal.embedded.house import ROOT
from pricing.files import building
from pricing.files.offered import STORE
from pricing.files.planning import plan_sets
from pricing.models import FileSet, PriceFile
from tests.factories import make_site
from tests.pricing.priced import EVERY, NOW, make_book, make_edition
from tests.pricing.test_publishing import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 1_500  # parts: building takes a while

BUILD = """
import django; django.setup()
from datetime import datetime, UTC
from pricing.files import building
{before}
print("begun", flush=True)
print(building.build_set({id}, now=datetime(2026, 11, 22, 9, tzinfo=UTC)), flush=True)
"""
# Only so many bytes to a file: the kernel refuses the next one, as a full disk does.
FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))
"""


@pytest.fixture
def planned(transactional_db: None) -> FileSet:
    make_site("Nile Systems", country="EG")
    make_site("Dar", country="EG", programme="express")
    book = make_book()
    make_edition(book, "2026-11-01", {f"D{number:05d}L": EVERY for number in range(MANY)})
    with tenancy.as_system():
        (file_set,) = plan_sets(book, now=NOW)
    return file_set


def builder(file_set: FileSet, before: str = "") -> subprocess.Popen[str]:
    """A process of its own, which says when it begins."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_MODE": "test",
        "DATABASE_URL": os.environ["TEST_DATABASE_URL"],
    }
    program = BUILD.format(id=file_set.id, before=before)
    started = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert started.stdout is not None
    assert started.stdout.readline() == "begun\n", started.stderr and started.stderr.read()
    return started


def kill(builder_: subprocess.Popen[str]) -> None:
    builder_.send_signal(signal.SIGKILL)
    builder_.communicate()


def files(file_set: FileSet) -> list[PriceFile]:
    with tenancy.as_system():
        return list(PriceFile.objects.filter(file_set=file_set))


def offered(file_set: FileSet) -> bool:
    with tenancy.as_system():
        return FileSet.objects.get(id=file_set.id).offered


def all_whole(found: list[PriceFile]) -> bool:
    """Whether each file is on the disk as its row says."""
    return all(
        hashlib.sha256(STORE.path_of(file.stored).read_bytes()).hexdigest() == file.sha256 for file in found
    )


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    stop = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < stop, "waited in vain"
        time.sleep(0.005)


def being_written() -> list[object]:
    return list(STORE._folder().glob("*/*.part"))


class TestABuilderThatIsKilled:
    def test_in_the_middle_of_a_file_leaves_nothing_that_is_offered(self, planned: FileSet) -> None:
        builder_ = builder(planned)
        until(being_written)

        kill(builder_)

        assert not offered(planned)
        assert files(planned) == []
        assert being_written() != []

    def test_is_followed_by_one_that_goes_on_where_it_stopped(self, planned: FileSet) -> None:
        builder_ = builder(planned)
        until(lambda: files(planned))  # the first price list is there

        kill(builder_)
        there = {file.stored for file in files(planned)}
        half_way = (offered(planned), len(there))
        until(lambda: building.build_set(planned.id, now=NOW))  # the server notices the death first

        assert half_way in ((False, 9), (True, 18))
        assert there <= {file.stored for file in files(planned)}
        assert (offered(planned), len(files(planned))) == (True, 18)
        assert all_whole(files(planned))


class TestADiskThatTakesNoMore:
    @pytest.mark.parametrize("room", [100, 20_000, 150_000])
    def test_leaves_nothing_that_is_offered_until_there_is_room_again(
        self, planned: FileSet, room: int
    ) -> None:
        builder_ = builder(planned, FULL.format(bytes=room))
        _out, error = builder_.communicate()

        assert builder_.returncode == 1
        assert "too large" in error
        assert (offered(planned), files(planned)) == (False, [])
        assert building.build_set(planned.id, now=NOW)
        assert all_whole(files(planned))


class TestTwoBuildersAtOnce:
    def test_build_everything_once(self, planned: FileSet) -> None:
        def build() -> bool:
            return building.build_set(planned.id, now=NOW)

        results = at_once(build, build)

        assert True in results
        assert not [result for result in results if isinstance(result, Exception)]
        assert (offered(planned), len(files(planned))) == (True, 18)
        assert all_whole(files(planned))

    def test_of_a_withdrawn_edition_offer_nothing(self, planned: FileSet) -> None:
        """Somebody withdraws it while its files are being built."""
        builder_ = builder(planned)
        until(being_written)

        with tenancy.as_system():
            FileSet.objects.filter(id=planned.id).update(retired_at=NOW)
        out, _error = builder_.communicate()

        assert out == "False\n"
        assert not offered(planned)
