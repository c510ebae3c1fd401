"""Files that want to hurt, made when a test asks for them: a function a file, whose docstring says what is wrong.

`make` writes one into a folder and answers its path; `NAMES` lists them all. What each reader is told stands beside the
name in `test_hostile.py`.
"""

import base64
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

HEADER = "order no,date,customer no,product,qty,price\n"
ROW = "A{n},2026-03-01 09:00,{n},Kopi Gayo,2,85000\n"
Maker = Callable[[], bytes]
MAKERS: dict[str, Maker] = {}


def hostile(name: str) -> Callable[[Maker], Maker]:
    """Register a maker under the file's name."""

    def keep(maker: Maker) -> Maker:
        MAKERS[name] = maker
        return maker

    return keep


def make(name: str, folder: Path) -> Path:
    """Write the file into the folder."""
    path = folder / name
    path.write_bytes(MAKERS[name]())
    return path


def good(rows: int = 3) -> str:
    """A file nothing is wrong with."""
    return HEADER + "".join(ROW.format(n=n) for n in range(1, rows + 1))


@hostile("wrong-encoding.csv")
def wrong_encoding() -> bytes:
    """Windows-1252, which says so nowhere."""
    return (HEADER + "A1,2026-03-01,7,Café Joséphine – 250 g,1,85000\n" * 3).encode("cp1252")


@hostile("mixed-encoding.csv")
def mixed_encoding() -> bytes:
    """UTF-8 with one line pasted from an old export."""
    return (good(50) + "A60,2026-03-01,7,Kopi Susu “Dalgona” é,1,1\n" * 9).encode() + b"A61,2026-03-01,7,Caf\xe9,1,1\n"


@hostile("bom.csv")
def bom() -> bytes:
    """UTF-8 with a byte order mark before the first column's name."""
    return b"\xef\xbb\xbf" + good().encode()


@hostile("utf16.csv")
def utf16() -> bytes:
    """What a spreadsheet calls Unicode text: UTF-16, tabs, CR LF."""
    return good().replace(",", "\t").replace("\n", "\r\n").encode("utf-16")


@hostile("utf16-no-bom.csv")
def utf16_bare() -> bytes:
    """UTF-16 without its mark."""
    return good(40).encode("utf-16-le")


@hostile("nul.csv")
def nul() -> bytes:
    """NUL characters inside cells."""
    return good().replace("Kopi", "Ko\0pi").encode()


@hostile("lone-cr.csv")
def lone_cr() -> bytes:
    """Line ends of a Macintosh of the last century."""
    return good().replace("\n", "\r").encode()


@hostile("unclosed-quote.csv")
def unclosed_quote() -> bytes:
    """One quote opens and never closes, with a thousand good rows below it."""
    rows = [ROW.format(n=n) for n in range(1, 1001)]
    rows[4] = 'A5,2026-03-01 09:00,5,"Kopi 5 inci,2,85000\n'
    return (HEADER + "".join(rows)).encode()


@hostile("unclosed-quote-huge.csv")
def unclosed_quote_huge() -> bytes:
    """The same with 100,000 rows: no reader may hold them all as one cell."""
    rows = [ROW.format(n=n) for n in range(1, 100_001)]
    rows[4] = 'A5,2026-03-01 09:00,5,"Kopi 5 inci,2,85000\n'
    return (HEADER + "".join(rows)).encode()


@hostile("cell-10-mb.csv")
def huge_cell() -> bytes:
    """A cell of ten million characters."""
    return (HEADER + "A1,2026-03-01,1," + "x" * 10_000_000 + ",1,1\n" + ROW.format(n=2)).encode()


@hostile("cell-2-mb-quoted.csv")
def huge_quoted_cell() -> bytes:
    """A quoted cell of two million characters over many lines."""
    return (HEADER + 'A1,2026-03-01,1,"' + ("x" * 99 + "\n") * 20_000 + '",1,1\n' + ROW.format(n=2)).encode()


@hostile("no-line-end.csv")
def no_line_end() -> bytes:
    """Thirty megabytes without a line end."""
    return b"a," * 15_000_000


@hostile("columns-5000.csv")
def wide() -> bytes:
    """Five thousand columns."""
    return (",".join(f"c{n}" for n in range(5000)) + "\n" + ",".join("1" * 5000) + "\n").encode()


@hostile("columns-1000.csv")
def widest() -> bytes:
    """A thousand columns, of which four matter."""
    names = ["order no", "date", "qty", "price", *(f"c{n}" for n in range(996))]
    return (",".join(names) + "\n" + ",".join(["A1", "2026-03-01", "1", "10", *["x"] * 996]) + "\n").encode()


@hostile("duplicate-headers.csv")
def duplicate_headers() -> bytes:
    """Three columns of the same name."""
    return b"order no,date,price,price,price\nA1,2026-03-01,10,20,30\n"


