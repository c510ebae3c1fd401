"""What a firm's worst files do: each is refused plainly or read with every row accounted for, in bounded memory."""

import contextlib
import gzip
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setia.intake import reading
from setia.intake.reading import columnar, words
from setia.intake.tests import corpus

# The file → what becomes of it: the code of its refusal, or (accepted, the codes of its rejected rows).
OUTCOMES: dict[str, str | tuple[int, list[str]]] = {
    "31-february.csv": (1, ["date_not_in_calendar"]),
    "blank.csv": "empty",
    "bom.csv": (3, []),
    "broken.jsonl": (
        2,
        ["not_json", "not_json", "number_too_large", "number", "number_not_finite", "not_json"],
    ),
    "cell-10-mb.csv": (1, ["cell_too_long"]),
    "cell-2-mb-quoted.csv": (1, ["quote_open", *["missing"] * 19_999, "quote_open"]),
    "columns-1000.csv": (1, []),
    "columns-5000.csv": "too_wide",
    "cut-short.parquet": "parquet_damaged",
    "cut-short.xlsx": "zip_damaged",
    "document.csv": "not_a_table",
    "duplicate-headers.csv": (1, []),
    "empty.csv": "empty",
    "ends-its-reader.parquet": "parquet_damaged",
    "entities-late.xlsx": "xml_entities",
    "entities-utf16.xlsx": "xml_entities",
    "entities.xlsx": "xml_entities",
    "far-row.xlsx": (1, ["missing"]),
    "formulas.csv": (1, ["date"]),
    "formulas.xlsx": (1, ["money_missing"]),
    "gzip-bomb.csv.gz": "bomb",
    "gzip-cut-short.csv.gz": "gzip_cut_short",
    "gzip-in-gzip.csv.gz": "gzip_in_gzip",
    "header-alone.csv": "header_alone",
    "infinite.parquet": (0, ["number_not_finite", "number_not_finite"]),
    "list.jsonl": "json_list",
    "lone-cr.csv": (3, []),
    "many-parts.xlsx": "zip_entries",
    "mixed-encoding.csv": (60, []),
    "no-line-end.csv": "too_wide",
    "noise.csv": "binary",
    "not-a-workbook.xlsx": "zip",
    "nul.csv": (3, []),
    "old.xls": "old_workbook",
    "page.csv": "not_a_table",
    "picture.csv": "not_a_table",
    "too-large-number.csv": (
        1,
        ["number_too_large", "number_not_finite", "number_not_finite", "number_too_large", "number_too_large"],
    ),
    "unclosed-quote-huge.csv": (99_999, ["quote_open"]),
    "unclosed-quote.csv": (999, ["quote_open"]),
    "utf16-no-bom.csv": (40, []),
    "utf16.csv": (3, []),
    "wrong-encoding.csv": (3, []),
    "zip-bomb.xlsx": "bomb",
}


def read(path: Path) -> tuple[reading.Layout, reading.Plan, list[reading.Chunk]]:
    """The file as intake reads it, with the mapping it suggests itself."""
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    return layout, plan, list(reading.chunks(path, layout, plan, zone="Asia/Jakarta"))


def test_every_hostile_file_has_an_outcome_written_down() -> None:
    assert sorted(OUTCOMES) == corpus.NAMES


@pytest.mark.parametrize("name", corpus.NAMES)
def test_a_hostile_file_is_refused_plainly_or_read_with_nothing_lost(name: str, tmp_path: Path) -> None:
    path = corpus.make(name, tmp_path)
    wanted = OUTCOMES[name]
    if isinstance(wanted, str):
        with pytest.raises(reading.Unreadable) as refusal:
            read(path)
        assert refusal.value.code == wanted
        for language in ("en", "id"):
            with translation.override(language):
                text = str(refusal.value)
            assert len(text) > 20
            assert "{" not in text.replace("{}", ""), "every detail is filled in"
        return
    _, _, chunks = read(path)
    accepted = sum(len(chunk.row_numbers) for chunk in chunks)
    rejects = [reject for chunk in chunks for reject in chunk.rejects]
    assert (accepted, [reject.code for reject in rejects]) == wanted
    assert sum(chunk.rows for chunk in chunks) == accepted + len(rejects)
    assert all("{" not in words.why(why) for reject in rejects[:20] for why in reject.reasons)


