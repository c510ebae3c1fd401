import io
import stat
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from PIL import Image

from setia.core import kept
from setia.customers import actions
from setia.customers.models import CustomerFile
from setia.customers.queries import files_of
from setia.customers.tests.people import LATER, LATER_STILL, People

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PAGE = b"<html><script>alert(1)</script></html>"


def picture(form: str = "PNG", size: tuple[int, int] = (8, 6), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (13, 143, 132)).save(out, form, **more)
    return out.getvalue()


class Home(People):
    """The people, and a home of their own for files."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        home = override_settings(HOME=self.home)
        home.enable()
        self.addCleanup(home.disable)

    def add(self, content: bytes, name: str = "foto.png") -> CustomerFile:
        return actions.add_file(by=self.dimas, at=LATER, customer=self.siti, name=name, content=content)

    def kept(self) -> list[Path]:
        return [path for path in (self.home / "files").rglob("*") if path.is_file()]


class FileTest(Home):
    def test_a_file_is_what_its_content_says_whatever_its_name_says(self) -> None:
        cases = {
            ("kontrak.exe", PDF): ("kontrak.pdf", "application/pdf"),
            ("../../etc/foto", picture("JPEG")): ("foto.jpg", "image/jpeg"),
            ('a<b>"c".html', picture("WEBP")): ("a b c.webp", "image/webp"),
            ("..", picture()): ("file.png", "image/png"),
        }
        for (name, content), (shown, kind) in cases.items():
            made = self.add(content, name)
            assert (made.name, made.kind) == (shown, kind), name

    def test_what_is_no_picture_and_no_pdf_is_refused_and_leaves_nothing(self) -> None:
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        gif = picture("GIF")
        for content in (
            b"",
            PAGE,
            svg,
            gif,
            b"%PDF-1.4 and no end",
            picture()[:40],
            b"\x89PNG\r\n\x1a\n" + PAGE,
            b"MZ" * 99,
        ):
            with pytest.raises(actions.FileRefused):
                self.add(content)
        assert self.kept() == []

    def test_a_picture_is_drawn_anew_without_what_was_hidden_in_it(self) -> None:
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        made = self.add(picture("JPEG", exif=exif) + PAGE, "foto.jpg")
        content = kept.path_of(made.sha256).read_bytes()
        assert b"taken at home" not in content
        assert b"<script>" not in content
        assert Image.open(io.BytesIO(content)).size == (8, 6)

    def test_a_picture_too_many_pixels_wide_and_a_file_too_many_bytes_long_are_refused(self) -> None:
        with pytest.raises(actions.FileTooLarge):
            self.add(picture(size=(10_000, 6_000)))
        with pytest.raises(actions.FileTooLarge):
            self.add(PDF + b" " * actions.MOST_BYTES)

    def test_equal_contents_are_kept_once_for_the_owner_of_the_home_alone(self) -> None:
        assert self.add(PDF).sha256 == self.add(PDF, "lagi").sha256
        (only,) = self.kept()
        assert stat.S_IMODE(only.stat().st_mode) == 0o600

    def test_a_file_taken_away_comes_back_for_a_month_and_is_forgotten_then(self) -> None:
        first, second = self.add(PDF, "satu"), self.add(PDF, "dua")
        actions.remove_file(by=self.dimas, at=LATER, file=first)
        assert files_of(self.siti) == [second]
        actions.restore_file(by=self.dimas, at=LATER_STILL, file=first)
        assert files_of(self.siti) == [second, first]
        for file in (first, second):
            actions.remove_file(by=self.dimas, at=LATER if file == first else LATER + timedelta(days=2), file=file)
        assert actions.sweep_files(at=LATER + timedelta(days=29)) == 0
        assert actions.sweep_files(at=LATER + timedelta(days=31)) == 1
        assert len(self.kept()) == 1, "the other one still has this content"
        assert actions.sweep_files(at=LATER + timedelta(days=40)) == 1
        assert self.kept() == []

    def test_files_follow_a_merge_and_come_back_after_it(self) -> None:
        made = self.add(PDF)
        maria = actions.add(by=self.dimas, at=LATER, name="Maria Goretti")
        done = actions.merge(by=self.rani, at=LATER, survivor=maria, others=[self.siti])
        assert files_of(maria) == [made]
        actions.unmerge(by=self.rani, at=LATER_STILL, merge=done)
        assert (files_of(maria), files_of(self.siti)) == ([], [made])

    def test_an_erasure_takes_files_along_and_leaves_a_content_somebody_else_has_too(self) -> None:
        maria = actions.add(by=self.dimas, at=LATER, name="Maria Goretti")
        shared, own = self.add(PDF), self.add(picture())
        actions.add_file(by=self.dimas, at=LATER, customer=maria, name="sama", content=PDF)
        actions.erase(by=self.rani, at=LATER_STILL, customer=self.siti)
        assert not CustomerFile.objects.filter(customer=self.siti).exists()
        assert kept.path_of(shared.sha256).exists()
        assert not kept.path_of(own.sha256).exists()

    def test_somebody_who_left_the_firm_adds_no_file(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.add_file(by=self.bayu, at=LATER, customer=self.siti, name="x", content=PDF)

    def test_a_name_that_is_no_hash_leads_nowhere(self) -> None:
        for name in ("../../secret.key", "", "A" * 64):
            with pytest.raises(ValueError, match=r".*"):
                kept.path_of(name)


class FilePageTest(Home):
    def setUp(self) -> None:
        super().setUp()
        self.sign_in()
        self.url = reverse("add_file", args=[self.siti.pk])

    def hand_in(self, content: bytes, name: str = "foto.png") -> Any:
        upload = SimpleUploadedFile(name, content, content_type="text/html")
        return self.client.post(self.url, {"file": upload}, headers={"HX-Request": "true"})

    def test_a_file_is_handed_in_and_out_and_can_do_nothing_in_the_browser(self) -> None:
        self.assertContains(self.hand_in(PDF, "kontrak.html"), "kontrak.pdf")
        self.hand_in(picture())
        image, pdf = files_of(self.siti)
        for file, way in ((pdf, 'attachment; filename="kontrak.pdf"'), (image, 'inline; filename="foto.png"')):
            answer = self.client.get(reverse("customer_file", args=[self.siti.pk, file.pk]))
            assert answer.headers["Content-Disposition"] == way
            assert answer.headers["Content-Type"] == file.kind
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.getvalue() == kept.path_of(file.sha256).read_bytes()

    def test_what_is_refused_is_told_in_the_piece_of_the_page(self) -> None:
        self.assertContains(self.hand_in(PAGE), "neither a PDF nor a picture", status_code=422)
        self.assertContains(self.hand_in(PDF + b" " * actions.MOST_BYTES), "too large", status_code=422)
        self.assertContains(self.client.post(self.url, {}), "Choose a file first", status_code=422)

    def test_a_file_is_taken_away_with_a_way_back_and_reached_only_through_its_customer(self) -> None:
        made = self.add(PDF, "kontrak")
        maria = actions.add(by=self.dimas, at=LATER, name="Maria Goretti")
        assert self.client.get(reverse("customer_file", args=[maria.pk, made.pk])).status_code == 404
        remove = reverse("remove_file", args=[self.siti.pk, made.pk])
        self.assertContains(self.client.post(remove, headers={"HX-Request": "true"}), "Put “kontrak.pdf” back")
        assert self.client.get(reverse("customer_file", args=[self.siti.pk, made.pk])).status_code == 404
        self.client.post(reverse("restore_file", args=[self.siti.pk, made.pk]))
        assert files_of(self.siti) == [made]
        kept.forget(made.sha256)
        assert self.client.get(reverse("customer_file", args=[self.siti.pk, made.pk])).status_code == 404
