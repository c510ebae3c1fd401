from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from setia_insight import _jit


def test_the_library_stands_alone() -> None:
    program = (
        "import pkgutil, sys, setia_insight as s;"
        "[__import__(m.name) for m in pkgutil.walk_packages(s.__path__, 'setia_insight.')];"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in ('setia', 'django', 'duckdb', 'pandas')))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_where_no_folder_can_be_written_loops_are_compiled_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def read_only(*functions: Any, **options: Any) -> Any:
        if options.get("cache"):

            def refuse(function: Any) -> Any:
                raise RuntimeError(f"cannot cache function {function.__name__!r}: no locator available for file")

            return refuse
        return real(*functions, **options)  # Numba's own modules, imported late, use it as a bare decorator

    monkeypatch.setattr(numba, "njit", read_only)

    @_jit.compiled
    def twice(value: float) -> float:
        return 2.0 * value

    assert twice(4.0) == 8.0


def test_any_other_trouble_of_the_compiler_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_options: Any) -> Any:
        def refuse(_function: Any) -> Any:
            raise RuntimeError("the compiler is out of order")

        return refuse

    monkeypatch.setattr(numba, "njit", broken)
    with pytest.raises(RuntimeError, match="out of order"):
        _jit.compiled(lambda value: value)


def test_the_example_of_the_readme_runs_as_printed() -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "README.md", "exec"), names)  # the README is this repository's own text
    assert names["buying"].customers == names["customers"].num_rows
    assert ((names["risk"] >= 0) & (names["risk"] <= 1)).all()
    assert np.isfinite(names["year"]["lifetime_value"].to_numpy()).all()
    assert names["back"].num_rows == names["customers"].num_rows


def test_the_examples_of_the_guide_run_as_printed(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[1] / "docs" / "guide.md").read_text()
    names: dict[str, Any] = {}
    for program in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(program, "guide.md", "exec"), names)  # the guide is this repository's own text
    assert names["model"].converged
    assert sum(names["moved"]["customers"].to_pylist()) >= names["customers"].num_rows
    assert names["small"].with_prior
    assert names["offers"].num_rows == 600
    assert names["effect"].low < 3.0 < names["effect"].high
    assert "foretold" in capsys.readouterr().out


def test_every_test_the_page_of_proofs_names_is_there() -> None:
    here = Path(__file__).parent
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", (here.parent / "docs" / "proofs.md").read_text())
    assert len(named) > 12
    missing = [f"{file}::{test}" for file, test in named if f"def {test}(" not in (here / file).read_text()]
    assert missing == []