def test_accents_survive_an_encoding_that_is_said_nowhere(tmp_path: Path) -> None:
    layout, _, chunks = read(corpus.make("wrong-encoding.csv", tmp_path))
    assert layout.encoding == "cp1252"
    assert chunks[0].columns["product_name"][0] == "Café Joséphine – 250 g"
    assert [note.code for note in layout.problems] == ["encoding"]


def test_one_line_of_another_encoding_is_mended_and_told(tmp_path: Path) -> None:
    _, _, chunks = read(corpus.make("mixed-encoding.csv", tmp_path))
    names = chunks[0].columns["product_name"]
    assert names[-1] == "Café"
    assert names[-2] == "Kopi Susu “Dalgona” é"
    assert {"code": "encoding_mixed", "field": "", "count": 1} in chunks[0].warnings


def test_control_characters_never_reach_the_database(tmp_path: Path) -> None:
    _, _, chunks = read(corpus.make("nul.csv", tmp_path))
    assert set(chunks[0].columns["product_name"]) == {"Kopi Gayo"}


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    layout, _, _ = read(corpus.make("duplicate-headers.csv", tmp_path))
    assert layout.header == ("order no", "date", "price", "price (2)", "price (3)")
    assert [note.code for note in layout.problems] == ["header_repeated"]


def test_a_formula_without_a_saved_result_is_told(tmp_path: Path) -> None:
    layout, _, _ = read(corpus.make("formulas.xlsx", tmp_path))
    assert "formulas_empty" in [note.code for note in layout.problems]


def test_rows_below_an_open_quote_keep_their_numbers(tmp_path: Path) -> None:
    _, _, chunks = read(corpus.make("unclosed-quote.csv", tmp_path))
    assert [reject.row for chunk in chunks for reject in chunk.rejects] == [6]
    numbers = [number for chunk in chunks for number in chunk.row_numbers]
    assert numbers == [*range(2, 6), *range(7, 1002)]


def test_a_folder_a_device_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "folder"), (Path("/dev/null"), "not_a_file"), (tmp_path / "gone", "file_gone")):
        with pytest.raises(reading.Unreadable) as refusal:
            reading.sniff(path)
        assert refusal.value.code == code


def test_a_file_that_may_not_be_read_says_who_must_allow_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = corpus.make("bom.csv", tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read whatever its mode says
    with pytest.raises(reading.Unreadable) as refusal:
        reading.sniff(path)
    assert refusal.value.code == "not_allowed"


MEASURE = """
import json, resource, sys
from pathlib import Path
from setia.intake import reading
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
def go(path):
    try:
        layout = reading.sniff(path)
        plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
        for chunk in reading.chunks(path, layout, plan, zone="Asia/Jakarta"): pass
    except reading.Unreadable: pass
go(Path(sys.argv[1]))
before = peak()
grown = {}
for name in sys.argv[2:]:
    go(Path(name)); grown[Path(name).name] = peak() - before; before = peak()
print(json.dumps(grown))
"""


def test_no_hostile_file_takes_more_than_a_bounded_piece_of_memory(tmp_path: Path) -> None:
    first = tmp_path / "good.csv"
    first.write_text(corpus.good(60_000))
    names = [
        "cell-10-mb.csv",
        "cell-2-mb-quoted.csv",
        "unclosed-quote-huge.csv",
        "no-line-end.csv",
        "gzip-bomb.csv.gz",
        "zip-bomb.xlsx",
        "entities.xlsx",
    ]
    paths = [str(corpus.make(name, tmp_path)) for name in names]
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(first), *paths],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    grown = json.loads(ran.stdout)
    assert sorted(grown) == sorted(names)
    assert all(megabytes < 100 for megabytes in grown.values()), grown