@hostile("too-large-number.csv")
def too_large_number() -> bytes:
    """1e309, which is infinity to a binary fraction; NaN; infinity; digits beyond reason."""
    rows = [
        "A1,2026-03-01,1,x,1,1e309",
        "A2,2026-03-01,1,x,1,NaN",
        "A3,2026-03-01,1,x,inf,1",
        "A4,2026-03-01,1,x,1,9e99",
    ]
    return (HEADER + "\n".join([*rows, "A5,2026-03-01,1,x,1," + "9" * 5000]) + "\n" + ROW.format(n=6)).encode()


@hostile("31-february.csv")
def no_such_day() -> bytes:
    """A day that does not exist."""
    return (HEADER + "A1,31.02.2026,1,x,1,10\nA2,28.02.2026,1,x,1,10\n").encode()


@hostile("formulas.csv")
def formulas() -> bytes:
    """Cells that a spreadsheet would run."""
    return (HEADER + "A1,2026-03-01,1,=cmd|' /C calc'!A0,1,10\nA2,never,1,@SUM(1+1),1,10\n").encode()


@hostile("formulas.xlsx")
def formulas_xlsx() -> bytes:
    """Formulas without a saved result, as programs write them that are no spreadsheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["order no", "date", "qty", "price"])
    sheet.append(["A1", "2026-03-01", 2, "=B2*2"])
    sheet.append(["A2", "2026-03-01", 2, 5000])
    return _saved(book)


@hostile("gzip-bomb.csv.gz")
def gzip_bomb() -> bytes:
    """Half a gigabyte of nothing in half a megabyte."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as file:
        file.write(good().encode())
        for _ in range(500):
            file.write(b"A1,2026-03-01,1,x,1,1\n" * 47_662)
    return out.getvalue()


@hostile("gzip-cut-short.csv.gz")
def gzip_cut_short() -> bytes:
    """A download that stopped."""
    return gzip.compress(good(20_000).encode())[:-2000]


@hostile("gzip-in-gzip.csv.gz")
def gzip_in_gzip() -> bytes:
    """Compressed twice."""
    return gzip.compress(gzip.compress(good().encode()))


@hostile("zip-bomb.xlsx")
def zip_bomb() -> bytes:
    """A workbook whose sheet would unpack to a gigabyte."""
    sheet = b"<worksheet>" + b" " * (1 << 20)
    return _archive({"xl/worksheets/sheet1.xml": sheet * 1}, pad=("xl/worksheets/sheet2.xml", 1 << 30))


@hostile("many-parts.xlsx")
def many_parts() -> bytes:
    """A workbook of twenty thousand parts."""
    return _archive({f"xl/worksheets/sheet{n}.xml": b"<worksheet/>" for n in range(20_000)})


LAUGHS = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHING = f'<worksheet {SHEET}><sheetData><row><c t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'


@hostile("entities.xlsx")
def entities() -> bytes:
    """A billion laughs in a cell."""
    return _replaced("xl/worksheets/sheet1.xml", f"<!DOCTYPE worksheet [{LAUGHS}]>{LAUGHING}".encode())


@hostile("entities-utf16.xlsx")
def entities_utf16() -> bytes:
    """The same, hidden from a search for bytes by UTF-16."""
    text = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE worksheet [{LAUGHS}]>{LAUGHING}'
    return _replaced("xl/worksheets/sheet1.xml", text.encode("utf-16"))


@hostile("entities-late.xlsx")
def entities_late() -> bytes:
    """The same, hidden from a look at the beginning by a long comment."""
    comment = "<!--" + "x" * 200_000 + "-->"
    return _replaced("xl/worksheets/sheet1.xml", f"{comment}<!DOCTYPE worksheet [{LAUGHS}]>{LAUGHING}".encode())


@hostile("far-row.xlsx")
def far_row() -> bytes:
    """A sheet that claims a row number of two thousand million."""
    sheet = (
        f"<worksheet {SHEET}><sheetData>"
        '<row r="1"><c r="A1" t="inlineStr"><is><t>order no</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>date</t></is></c><c r="C1" t="inlineStr"><is><t>price</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>A1</t></is></c>'
        '<c r="B2" t="inlineStr"><is><t>2026-03-01</t></is></c><c r="C2"><v>10</v></c></row>'
        '<row r="2000000000"><c><v>1</v></c></row></sheetData></worksheet>'
    )
    return _replaced("xl/worksheets/sheet1.xml", sheet.encode())


