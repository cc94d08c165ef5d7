"""A site's letterhead: who changes it, and which files become a logo."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader

from identity import tenancy
from identity.filestore import DAY
from identity.models import AuditEvent
from orders.letterhead.logos import LARGEST, LOGOS, LogoRefused, made_anew
from orders.letterhead.tasks import sweep_logos
from orders.models import Letterhead, Quote
from tests.cast import Cast, signed_in
from tests.orders.made import LICENCE, make_quote, sell

PAGE = "/quotes/letterhead/"


def picture(size: tuple[int, int] = (300, 100), format: str = "PNG", **extra: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(out, format, **extra)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has very many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def logo_of(content: bytes) -> Any:
    return made_anew(io.BytesIO(content), len(content))


class TestALogo:
    @pytest.mark.parametrize(("format", "kind"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
    def test_is_a_png_or_a_jpeg(self, format: str, kind: str) -> None:
        made = logo_of(picture(format=format))
        assert (made.media_type, made.width, made.height) == (kind, 300, 100)

    def test_is_no_larger_than_paper_needs(self) -> None:
        made = logo_of(picture((3000, 1000)))
        assert (made.width, made.height) == (1200, 400)

    def test_is_written_anew_without_what_was_hidden_in_the_file(self) -> None:
        notes = PngInfo()
        notes.add_text("Comment", "<script>alert(1)</script>")
        made = logo_of(picture(pnginfo=notes) + b"<?php evil ?>")
        assert b"script" not in made.content
        assert b"php" not in made.content

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG or a JPEG"),
            (b"GIF89a" + b"\0" * 50, "PNG or a JPEG"),
            (picture()[:80], "PNG or a JPEG"),
            (bomb(50_000, 50_000), "PNG or a JPEG"),
            (bomb(6_001, 20), "too large"),
            (picture((10, 300)), "too small"),
            (picture() + b"\0" * LARGEST, "2 MB"),
        ],
        ids=["empty", "svg", "gif", "cut off", "bomb", "long", "small", "heavy"],
    )
    def test_is_refused_for_what_is_in_it(self, content: bytes, reason: str) -> None:
        with pytest.raises(LogoRefused, match=reason):
            logo_of(content)


@pytest.mark.django_db
class TestThePage:
    def send(self, client: Client, *, version: int = 0, file: bytes = b"", **fields: Any) -> Any:
        data = {"address": "", "version": version, **fields}
        if file:
            data["logo"] = SimpleUploadedFile("logo.png", file)
        return client.post(PAGE, data)

    def test_keeps_logo_and_address(self, cast: Cast) -> None:
        assert (
            self.send(signed_in(cast.primary), file=picture(), address="12 Corniche Street").status_code
            == 302
        )
        kept = held(cast)
        assert (kept.address, kept.width, kept.changed_by_name) == ("12 Corniche Street", 300, "Amira Haddad")
        assert LOGOS.path_of(kept.logo).exists()

    def test_writes_the_change_down(self, cast: Cast) -> None:
        self.send(signed_in(cast.secondary), address="12 Corniche Street")
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="letterhead.changed")
        assert event.detail["after"]["address"] == "12 Corniche Street"

    def test_shows_the_logo_that_there_is(self, cast: Cast) -> None:
        client = signed_in(cast.primary)
        assert client.get(PAGE + "logo/").status_code == 404
        self.send(client, file=picture())
        shown = client.get(PAGE + "logo/")
        assert shown["Content-Type"] == "image/png"
        shown.close()

    def test_says_at_the_field_why_a_file_is_no_logo_and_keeps_what_was_entered(self, cast: Cast) -> None:
        answer = self.send(signed_in(cast.primary), file=b"no picture", address="12 Corniche Street")
        assert answer.status_code == 422
        assert "This is no picture that can be read." in answer.content.decode()
        assert "12 Corniche Street" in answer.content.decode()

    def test_takes_the_logo_off(self, cast: Cast) -> None:
        client = signed_in(cast.primary)
        self.send(client, file=picture())
        self.send(client, version=1, without_logo="on")
        assert held(cast).logo == ""

    def test_says_who_was_quicker_instead_of_undoing_their_change(self, cast: Cast) -> None:
        self.send(signed_in(cast.primary), address="Theirs")
        late = self.send(signed_in(cast.secondary), version=0, address="Mine")
        assert late.status_code == 422
        assert "Amira Haddad changed this meanwhile" in late.content.decode()
        assert held(cast).address == "Theirs"

    def test_is_for_primary_and_secondary_contacts(self, cast: Cast) -> None:
        assert signed_in(cast.secondary).get(PAGE).status_code == 200
        assert signed_in(cast.sales).get(PAGE).status_code == 403

    def test_is_for_resellers(self, cast: Cast) -> None:
        assert signed_in(cast.distributor).get(PAGE).status_code == 403

    def test_a_rival_has_one_of_its_own(self, cast: Cast) -> None:
        self.send(signed_in(cast.primary), address="12 Corniche Street", file=picture())
        client = signed_in(cast.rival)
        assert "Corniche" not in client.get(PAGE).content.decode()
        assert client.get(PAGE + "logo/").status_code == 404

    def test_is_on_paper_from_then_on(self, cast: Cast) -> None:
        sell()
        quote = make_quote(cast.primary, (LICENCE, 1))
        client = signed_in(cast.primary)
        assert pictures_on(client, quote) == 0
        self.send(client, file=picture())
        assert pictures_on(client, quote) == 1

    def test_keeps_no_quote_from_being_printed_when_the_disk_has_lost_the_logo(self, cast: Cast) -> None:
        sell()
        quote = make_quote(cast.primary, (LICENCE, 1))
        client = signed_in(cast.primary)
        self.send(client, file=picture())
        LOGOS.forget(held(cast).logo)
        assert pictures_on(client, quote) == 0


@pytest.mark.django_db
def test_files_of_logos_that_were_replaced_are_forgotten_after_a_day(cast: Cast) -> None:
    client = signed_in(cast.primary)
    client.post(PAGE, {"version": 0, "logo": SimpleUploadedFile("a.png", picture())})
    first = held(cast).logo
    client.post(PAGE, {"version": 1, "logo": SimpleUploadedFile("b.png", picture((200, 200)))})
    second = held(cast).logo
    for name in (first, second):
        os.utime(LOGOS.path_of(name), (time.time() - DAY - 1,) * 2)
    sweep_logos()
    assert not LOGOS.path_of(first).exists()
    assert LOGOS.path_of(second).exists()


def pictures_on(client: Client, quote: Quote) -> int:
    content = client.get(f"/quotes/{quote.public_id}/pdf/").content
    return len(PdfReader(io.BytesIO(content)).pages[0].images)


def held(cast: Cast) -> Letterhead:
    with tenancy.as_system():
        return Letterhead.objects.get(site=cast.site)
