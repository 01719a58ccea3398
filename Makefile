# One virtualenv in .venv; files named .installed… in it remember what was done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := tests/peers
INSTALL := $(BIN)/python -m pip install --quiet --require-hashes -r
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# These start whole processes and watch the clock: nothing else runs beside them.
ALONE := tests/e2e tests/faults tests/load

.DEFAULT_GOAL := help
.PHONY: help demo install dev test coverage lint types layers format words peers lock kill rehearse fuzz pictures clean
.DELETE_ON_ERROR:

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: install ## install Fivefold and run a lesson in a room on this machine
	$(BIN)/fivefold demo

install: $(VENV)/.installed ## build .venv and install Fivefold into it

dev: $(VENV)/.installed-dev ## install what the tests and checks need as well

test: lint types layers peers ## run every check and every test but the long ones
	$(BIN)/pytest -n auto --dist worksteal $(addprefix --ignore=,$(ALONE))
	$(BIN)/pytest $(ALONE)

coverage: dev peers ## run every test but the long ones, and say which lines none of them reaches
	$(BIN)/pytest -n auto --dist worksteal --cov --cov-report= $(addprefix --ignore=,$(ALONE))
	$(BIN)/pytest $(ALONE) --cov --cov-append --cov-report=term

lint: dev ## look for mistakes and for unformatted files
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: dev ## check the types
	$(BIN)/mypy

layers: dev ## check that no package knows what it should not
	$(BIN)/lint-imports

format: dev ## format the code and put right what can be put right
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

words: dev ## gather the bot's own sentences into the catalogue
	$(BIN)/pybabel -q extract -F bot/words/babel.cfg -k t -k tn:1,2 --omit-header --no-location \
		--no-wrap --sort-output -o bot/words/fivefold.pot bot

peers: ## install the npm packages that judge our Slack and Teams messages
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(PEERS)/node_modules/.installed; \
	else echo "npm is not installed: the tests that need it will be skipped."; fi

lock: $(VENV)/.made ## renew the pinned requirements
	$(BIN)/python -m pip install --quiet --upgrade uv
	$(LOCK) --group dev -o requirements-dev.txt
	$(LOCK) --group backend -c requirements-dev.txt -o requirements.txt

kill: dev ## the long run: kill the bot again and again, and lose nothing
	$(BIN)/pytest tests/faults -m long

rehearse: dev ## the long run: hold every lesson live and over days, for few and for many
	$(BIN)/pytest -n auto tests/e2e/test_lessons_run.py -m long

fuzz: dev ## feed the readers of plans and scripts nonsense, ten minutes each
	$(BIN)/python -m pip install --quiet 'atheris>=3,<4'
	$(BIN)/python -m tests.fuzz.fuzz_reader -max_total_time=600
	$(BIN)/python -m tests.fuzz.fuzz_script -max_total_time=600

pictures: dev peers ## draw the pictures of the documentation anew
	$(BIN)/python -m docs.pictures.draw

clean: ## remove everything that was made
	rm -rf $(VENV) $(PEERS)/node_modules $(PEERS)/build build dist .coverage .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find bot tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Fivefold needs Python 3.11 or newer, and $(PYTHON) is not: say which to use, as in 'make PYTHON=python3.12'."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	echo "$(PYTHON) cannot make a virtualenv: on Debian and Ubuntu, install the package python3-venv."; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.txt pyproject.toml
	$(INSTALL) requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(INSTALL) requirements-dev.txt
	@touch $@

$(PEERS)/node_modules/.installed: $(addprefix $(PEERS)/,package.json package-lock.json slack_surfaces.ts slack_schema.mjs)
	npm --prefix $(PEERS) ci --silent
	npm --prefix $(PEERS) run --silent slack-schema
	@touch $@
