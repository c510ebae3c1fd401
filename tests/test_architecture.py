"""The walls of the house, as `docs/map.md` draws them, held by reading the code and the tables.

`.importlinter` holds the order of the rooms; what it cannot say stands here: rooms meet only at each other's questions
and verbs, keys point down, one feature has one name from address to test, news travels as rows and never as signals.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, UniqueConstraint
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
SETIA = ROOT / "src" / "setia"
# From below to above; a room may be used by those after it.
ORDER = [
    *("core", "accounts", "customers", "catalogue", "orders", "subscriptions", "planning", "sales", "intake"),
    *("portraits", "service", "reports"),
    *("api", "web", "listeners", "demo", "command", "config"),
]
LONGEST_FILE = 500
FACES = {"queries", "actions"}


def _inside(path: Path) -> tuple[str, ...]:
    return path.relative_to(SETIA).parts


@cache
def code() -> dict[Path, ast.Module]:
    """Every module of Setia that is neither a test nor a migration."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SETIA.rglob("*.py"))
        if not {"tests", "migrations"} & set(_inside(path)) and path.name != "conftest.py"
    }


@cache
def room_tests(room: str) -> str:
    """All tests that may speak of a room: its own and those of the whole house."""
    own = sorted((SETIA / room / "tests").rglob("*.py"))
    whole = [path for path in sorted((ROOT / "tests").glob("*.py")) if path != Path(__file__)]
    return "\n".join(path.read_text(encoding="utf-8") for path in own + whole)


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The modules a module imports while running (those only for the type checker apart), with their lines."""
    for_types = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module.count(".") < 2:
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def test_rooms_meet_only_at_questions_and_verbs() -> None:
    wrong = []
    for path, tree in code().items():
        room = _inside(path)[0].removesuffix(".py")
        if room in ("config", "__main__"):
            continue
        for module, line in imported(tree):
            parts = module.split(".")
            if parts[0] != "setia" or len(parts) < 3 or parts[1] in (room, "core"):
                continue
            # `accounts.models` is the name of who acts; a room's `command` is what the command line shows of it.
            open_door = parts[2] in FACES or parts[1:3] == ["accounts", "models"]
            if not open_door and not (room == "command" and parts[2] == "command"):
                wrong.append(f"{path.relative_to(ROOT)}:{line} reaches into {module}")
    assert not wrong, "\n".join(wrong)


def test_only_the_order_of_this_map_is_known_to_the_import_linter() -> None:
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    listed = re.search(r"\nlayers =\n((?:    \w[\w |]*\n)+)", text)
    assert listed is not None
    assert re.findall(r"\w+", listed.group(1)) == [room for room in reversed(ORDER) if room != "config"]


def _keys() -> Iterator[tuple[str, str, str, str | None]]:
    """(room of the key, its name, room it points to, related name) of every foreign key of ours."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("setia.")}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ours:
            continue
        for one in model._meta.get_fields():
            if isinstance(one, (ForeignKey, ManyToManyField)):
                target = one.remote_field.model._meta.app_label
                yield model._meta.app_label, f"{model.__name__}.{one.name}", target, one.remote_field.related_name


def test_foreign_keys_point_down() -> None:
    wrong = [
        f"{room}.{name} points up to {target}"
        for room, name, target, _related in _keys()
        if target in ORDER and ORDER.index(target) > ORDER.index(room)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_key_into_another_room_leaves_nothing_behind_there() -> None:
    wrong = [
        f'{room}.{name} needs related_name="+"'
        for room, name, target, related in _keys()
        if target != room and target in ORDER and related != "+"
    ]
    assert not wrong, "\n".join(wrong)


def _addresses(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, route)
        elif getattr(one.callback, "__module__", "").startswith("setia."):
            yield route, one


def _routes() -> list[tuple[str, URLPattern]]:
    return list(_addresses(get_resolver().url_patterns, ""))


def _own_addresses() -> list[URLPattern]:
    return [one for _route, one in _routes()]


def test_every_address_has_a_name_and_a_view_of_that_name() -> None:
    wrong = [
        f"{one.pattern} is named {one.name}, its view {one.callback.__module__}.{one.callback.__name__}"
        for one in _own_addresses()
        if one.name != one.callback.__name__
        and not str(one.name).startswith("account_")  # allauth asks for its own names
    ]
    assert not wrong, "\n".join(wrong)


def test_no_two_addresses_share_a_name() -> None:
    seen = defaultdict(set)
    for one in _own_addresses():
        seen[one.name].add(f"{one.callback.__module__}.{one.callback.__name__}")
    assert not {name: views for name, views in seen.items() if len(views) > 1}


def _templates_named_in(one: URLPattern) -> set[str]:
    """The templates whose names stand in the view's own body."""
    path = SETIA.parent / (one.callback.__module__.replace(".", "/") + ".py")
    if not path.exists():
        path = path.with_suffix("") / "__init__.py"
    for node in ast.walk(code()[path]):
        if isinstance(node, ast.FunctionDef) and node.name == one.callback.__name__:
            texts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
            return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[\w/]+\.html", text)}
    return set()


def test_a_view_that_draws_a_page_draws_the_one_of_its_name() -> None:
    wrong = []
    for one in _own_addresses():
        drawn = {Path(name).stem for name in _templates_named_in(one)}
        if drawn and one.name not in drawn:
            wrong.append(f"{one.callback.__module__}.{one.name} draws {', '.join(sorted(drawn))}")
    assert not wrong, "\n".join(wrong)


def test_every_address_has_a_test_that_speaks_of_it() -> None:
    """By its name or by its path, `{…}` standing for what varies."""
    untested = []
    for route, one in _routes():
        path = re.sub(r"<[^>]+>", r"""[^/"']+""", route)
        tests = room_tests(one.callback.__module__.split(".")[1])
        if not re.search(rf"(?<![a-z]){one.name}(?![a-z])|[\"'/]{path}[\"'?]", tests):
            untested.append(f"{one.callback.__module__}.{one.name}")
    assert not untested, "\n".join(untested)


def test_every_page_of_a_room_is_used() -> None:
    """A template is named by a view, by another template, or by a library that looks for it by name."""
    looked_for = {"account", "mfa", "429.html", "errors"}
    templates = {
        str(path.relative_to(folder)): path for folder in SETIA.glob("*/jinja2") for path in folder.rglob("*.html")
    }
    texts = [path.read_text(encoding="utf-8") for path in code()]
    texts += [path.read_text(encoding="utf-8") for path in templates.values()]
    everything = "\n".join(texts)
    unused = [
        name
        for name in sorted(templates)
        if Path(name).parts[0] not in looked_for and f'"{name}"' not in everything and "/help/" not in name
    ]
    assert not unused, "\n".join(unused)


def test_nothing_listens_by_signal() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path, tree in code().items()
        for module, line in imported(tree)
        if "signals" in module.split(".") or module.startswith("django.dispatch")
    ]
    assert not wrong, "\n".join(wrong)
    assert not [path for path in code() if path.stem in ("signals", "utils", "services", "managers")]


