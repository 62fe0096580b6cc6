# Everything a developer or a user runs. Each target sets up what it needs; nothing has to be activated.
PYTHON ?= python3
PY := .venv/bin/python
ISTHMUS := $(PY) -m isthmus

.PHONY: help setup demo test check format bench docs lock clean
.DEFAULT_GOAL := help

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready ## Install what the project runs on into .venv and node_modules

.venv/.ready: Pipfile.lock package-lock.json tools/setup.py
	@$(PYTHON) tools/setup.py

demo: setup ## The main job on the example: check, plan, synthesize, deploy on emulated clouds, report
	@$(PY) tools/demo.py

test: setup ## Run the tests; those of the report in Chromium, which is installed where apt-get can
	@$(PY) tools/browser.py
	@$(PY) -m tools.checkov
	@$(PY) tools/run_tests.py $(ARGS)

check: setup ## Lint, format, types, layers
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --config pyproject.toml --no-logo

format: setup ## Mend what lint and format can mend
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: setup ## Measure how fast it synthesizes
	@$(PY) tools/bench.py $(ARGS)

docs: setup ## Write docs/topology.md, isthmus.schema.json, docs/answers.md and examples/permissions
	@$(ISTHMUS) schema > isthmus.schema.json.new && mv isthmus.schema.json.new isthmus.schema.json
	@$(PY) -m tools.topology_reference
	@$(PY) -m tools.answers
	@$(PY) -m tools.permissions examples/state-s3.yaml --to examples/permissions --cloud aws
	@$(PY) -m tools.permissions examples/state-azurerm.yaml --to examples/permissions --cloud azure

lock: setup ## Renew Pipfile.lock and package-lock.json
	@$(PY) tools/lock.py

clean: ## Remove what was made here
	rm -rf .venv node_modules cdktf.out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
