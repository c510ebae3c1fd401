"""Which encoding a text file has, and its text, whatever single bytes are wrong in it.

A file is UTF-8 unless its start says otherwise; an ill-formed byte in a UTF-8 file is read as Windows-1252, which is
what such a byte nearly always is (an old export pasted into a new one), and counted.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import charset_normalizer

from setia.intake.reading.problems import Note

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = {
    "gb18030", "gbk", "gb2312", "big5", "cp950", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "cp1251", "koi8_r",
    "cp1256", "tis_620", "cp874", "cp1253", "cp1255",
}  # fmt: skip


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("setia-windows", _as_windows)


class Utf8(codecs.BufferedIncrementalDecoder):
    """UTF-8, with ill-formed bytes read as Windows-1252. `mended` counts the blocks of text where that happened."""

    mended = 0

    def _buffer_decode(self, data: ReadableBuffer, errors: str, final: bool) -> tuple[str, int]:
        try:
            return codecs.utf_8_decode(data, "strict", final)
        except UnicodeDecodeError:
            self.mended += 1
            return codecs.utf_8_decode(data, "setia-windows", final)


def detect(sample: bytes) -> tuple[str, list[Note]]:
    """The encoding's Python name, and what the user should know about the choice.

    :param sample: the first bytes of the content; the last character may be cut.
    """
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return name, []
    if b"\0" in sample and (wide := _wide(sample)):
        return wide, [Note("encoding", {"name": wide.upper()})]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", []
    high = sum(byte > 127 for byte in sample)
    wrong = sum("\udc80" <= letter <= "\udcff" for letter in sample.decode("utf-8", "surrogateescape"))
    if wrong * 20 < high:  # nearly all of it is good UTF-8
        return "utf-8", [Note("encoding_mixed", {})]
    name = "cp1252"
    if high * 10 > len(sample):  # more than accents: another script, so the statistics have something to work on
        best = charset_normalizer.from_bytes(sample[: 1 << 18]).best()
        if best is not None and best.encoding in _FOREIGN:
            name = best.encoding
    return name, [Note("encoding", {"name": {"cp1252": "Windows-1252"}.get(name, name)})]


def _wide(sample: bytes) -> str:
    """UTF-16 without a byte order mark shows as zeros in every second place."""
    pairs = max(len(sample[:4000]) // 2, 1)
    even, odd = sample[:4000:2].count(0), sample[1:4000:2].count(0)
    if odd * 10 > pairs * 7 and even * 10 < pairs:
        return "utf-16-le"
    if even * 10 > pairs * 7 and odd * 10 < pairs:
        return "utf-16-be"
    return ""


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    """A streaming decoder that never fails: what cannot be read becomes Windows-1252 or U+FFFD."""
    if encoding == "utf-8":
        return Utf8()
    return codecs.getincrementaldecoder(encoding)(errors="replace")
