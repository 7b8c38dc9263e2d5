# `make demo` and `make test` do all their own set-up: Python 3.11+, make and the package index are enough.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# One more than there are processors: tests that start commands and servers wait for them.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

.DEFAULT_GOAL := help
.PHONY: help demo test test-long lint types contracts bench check clean

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)

# The package is installed from this checkout (editable); its dependencies only from the hashed locks.
$(VENV)/.runtime: $(BIN)/python requirements/runtime.lock requirements/build.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements/build.lock -r requirements/runtime.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

demo: $(VENV)/.runtime  ## the whole main job on the embedded foundation
	@$(BIN)/c2c demo

test: $(VENV)/.dev  ## every test
	$(BIN)/python -m pytest -n $(WORKERS)

test-long: $(VENV)/.dev  ## the randomised tests, many more runs
	C2C_TEST_PROFILE=long $(BIN)/python -m pytest -n $(WORKERS) tests/properties tests/machines

SIZES ?= s m l
RUNS ?= 3
bench: $(VENV)/.dev  ## what a run costs, each figure beside its floor; SIZES="s m" chooses
	$(BIN)/python -m bench --sizes $(SIZES) --runs $(RUNS) --worlds .bench

lint: $(VENV)/.dev  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## mypy --strict
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## imports go down the floors only
	$(BIN)/lint-imports

check: lint types contracts test  ## all of the above

clean:  ## remove what the targets made
	rm -rf $(VENV) .bench build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