def accounted(path: Path, what: str) -> None:
    """Read whatever it is; nothing but a refusal may be raised, and every row is one or the other."""
    with contextlib.suppress(reading.Unreadable):
        layout = reading.sniff(path)
        plan = reading.suggest(what, layout, reading.sample(path, layout))
        assert reading.Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
        numbers: list[int] = []
        for chunk in reading.chunks(path, layout, plan, zone="Asia/Makassar"):
            assert chunk.rows == len(chunk.row_numbers) + len(chunk.rejects)
            numbers += chunk.row_numbers
            numbers += [reject.row for reject in chunk.rejects]
            for name, column in chunk.columns.items():
                assert len(column) == len(chunk.row_numbers), name
                for cell in column:
                    assert cell is None or cell.replace("\n", "").isprintable() or unassigned(cell), (name, cell)
        assert len(numbers) == len(set(numbers)), "a row is taken in or rejected once"
        reading.preview(path, layout, plan, zone="Asia/Makassar")


def unassigned(cell: str) -> bool:
    """Whether all that cannot be printed in a text is private or not yet a character, which a database may hold."""
    odd = {unicodedata.category(letter) for letter in cell if not letter.isprintable() and letter != "\n"}
    return odd <= {"Cn", "Co", "Cf", "Zl", "Zp"}


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ['"', '""', "'", "=1+1", "-", "0", "31.02.2026", "1.234,56", "Rp1.000", "(5)", "1e309", "\t", "\r"]
    ),
    st.dates().map(str),
    st.floats().map(repr),
)
LINES = st.lists(st.lists(CELLS, max_size=6), max_size=12)


@given(lines=LINES, delimiter=st.sampled_from([",", ";", "\t", "|", "  "]), end=st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_refused_or_accounted_for(tmp_path: Path, lines: list[list[str]], delimiter: str, end: str) -> None:
    path = tmp_path / "any.csv"
    header = delimiter.join(["order no", "date", "customer", "qty", "price"])
    body = end.join([header, *(delimiter.join(line) for line in lines)])
    path.write_bytes(body.encode("utf-8", "surrogatepass"))
    accounted(path, "ORDERS")


@given(content=st.binary(max_size=2000), what=st.sampled_from(["ORDERS", "CUSTOMERS", "PRODUCTS"]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused_or_accounted_for(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    accounted(path, what)


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """The file with a few bytes overwritten, or its end missing."""
    place = st.integers(0, len(whole) - 1)
    wounds = st.lists(st.tuples(place, st.binary(min_size=1, max_size=8)), max_size=4)

    def wound(parts: tuple[list[tuple[int, bytes]], int]) -> bytes:
        content = bytearray(whole)
        for at, what in parts[0]:
            content[at : at + len(what)] = what
        return bytes(content[: parts[1]])

    return st.tuples(wounds, st.one_of(st.just(len(whole)), place)).map(wound)


SEEDS: dict[str, Any] = {
    "workbook": corpus.workbook(
        [["order no", "date", "qty", "price"], *([f"A{n}", "2026-03-01", n, 1.5] for n in range(20))]
    ),
    "parquet": corpus.parquet({"order no": ["A1", "A2"], "date": ["2026-03-01"] * 2, "price": [1.5, 2.5]}),
    "gzip": gzip.compress(corpus.good(50).encode(), mtime=0),
    "lines": b'{"order no": "A1", "date": "2026-03-01", "price": 5}\n' * 8,
}


@pytest.mark.parametrize("kind", sorted(SEEDS))
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_refused_or_accounted_for(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    path = tmp_path / kind
    path.write_bytes(data.draw(damaged(SEEDS[kind])))
    accounted(path, "ORDERS")


def test_a_file_that_ends_its_reader_halfway_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.parquet"
    path.write_bytes(corpus.parquet({"order no": [f"A{number}" for number in range(200_000)]}))
    blocks = columnar.read(path, reading.sniff(path))
    next(blocks)
    for child in psutil.Process().children():
        if "parquet_child.py" in " ".join(child.cmdline()):
            child.kill()
    with pytest.raises(reading.Unreadable, match="broken inside"):
        list(blocks)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield
