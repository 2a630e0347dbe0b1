# A newcomer needs git, make and Python 3.11 or newer with its venv module. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help nightly bench demo demo-reset test test-tools lint format check catalogue messages requirements services services-stop test-services

PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PINS := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name words; do \
		printf '  make %-14s %s\n' "$$name" "$$words"; done

.venv/product.stamp: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt install python3-venv)."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing what the product needs…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tests.stamp: requirements-dev.txt .venv/product.stamp
	@echo "Installing what the tests need…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: .venv/product.stamp ## the whole product with a fictive borough, on http://127.0.0.1:$(PORT)/ (PORT=9000 make demo)
	@exec $(MANAGE) demo --port $(PORT)

demo-reset: ## forget the demo: its database, photographs and mail
	@mkdir -p var && find var -mindepth 1 -maxdepth 1 ! -name services -exec rm -rf {} +
	@echo "The demo is forgotten; « make demo » makes a new one."

test-tools: .venv/tests.stamp
	@.ci/tools

test: test-tools ## every test; installs Debian's chromium, gettext and poppler-utils when it is root and they are missing
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not journey and not nightly $(AND)"
	$(BIN)/python -m pytest -q -n 2 --dist worksteal $(LEFT_OUT) -m "journey and not nightly $(AND)"

nightly: .venv/tests.stamp ## 10,000 random histories of the door, for hours; one part in twenty: make nightly ONLY=part3
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m nightly -k "$(ONLY)"

lint: .venv/tests.stamp ## ruff, templates, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports --no-cache

format: .venv/tests.stamp ## what « make lint » would ask, done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2 || true # it answers 1 when it wrote something

check: .venv/tests.stamp ## Django's and our system checks, and migrations that are not written
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

messages: .venv/tests.stamp ## the French catalogue, from the sources; needs gettext
	$(MANAGE) makemessages --locale fr_CA --no-location --no-obsolete --ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*'
	$(MANAGE) compilemessages --locale fr_CA --ignore '.venv/*'

catalogue: messages ## fails when the committed French catalogue is not the one that the sources give
	git diff --exit-code -I'^"POT-Creation-Date' -- 'locale/**/*.po'

requirements: .venv/tests.stamp ## pin again what requirements.in and requirements-dev.in ask
	$(BIN)/$(PINS) requirements.in -o requirements.txt
	$(BIN)/$(PINS) requirements-dev.in -o requirements-dev.txt

bench: $(patsubst benchmarks/%.py,bench-%,$(wildcard benchmarks/*.py)) ## every figure of the product, measured here and written in benchmarks/results

bench-%: .venv/tests.stamp
	$(BIN)/python benchmarks/$*.py

services: ## PostgreSQL and Redis on free ports, for the tests; installs them from Debian when it is root
	@.ci/services start

services-stop: ## stop them and forget their data
	@.ci/services stop

# The demo is embedded by definition: its journey clears DATABASE and BROKER, and « make test » has played it already.
# What .ci/run leaves out here with AND="and not one_database" draws or reads the same on any database (CONTRIBUTING.md).
test-services: services ## every test, on PostgreSQL and Redis
	env $$(cat var/services/environment) $(MAKE) --no-print-directory test LEFT_OUT='--deselect tests/journeys/test_demo.py'
