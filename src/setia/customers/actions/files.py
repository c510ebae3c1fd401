"""Files of a customer: taken in only as what they are, taken away, brought back, and forgotten after a month.

What a file is, its content says, not its name. A picture is drawn and written anew, which leaves behind whatever else
was in it: the place where it was taken, and code hidden after the picture.
"""

import io
import re
import warnings
from collections.abc import Iterable
from datetime import datetime, timedelta

import puremagic
from django.db import connection, transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from setia.accounts.models import User
from setia.core import kept
from setia.core.permissions import require
from setia.customers import normalise
from setia.customers.actions._record import record
from setia.customers.actions.erased import refuse_erased
from setia.customers.models import Customer, CustomerFile

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
KEPT_DAYS = 30
_PICTURES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}


class FileTooLarge(Exception):
    """More than `MOST_BYTES`, or a picture of more than `MOST_PIXELS`."""


class FileRefused(Exception):
    """Neither a PDF nor a picture (JPEG, PNG, WebP) that can be drawn."""


def add_file(*, by: User, at: datetime, customer: Customer, name: str, content: bytes) -> CustomerFile:
    """Keep a file on a customer. Raises `FileTooLarge`, `FileRefused`."""
    require(by, "customers.edit")
    kind, ending, safe = _taken_in(content)
    with transaction.atomic():
        refuse_erased([customer.pk])  # before a content is kept that no row would name
        _hold(shared=True)
        digest = kept.keep(safe)
        made = CustomerFile.objects.create(
            customer=customer, name=_named(name, ending), kind=kind, size=len(safe), sha256=digest, at=at, by=by
        )
        _tell("file_added", by=by, at=at, file=made)
    return made


def remove_file(*, by: User, at: datetime, file: CustomerFile) -> None:
    """Take a file away; for `KEPT_DAYS` it can come back."""
    require(by, "customers.edit")
    with transaction.atomic():
        if CustomerFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=at):
            _tell("file_removed", by=by, at=at, file=file)


def restore_file(*, by: User, at: datetime, file: CustomerFile) -> None:
    """Bring a file back."""
    require(by, "customers.edit")
    with transaction.atomic():
        if CustomerFile.objects.filter(pk=file.pk, removed_at__isnull=False).update(removed_at=None):
            _tell("file_restored", by=by, at=at, file=file)


def sweep_files(*, at: datetime) -> int:
    """Forget files taken away over `KEPT_DAYS` ago, with contents nobody else has; answers how many."""
    with transaction.atomic():
        _hold(shared=False)
        old = CustomerFile.objects.filter(removed_at__lt=at - timedelta(days=KEPT_DAYS))
        digests = set(old.values_list("sha256", flat=True))
        gone = old.delete()[0]
        for digest in digests - set(CustomerFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True)):
            kept.forget(digest)
    return gone


def forget_contents(digests: Iterable[str]) -> None:
    """Remove contents of files whose rows are gone, where nobody else has the same."""
    wanted = set(digests)
    if not wanted:
        return
    with transaction.atomic():
        _hold(shared=False)
        for digest in wanted - set(CustomerFile.objects.filter(sha256__in=wanted).values_list("sha256", flat=True)):
            kept.forget(digest)


def _hold(*, shared: bool) -> None:
    """While a content is being kept none is forgotten: it may be the very same."""
    with connection.cursor() as cursor:
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {lock}(hashtext('customers.files'))")


def _taken_in(content: bytes) -> tuple[str, str, bytes]:
    """The media type, the ending of the name, and the content to keep. Raises `FileTooLarge`, `FileRefused`."""
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    if content.startswith(b"%PDF-") and _looks_like(content, "application/pdf") and b"%%EOF" in content[-2048:]:
        return "application/pdf", ".pdf", content
    return _drawn_anew(content)


def _looks_like(content: bytes, kind: str) -> bool:
    try:
        return any(one.mime_type == kind for one in puremagic.magic_string(content[:4096]))
    except puremagic.PureError:
        return False


def _drawn_anew(content: bytes) -> tuple[str, str, bytes]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=list(_PICTURES))
            if picture.width * picture.height > MOST_PIXELS:
                raise FileTooLarge
            form = str(picture.format)
            drawn = ImageOps.exif_transpose(picture)
            drawn.load()
            drawn.info = {}
            out = io.BytesIO()
            if form == "PNG":
                drawn.save(out, form, optimize=False)
            else:
                drawn.save(out, form, quality=90)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileTooLarge from error
    # Decoders meet hostile bytes here and fail in many ways; each of them means: not a picture we can keep.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, TypeError, OverflowError) as error:
        raise FileRefused from error
    kind, ending = _PICTURES[form]
    return kind, ending, out.getvalue()


def _named(name: str, ending: str) -> str:
    """The name as given, without folders and marks that a computer may stumble over, with the ending of its kind."""
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", normalise.text(name.replace("\\", "/").rsplit("/", 1)[-1]))
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", plain).strip(" .")[:180]
    return f"{stem or 'file'}{ending}"


def _tell(verb: str, *, by: User, at: datetime, file: CustomerFile) -> None:
    record(verb, by=by, at=at, customer=file.customer, data={"name": file.name}, audited={"file": file.pk})