@hostile("not-a-workbook.xlsx")
def plain_zip() -> bytes:
    """A ZIP archive with a CSV in it, called a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("orders.csv", good())
    return out.getvalue()


@hostile("cut-short.xlsx")
def cut_short_workbook() -> bytes:
    """A workbook whose end is missing."""
    whole = workbook([["order no", "date", "price"], ["A1", "2026-03-01", 1]])
    return whole[: len(whole) // 2]


@hostile("old.xls")
def old_workbook() -> bytes:
    """The format before XLSX; a workbook with a password begins the same way."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)


@hostile("header-alone.csv")
def header_alone() -> bytes:
    """A header and nothing below it."""
    return HEADER.encode()


@hostile("empty.csv")
def empty() -> bytes:
    """No byte at all."""
    return b""


@hostile("blank.csv")
def blank() -> bytes:
    """Blank lines alone."""
    return b"\r\n  \r\n\r\n"


@hostile("picture.csv")
def picture() -> bytes:
    """A PNG called CSV."""
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@hostile("document.csv")
def document() -> bytes:
    """A PDF called CSV."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@hostile("noise.csv")
def noise() -> bytes:
    """Bytes without any meaning."""
    return bytes((n * 7919 + n // 3) % 256 for n in range(50_000))


@hostile("page.csv")
def page() -> bytes:
    """A web page called CSV: what a portal sends once its session has ended."""
    return b"<!DOCTYPE html><html><body>Silakan masuk</body></html>"


@hostile("list.jsonl")
def json_list() -> bytes:
    """JSON, but one list rather than lines."""
    return b'[{"order no": "A1"}, {"order no": "A2"}]'


@hostile("broken.jsonl")
def broken_json() -> bytes:
    """JSON Lines with lines that are none, a nest of ten thousand lists, and a number of ten thousand digits."""
    return (
        b'{"order no": "A1", "date": "2026-03-01", "price": 10}\n{"order no": "A2", "da\n'
        b'{"order no": "A3", "date": "2026-03-01", "price": ' + b"[" * 10_000 + b"]" * 10_000 + b"}\n"
        b'{"order no": "A4", "date": "2026-03-01", "price": ' + b"9" * 10_000 + b"}\n"
        b'{"order no": "A5", "date": "2026-03-01", "price": 1e999999999}\n'
        b'{"order no": "A6", "date": "2026-03-01", "price": NaN}\n"text"\n'
        b'{"order no": "A7", "date": "2026-03-01", "price": 5, "new": {"a": 1}}\n'
    )


@hostile("cut-short.parquet")
def cut_short_parquet() -> bytes:
    """A Parquet file whose end is missing."""
    whole = parquet({"order no": ["A1"], "date": ["2026-03-01"], "price": [1.5]})
    return whole[: len(whole) // 2]


@hostile("infinite.parquet")
def infinite_parquet() -> bytes:
    """Binary fractions that are no numbers."""
    return parquet({"order no": ["A1", "A2"], "date": ["2026-03-01"] * 2, "price": [float("inf"), float("nan")]})


@hostile("ends-its-reader.parquet")
def ends_its_reader_parquet() -> bytes:
    """One column of a Parquet file is described without its kind: Arrow ends the process that asks for its size.

    One byte of a sound file (written with pyarrow 26) is another; kept as it was found, packed.
    """
    return zlib.decompress(
        base64.b85decode(
            b"c-lpdKMTSz5XH|>LWiywa*!cQgF{=appz6j795J-pwxg4HZ}Fn*YG2oxH!DW!Mk_A>)TU}fD&baEDRjE0st1Zir&_kP_YBam+@k6"
            b"12VuY?_}!y*?K*>9FDOe7%5T)6lRojp#K7fOf;e~X{Q1K!i9rKh?DtYLc~le8d&Rj@b{;El;b>?gZJ*OU)C>IH|g!Z+Eg{ENcsfz"
            b";q5QklOJy"
        )
    )


def workbook(rows: list[list[object]]) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    return _saved(book)


def parquet(columns: Mapping[str, object]) -> bytes:
    """A Parquet file of these columns."""
    out = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), out)
    return out.getvalue()


def parts(content: Mapping[str, str]) -> bytes:
    """A workbook of one sheet, put together from its parts as other programs write them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    whole = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}">'
        '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        **content,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in whole.items():
            archive.writestr(name, text)
    return out.getvalue()


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _replaced(part: str, content: bytes) -> bytes:
    """A good workbook with one part replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["order no", "date", "price"], ["A1", "2026-03-01", 1]]))) as whole,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        assert part in whole.namelist()
        for name in whole.namelist():
            archive.writestr(name, content if name == part else whole.read(name))
    return out.getvalue()


def _archive(parts: dict[str, bytes], pad: tuple[str, int] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in parts.items():
            archive.writestr(name, content)
        if pad:
            name, size = pad
            with archive.open(name, "w") as file:
                for _ in range(size >> 20):
                    file.write(b" " * (1 << 20))
    return out.getvalue()


NAMES = sorted(MAKERS)
