"""Catalogues: what is found in the code, what survives an update, and what the check says of a catalogue gone wrong."""

from pathlib import Path

import pytest

from setia.web import i18n

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
A = _("Good morning, %(name)s")
B = ngettext("%(num)s day", "%(num)s days", 2)
C = pgettext("stage", "Retention")
"""
PAGE = """{% trans count=n %}One row{% pluralize %}{{ count }} rows{% endtrans %}{{ _("Save") }}"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house of one room."""
    room = tmp_path / "shop"
    (room / "jinja2" / "shop").mkdir(parents=True)
    (room / "__init__.py").write_text("")
    (room / "words.py").write_text(CODE)
    (room / "jinja2" / "shop" / "page.html").write_text(PAGE)
    monkeypatch.setattr(i18n, "ROOMS", tmp_path)
    return room


def translate(room: Path, *pairs: tuple[str, str]) -> None:
    path = i18n.catalogue_path(room)
    text = path.read_text()
    for english, indonesian in pairs:
        for slot in ("msgstr", "msgstr[0]"):
            text = text.replace(f'"{english}"\n{slot} ""', f'"{english}"\n{slot} "{indonesian}"')
    path.write_text(text)


ALL = (
    ("Good morning, %(name)s", "Selamat pagi, %(name)s"),
    ("%(num)s days", "%(num)s hari"),
    ("Retention", "Mempertahankan"),
    ("%(count)s rows", "%(count)s baris"),
    ("Save", "Simpan"),
)


def test_strings_are_found_in_python_and_in_templates(room: Path) -> None:
    found = i18n.strings(room)
    assert {one.text for one in found.values()} == {
        "Good morning, %(name)s",
        "%(num)s day",
        "Retention",
        "One row",
        "Save",
    }
    assert found["stage", "Retention"].files == ["shop/words.py"]
    assert found[None, "One row"].plural == "%(count)s rows"


def test_a_new_catalogue_is_empty_and_a_full_one_passes(room: Path) -> None:
    assert i18n.update(room) == 5
    assert len([line for line in i18n.problems() if line.startswith("untranslated")]) == 5
    translate(room, *ALL)
    assert i18n.problems() == []


def test_an_update_keeps_translations_and_drops_what_is_out_of_use(room: Path) -> None:
    i18n.update(room)
    translate(room, *ALL)
    (room / "words.py").write_text(CODE.replace("Good morning", "Good evening"))
    assert any(line.startswith("out of use") and "Good morning" in line for line in i18n.problems())
    assert i18n.update(room) == 1
    (problem,) = i18n.problems()
    assert "Good evening" in problem


def test_a_lost_placeholder_is_found(room: Path) -> None:
    i18n.update(room)
    translate(room, ("Good morning, %(name)s", "Selamat pagi"), *ALL[1:])
    (problem,) = i18n.problems()
    assert problem.startswith("torn")


def test_the_same_words_must_not_mean_two_things(room: Path) -> None:
    i18n.update(room)
    translate(room, *ALL)
    other = room.parent / "till"
    other.mkdir()
    (other / "__init__.py").write_text('from x import gettext as _\nA = _("Save")\n')
    i18n.update(other)
    translate(other, ("Save", "Hemat"))
    (problem,) = i18n.problems()
    assert problem.startswith("two meanings")
    assert "'Hemat' here, 'Simpan' in shop" in problem


def test_compiling_writes_what_python_reads_and_only_where_it_is_stale(room: Path) -> None:
    import gettext

    i18n.update(room)
    translate(room, *ALL)
    (made,) = i18n.compile_all()
    with made.open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Save") == "Simpan"
    assert words.ngettext("%(num)s day", "%(num)s days", 1) == "%(num)s hari"
    assert words.pgettext("stage", "Retention") == "Mempertahankan"
    assert i18n.compile_all(only_stale=True) == []


def test_a_misspelled_room_is_refused() -> None:
    with pytest.raises(SystemExit, match="nowhere"):
        i18n.rooms(["nowhere"])
