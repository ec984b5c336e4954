# Everything a person does with a checkout; `make help` lists it. Needs bash, make and a package registry, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
RUNTIME := .venv/.installed-runtime
DEVELOPMENT := .venv/.installed-development
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --no-strip-extras --quiet
ARGS ?=

.PHONY: help setup setup-dev setup-tests run demo check test coverage mutants bench lint format lock schema check-locks clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'ARGS="..." reaches the command: make test ARGS="tests/dialogs -k money"'

setup: $(RUNTIME) ## make .venv, install what running needs, and bring the phone's speech model if that can be had
	@deploy/speech-model

setup-dev: $(DEVELOPMENT) ## ... and what testing and linting need

setup-tests: setup-dev ## ... and what tests need; as root it installs a browser and two SIP telephones if there are none
	@deploy/system-packages tests
	@$(BIN)/jiesu models fetch >/dev/null

run: setup ## set up, then start everything in one process: databases, backend, worker, web chat, bots, phone
	@exec $(BIN)/jiesu run $(ARGS)

demo: setup ## play one whole loop on throw-away storage
	@exec $(BIN)/jiesu demo $(ARGS)

check: lint ## ... and run the quick tests, which need no server: what to do before each commit
	@$(BIN)/python -m pytest --quiet --stage pure --numprocesses 2 --dist worksteal $(ARGS)

test: setup-tests ## run all tests
	@$(BIN)/python -m tests.run $(ARGS)

coverage: ## ... and count the lines they reach, but for the tests in real time; takes half as long again
	@$(MAKE) test ARGS='--count $(ARGS)'

mutants: setup-dev ## make small faults in the pure rooms and count what tests notice; ARGS="--sample 300 --seed 7"
	@$(BIN)/python -m tests.mutants $(ARGS)

bench: setup-dev ## measure loops, updates and calls beside their floors, ARGS=scale a million tickets; writes bench/latest.json
	@$(BIN)/python -m bench $(ARGS)

lint: setup-dev ## check style, types, imports, request templates, catalogues and that every prompt has its sound
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/jiesu scenarios check
	$(BIN)/jiesu prompts check
	$(BIN)/python -m locales.check

format: setup-dev ## put the code into the one style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: setup-dev ## write the locks again from pyproject.toml, upgrading nothing that still fits; ARGS=--upgrade for all
	$(LOCK) --group build --output-file requirements.lock $(ARGS)
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock $(ARGS)

schema: setup-dev ## after a new migration, write again what new databases are made from
	@$(BIN)/python -m tests.schema

check-locks: setup-dev ## install each lock into a bare environment, by the oldest pip that may be there
	@deploy/check-locks

clean: ## remove what setting up and testing made; data below var/ stays
	rm -rf .venv build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.lock pyproject.toml deploy/setup
	@deploy/setup requirements.lock $@

$(DEVELOPMENT): requirements-dev.lock pyproject.toml deploy/setup
	@deploy/setup requirements-dev.lock $@
	@touch $(RUNTIME)