def test_no_file_outgrows_its_reader() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for pattern in ("src/**/*.py", "insight/src/**/*.py", "tests/*.py", "src/setia/*/static/*/*.js")
        for path in ROOT.glob(pattern)
        if "vendor" not in path.parts and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long, long


def _emitted() -> set[str]:
    return {
        call.args[0].value
        for tree in code().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) == "emit"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def _emitted_prefixes() -> set[str]:
    return {
        str(call.args[0].values[0].value)
        for tree in code().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) == "emit"
        and call.args
        and isinstance(call.args[0], ast.JoinedStr)
        and isinstance(call.args[0].values[0], ast.Constant)
    }


def test_every_event_that_is_listened_for_is_sent_by_somebody() -> None:
    from setia import listeners

    # A room that names its events by their verb sends them as f"customer.{verb}".
    silent = {*listeners.NOW, *listeners.LATER} - _emitted()
    assert not {name for name in silent if not name.startswith(tuple(_emitted_prefixes()))}


def test_every_task_that_is_to_run_later_exists() -> None:
    from procrastinate.contrib.django import app

    from setia import listeners

    wanted = {task for tasks in listeners.LATER.values() for task in tasks}
    assert wanted <= set(app.tasks)


def test_no_key_of_a_customer_is_missed_by_a_merge() -> None:
    """Merging two customers must move every table's rows: a line in the room's `queries.CUSTOMER_KEYS` for each key."""
    from setia.customers.models import Customer
    from setia.listeners import CUSTOMER_KEYS

    said = {(key.model, key.field) for key in CUSTOMER_KEYS}
    there = {
        (model, one.name)
        for model in apps.get_models(include_auto_created=True)
        for one in model._meta.get_fields()
        if isinstance(one, ForeignKey) and one.remote_field.model is Customer
    }
    assert there == said, f"not in CUSTOMER_KEYS: {there - said}; no longer there: {said - there}"
    whole_numbers = ("BigAutoField", "BigIntegerField")
    assert {key.model._meta.pk.get_internal_type() for key in CUSTOMER_KEYS if not key.stays} <= set(whole_numbers)


def test_what_a_customer_may_have_once_is_said_to_the_merge() -> None:
    """A unique constraint with a customer's key in it: two who become one would break it."""
    from setia.listeners import CUSTOMER_KEYS

    wrong = []
    for key in (key for key in CUSTOMER_KEYS if not key.stays):
        for rule in key.model._meta.constraints:
            if isinstance(rule, UniqueConstraint) and key.field in rule.fields:
                columns = {one.name: one.column for one in key.model._meta.concrete_fields}
                others = {columns[name] for name in rule.fields if name != key.field}
                if others - set(key.once) or (not others and not key.single):
                    wrong.append(f"{key.table}: {rule.name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", [room for room in ORDER if (SETIA / room).is_dir()])
def test_every_room_says_what_it_owns(room: str) -> None:
    opening = ast.get_docstring(ast.parse((SETIA / room / "__init__.py").read_text(encoding="utf-8")))
    assert opening is not None
    assert len(opening) > 40


def _verbs_asked_for() -> set[str]:
    """Every permission the code asks for by name: `require(by, "…")`, `may(user, "…")`, `needs("…")`, in pages too."""
    asked = {
        part.value
        for tree in code().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in _ASKING
        for part in call.args
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    pages = [path.read_text(encoding="utf-8") for path in SETIA.glob("*/jinja2/**/*.html")]
    return asked | {verb for page in pages for verb in re.findall(r"\bmay\([\"']([\w.]+)[\"']\)", page)}


_ASKING = {"require", "may", "needs"}


def test_every_permission_asked_for_is_listed_by_its_room() -> None:
    from setia.core.permissions import every_verb

    assert not {verb for verb in _verbs_asked_for() if "." in verb} - every_verb()


def test_a_percent_sign_is_doubled_only_where_the_text_is_filled_in() -> None:
    wrong = []
    for path, tree in code().items():
        filled = {
            id(node.left) for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or id(node) in filled or not isinstance(node.func, ast.Name):
                continue
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if node.func.id.startswith(("_", "gettext")) and any("%%" in text and "%(" not in text for text in texts):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, "A reader would see both signs."
