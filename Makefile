# The console's everyday commands. `make run` opens it, `make test` runs every test.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint bench bench-peers engines screenshots setup setup-dev clean

run: $(VENV)/.run
	@$(BIN)/quarterdeck

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# `make bench BENCH=grid` runs one, `make bench RECORD=1` keeps the results for this version.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(BENCH) $(if $(RECORD),--record)

# The programs the console is measured beside, apart from its own environment.
bench-peers: .venv-peers/.done

.venv-peers/.done: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		$$($(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['bench'])")
	@touch $@

engines: $(VENV)/.dev
	$(BIN)/python -m tests.engines

# The pictures of the README, taken by the console itself over a real job.
screenshots: $(VENV)/.dev
	$(BIN)/python -m docs.screenshots

setup: $(VENV)/.run

setup-dev: $(VENV)/.dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) .venv-peers build dist .mypy_cache .ruff_cache .pytest_cache
