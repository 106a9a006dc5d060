# make run | demo | test | check | bench | gold | lock.  PYTHON=python3.13 chooses another interpreter.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
.DEFAULT_GOAL := help
.PHONY: help run demo test check format lint types gold bench lock clean

help:
	@echo "make run    set up and start watching (config.toml); Ctrl-C stops"
	@echo "make demo   see it work on local news, no network needed"
	@echo "make test   the whole test suite, offline"
	@echo "make check  format, lint, types, tests, gold gate"
	@echo "make bench  the benchmarks, some minutes, offline"

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "watcher needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, under a minute) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "could not create $(VENV): on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q watcher # an editable install compiles nothing: the first start would
	@touch $@

run: $(STAMP)
	@exec $(BIN)/watcher run

demo: $(STAMP)
	@exec $(BIN)/watcher demo

test: $(STAMP)
	@$(BIN)/python -m pytest -n auto --dist loadfile

format: $(STAMP)
	@$(BIN)/ruff format .

lint: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(STAMP)
	@$(BIN)/mypy

gold: $(STAMP)
	@$(BIN)/python -m tests.gold.gate $(GOLD)

check: lint types test gold

bench: $(STAMP)
	@$(BIN)/python -m benchmarks $(BENCH)

# Needs the network. Writes no index address.
lock: $(STAMP)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra chats --extra demo --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis
