"""Copying the pages' libraries: chosen files only, no stray maps, their licences beside them, and all icons in one."""

import json
from pathlib import Path

import pytest

from setia.web import vendor
from setia.web.icons import ICONS

ICON = (
    '<!-- @license -->\n<svg\n  class="x"\n  viewBox="0 0 24 24"\n>\n  <path d="M1 1" />\n  <path d="M2 2" />\n</svg>\n'
)


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder like the one npm makes."""
    for package in vendor.LICENCES:
        (tmp_path / package).mkdir(parents=True)
        about = {"name": package, "version": "1.0.0", "license": "MIT", "author": {"name": "Somebody"}}
        (tmp_path / package / "package.json").write_text(json.dumps(about))
    for source in vendor.FILES:
        (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / source).write_text("body{}\n/*# sourceMappingURL=x.map */\n")
    (tmp_path / "lucide-static" / "LICENSE").write_text("ISC words")
    (tmp_path / "lucide-static" / "icons").mkdir()
    for name in ICONS:
        (tmp_path / "lucide-static" / "icons" / f"{name}.svg").write_text(ICON)
    return tmp_path


def test_the_chosen_files_land_without_their_maps(modules: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    (target / "old").parent.mkdir()
    (target / "old.js").write_text("left over")
    names = vendor.copy(modules, target)
    assert {path.name for path in target.iterdir()} == set(names)
    assert "sourceMappingURL" not in (target / "tabler.min.css").read_text()


def test_every_library_brings_its_licence(modules: Path, tmp_path: Path) -> None:
    vendor.copy(modules, tmp_path / "out")
    text = (tmp_path / "out" / "LICENCES.txt").read_text()
    assert "ISC words" in text
    assert text.count("Copyright (c) Somebody") == 3
    assert all(package in text for package in vendor.LICENCES)


def test_a_library_without_the_words_of_its_licence_is_refused(modules: Path, tmp_path: Path) -> None:
    (modules / "echarts" / "package.json").write_text('{"name": "echarts", "version": "1", "license": "Apache-2.0"}')
    with pytest.raises(ValueError, match="no text of its licence"):
        vendor.copy(modules, tmp_path / "out")


def test_the_sprite_holds_each_icon_once_and_no_more(modules: Path) -> None:
    sprite = vendor.sprite(modules / "lucide-static" / "icons", ("house", "users"))
    assert sprite.count("<symbol") == 2
    assert '<symbol id="house" viewBox="0 0 24 24"><path d="M1 1" /><path d="M2 2" /></symbol>' in sprite


def test_a_missing_library_is_named(modules: Path, tmp_path: Path) -> None:
    (modules / "htmx.org/dist/htmx.min.js").unlink()
    with pytest.raises(FileNotFoundError, match="htmx"):
        vendor.copy(modules, tmp_path / "out")


def test_no_icon_is_listed_twice() -> None:
    assert len(ICONS) == len(set(ICONS))
