"""Files of a deal: what is taken, who reads it, and that a file is there whole or not at all."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals import actions
from deals.attachments import FILES, LARGEST, FileRefused, clean_name, content_type
from deals.models import Deal, DealAttachment, DealEvent
from deals.states import Status
from deals.tasks import sweep_files
from identity import tenancy
from identity.filestore import DAY
from identity.models import Membership
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_deal

PDF = b"%PDF-1.7\n%a quote request\n"


@pytest.fixture(autouse=True)
def store(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def office(*parts: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return held.getvalue()


def attach(
    deal: Deal, by: Membership, content: bytes = PDF, name: str = "request.pdf", *, shared: bool = False
) -> DealAttachment:
    with tenancy.scope(actor(by)):
        return actions.attach_file(
            deal,
            file=io.BytesIO(content),
            name=name,
            size=len(content),
            for_distributor=shared,
            by=actor(by),
            now=timezone.now(),
        )


def stored_files(store: Path) -> list[Path]:
    return [found for found in store.rglob("*") if found.is_file()]


class TestAFile:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.pdf", PDF),
            ("A.PDF", PDF),
            ("a.png", b"\x89PNG\r\n\x1a\nrest"),
            ("a.jpeg", b"\xff\xd8\xff\xe0rest"),
            ("a.docx", office("word/document.xml")),
            ("a.xlsx", office("xl/workbook.xml")),
            ("a.pptx", office("ppt/presentation.xml")),
            ("a.txt", "żółć, العربية\n".encode()),
            ("a.csv", "a;b\r\n1;2".encode("utf-16")),
        ],
    )
    def test_is_taken_when_its_content_is_what_its_name_says(self, name: str, content: bytes) -> None:
        assert content_type(name, len(content), io.BytesIO(content))

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.exe", b"MZ"),
            ("a.html", b"<script>"),
            ("a.svg", b"<svg onload=x>"),
            ("a.zip", office()),
            ("a", PDF),
            ("a.pdf", b"MZ program"),
            ("a.pdf", b""),
            ("a.png", b"<svg/>"),
            ("a.docx", office("xl/workbook.xml")),
            ("a.docx", b"PK\x03\x04 but no archive"),
            ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
            ("a.docm", office("word/document.xml")),
            ("a.txt", b"text\x00with a NUL"),
        ],
    )
    def test_is_refused_with_a_reason_otherwise(self, name: str, content: bytes) -> None:
        with pytest.raises(FileRefused) as refused:
            content_type(name, len(content), io.BytesIO(content))
        assert str(refused.value.reason)

    def test_is_refused_when_it_is_too_large(self) -> None:
        assert content_type("a.pdf", LARGEST, io.BytesIO(PDF))
        with pytest.raises(FileRefused):
            content_type("a.pdf", LARGEST + 1, io.BytesIO(PDF))

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("../../etc/passwd.txt", "passwd.txt"),
            ("C:\\Users\\me\\quote.pdf", "quote.pdf"),
            ("line\nbreak\x00.pdf", "linebreak.pdf"),
            ("عرض السعر.pdf", "عرض السعر.pdf"),
            ("Quote at 10.32\u202fAM.pdf", "Quote at 10.32\u202fAM.pdf"),
            ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ],
    )
    def test_is_called_by_its_last_name_only(self, given: str, kept: str) -> None:
        assert clean_name(given) == kept


@pytest.mark.django_db
class TestAttaching:
    def test_keeps_the_file_and_says_so_on_the_timeline(self, cast: Cast, store: Path) -> None:
        deal = make_deal(cast)
        attachment = attach(deal, cast.sales, shared=True)
        assert [found.read_bytes() for found in stored_files(store)] == [PDF]
        assert "request" not in stored_files(store)[0].name
        with tenancy.scope(actor(cast.distributor)):
            event = DealEvent.objects.get(deal=deal, kind="attached")
        assert event.text == attachment.name

    def test_does_not_name_to_the_distributor_what_is_not_for_it(self, cast: Cast) -> None:
        deal = make_deal(cast)
        attach(deal, cast.sales, name="our-margin.pdf")
        with tenancy.scope(actor(cast.distributor)):
            assert DealEvent.objects.get(deal=deal, kind="attached").text == ""
            assert not DealAttachment.objects.exists()
        with tenancy.scope(actor(cast.deal_desk)):
            assert DealAttachment.objects.get().name == "our-margin.pdf"

    def test_of_the_same_file_twice_keeps_one(self, cast: Cast, store: Path) -> None:
        deal = make_deal(cast)
        assert attach(deal, cast.sales).id == attach(deal, cast.sales).id
        assert len(stored_files(store)) == 1

    def test_ends_at_ten_files(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for number in range(10):
            attach(deal, cast.sales, PDF + bytes([65 + number]))
        with pytest.raises(FileRefused, match="ten"):
            attach(deal, cast.sales, PDF + b"another")

    def test_is_refused_once_the_deal_is_closed(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.WITHDRAWN)
        with pytest.raises(actions.DealNotOpen):
            attach(deal, cast.sales)

    @pytest.mark.parametrize("way", ["again", "appeal"])
    def test_goes_along_when_a_rejected_deal_is_taken_up(self, cast: Cast, store: Path, way: str) -> None:
        deal = make_deal(cast)
        attach(deal, cast.sales, shared=True)
        deal = do("reject", deal, partner=cast.sales, staff=cast.deal_desk)
        own = actor(cast.sales)
        with tenancy.scope(own):
            if way == "appeal":
                new = actions.appeal_deal(deal, text="Look again.", by=own, now=timezone.now())
            else:
                new = actions.begin_deal(previous=deal, by=own, now=timezone.now())
            copies = list(DealAttachment.objects.filter(deal=new))
        assert [(copy.name, copy.for_distributor) for copy in copies] == [("request.pdf", True)]
        assert FILES.path_of(copies[0].stored).read_bytes() == PDF
        assert len(stored_files(store)) == 2

    def test_leaves_nothing_half_written_when_the_disk_fails(
        self, cast: Cast, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*args: object) -> None:
            raise OSError("No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            attach(make_deal(cast), cast.sales)
        assert stored_files(store) == []


@pytest.mark.django_db
class TestTheFilesOfADeal:
    def send(self, who: Membership, deal: Deal, content: bytes = PDF, name: str = "request.pdf") -> object:
        file = SimpleUploadedFile(name, content)
        return signed_in(who).post(reverse("deals:attach", args=[deal.public_id]), {"file": file})

    def test_are_attached_and_downloaded_on_the_page(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert self.send(cast.sales, deal).status_code == 302  # type: ignore[attr-defined]
        with tenancy.scope(actor(cast.sales)):
            attachment = DealAttachment.objects.get()
        address = reverse("deals:download", args=[deal.public_id, attachment.public_id])
        for who in (cast.sales, cast.deal_desk):
            response = signed_in(who).get(address)
            assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
            assert response.headers["Content-Disposition"] == 'attachment; filename="request.pdf"'
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response.headers["Content-Security-Policy"]
        for who in (cast.rival, cast.distributor):
            assert signed_in(who).get(address).status_code == 404

    def test_are_attached_on_the_last_step_of_registering(self, cast: Cast) -> None:
        draft = make_deal(cast, Status.DRAFT)
        attach(draft, cast.sales, name="tender.pdf")
        page = signed_in(cast.sales).get(reverse("deals:review", args=[draft.public_id])).content.decode()
        assert "tender.pdf" in page
        assert reverse("deals:attach", args=[draft.public_id]) in page

    def test_may_be_larger_than_a_form(self, cast: Cast) -> None:
        deal = make_deal(cast)
        large = PDF + b"x" * (5 * 1024 * 1024)
        assert self.send(cast.sales, deal, large).status_code == 302  # type: ignore[attr-defined]
        somewhere_else = signed_in(cast.sales).post(
            reverse("deals:comment", args=[deal.public_id]), {"text": SimpleUploadedFile("x.pdf", large)}
        )
        assert somewhere_else.status_code == 413
        nobody = Client().post(
            reverse("deals:attach", args=[deal.public_id]), {"file": SimpleUploadedFile("x.pdf", large)}
        )
        assert nobody.status_code == 413

    def test_are_refused_at_the_field_and_nothing_is_kept(self, cast: Cast, store: Path) -> None:
        response = self.send(cast.sales, make_deal(cast), b"MZ program")
        assert response.status_code == 422  # type: ignore[attr-defined]
        assert "does not agree with its name" in response.content.decode()  # type: ignore[attr-defined]
        assert stored_files(store) == []

    def test_are_gone_for_everybody_once_taken_back(self, cast: Cast) -> None:
        deal = make_deal(cast)
        attachment = attach(deal, cast.sales)
        back = reverse("deals:detach", args=[deal.public_id, attachment.public_id])
        assert signed_in(cast.rival).post(back).status_code == 404
        assert signed_in(cast.sales).post(back).status_code == 302
        address = reverse("deals:download", args=[deal.public_id, attachment.public_id])
        assert signed_in(cast.deal_desk).get(address).status_code == 404
        assert signed_in(cast.sales).post(back).status_code == 404


@pytest.mark.django_db
class TestTheStore:
    def test_forgets_after_a_day_what_no_row_names(self, cast: Cast, store: Path) -> None:
        kept = attach(make_deal(cast), cast.sales)
        orphan = FILES.keep(io.BytesIO(b"of a transaction that failed")).name
        young = FILES.keep(io.BytesIO(b"of a transaction under way")).name
        yesterday = time.time() - 2 * DAY
        for stored in (kept.stored, orphan):
            os.utime(FILES.path_of(stored), (yesterday, yesterday))
        assert sweep_files() == 1
        assert {found.name for found in stored_files(store)} == {kept.stored, young}

    def test_opens_nothing_but_what_it_named_itself(self) -> None:
        for name in ("../../secret", "a/b", "", "x.pdf"):
            with pytest.raises(ValueError, match="not the name"):
                FILES.path_of(name)
