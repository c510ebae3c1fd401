"""The command line: its words, its doctor, its ports, its logs."""

import json
import os
import socket
import sys
from pathlib import Path

import pytest

from setia.command import doctor, main, ports
from setia.command.logs import Log
from setia.command.supervisor import Child


def test_every_command_is_listed_and_runs_a_module_that_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for name in ("up", "demo", "import", "portraits", "report", "user", "backup", "restore", "doctor", "manage"):
        assert f"\n    {name}" in text
        if name != "manage":
            assert (Path(doctor.__file__).parent / f"{'intake' if name == 'import' else name}.py").exists()


@pytest.mark.parametrize(
    "words", [["up", "--port", "70000"], ["report", "base", "--as-of", "31.02."], ["demo", "--customers", "0"]]
)
def test_a_value_that_cannot_be_is_refused_with_exit_code_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_an_import_without_file_or_kind_says_how_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "orders.csv"]) == 1
    assert "--as orders" in capsys.readouterr().err


def test_the_doctor_makes_no_home_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SETIA_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    main(["doctor", "--json"])
    findings = {finding["check"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["data folder"]["state"] == "NOTE"
    assert "database" not in findings
    assert not (tmp_path / "none").exists()


def test_the_doctor_names_what_other_users_could_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o711)
    (home / "backups").mkdir(mode=0o755)
    (home / "logs").mkdir(mode=0o700)
    finding = next(doctor._home(home))
    assert finding.state == "FAULT"
    assert str(home / "backups") in finding.what
    assert str(home / "logs") not in finding.what


def test_an_unreachable_database_is_a_fault_that_shows_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SETIA_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"postgresql://budi:rahasia@/toko?host={tmp_path}")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "FAULT  database" in said
    assert "dbname=toko" in said
    assert "rahasia" not in said


def test_a_taken_port_is_seen_with_its_process_and_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free("127.0.0.1", port)
        holder = ports.holder(port)
        assert holder is not None
        assert holder.endswith(f"({os.getpid()})")
        free = ports.next_free("127.0.0.1", port)
        assert free is not None
        assert free > port
        assert ports.is_free("127.0.0.1", free)


def test_an_address_of_another_machine_is_an_error_and_not_taken() -> None:
    with pytest.raises(OSError, match="assign"):
        ports.is_free("192.0.2.1", 8700)


def test_a_log_keeps_words_but_no_personal_data(tmp_path: Path) -> None:
    log = Log(tmp_path, "web")
    log.write("Key (email)=(siti@example.co.id) already exists; call 0812 3456 7890")
    text = log.path.read_text()
    assert "already exists" in text
    assert "siti@" not in text
    assert "3456" not in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_drops_the_line_and_says_nothing_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "web.log").symlink_to("/dev/full")
    Log(tmp_path, "web").write("a line")
    assert capsys.readouterr().err == ""


def test_a_child_that_keeps_dying_waits_longer_each_time(tmp_path: Path) -> None:
    child = Child("web", [sys.executable, "-c", ""], environment=os.environ, log=Log(tmp_path, "web"), grace_seconds=1)
    waits = []
    now = 1_000_000.0
    for _death in range(7):
        child.start()
        process = child._process
        assert process is not None
        process.wait()
        child._started_at = now  # it died at once
        told = child.tend(now)
        assert told is not None
        waits.append(child._next_start_at - now)
    assert waits == [0, 1, 2, 4, 8, 16, 30]
    child.start()
    process = child._process
    assert process is not None
    process.wait()
    child._started_at = now - 61  # it lived for more than a minute
    child.tend(now)
    assert child._next_start_at == now


def test_a_child_is_not_started_before_its_waiting_time_is_over(tmp_path: Path) -> None:
    child = Child("web", [sys.executable, "-c", ""], environment=os.environ, log=Log(tmp_path, "web"), grace_seconds=1)
    child._next_start_at = 100.0
    assert child.tend(99.0) is None
    assert child.pid is None
    child.tend(100.0)
    process = child._process
    assert process is not None
    assert process.wait() == 0
