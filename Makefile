# Needs python3 (3.11 to 3.13), git and make. Everything else is installed into .venv on first use.
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Interpreters to try, best known first; `make run PYTHON=/path/to/python` overrides.
PYTHON ?=
# Processes that run tests.
WORKERS ?= logical

# Nothing here reports to anyone.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := yes
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run check test test-faults test-fuzz test-shapes test-effects test-browser screenshots lint format dev webserver daemon docs rollback bench bench-incentives query metrics quarantine programs simulate explain statement share report catalogue versions contracts close incentives connectors lock clean distclean

help:  ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

run: $(STAMP)  ## the main job: land, build, test, publish, report
	@$(BIN)/python -m orchestration.run

check: $(STAMP)  ## look at the raw data in seconds: what is there, missing, empty or not read
	@$(BIN)/python -m orchestration.check

# A file's tests stay together, with what they build; the order of files is in tests/python/conftest.py.
test: $(STAMP)  ## all tests, dbt's included, on all processors (make test WORKERS=1: on one)
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-faults: $(STAMP)  ## kill, crowd and starve the main job (FAULTS=brief or long; long writes docs/reliability.md)
	@FAULTS=$(FAULTS) $(BIN)/python -m pytest tests/faults \
	  $(if $(filter brief,$(FAULTS)),-k "random_moments or publishes or replaced or readers")
	@if [ "$(FAULTS)" = long ]; then $(BIN)/python tests/faults/report.py; fi

test-fuzz: $(STAMP)  ## bad input in every column, in full; writes docs/bad_input.md
	@PARTNER_METRICS_FUZZ=full $(BIN)/python -m pytest tests/fuzz

test-shapes: $(STAMP)  ## raw data in other shapes, all of them: the same figures or a refusal
	@SHAPES=full $(BIN)/python -m pytest tests/shapes

test-effects: $(STAMP)  ## estimates against simulated channels whose effects are known (SEEDS=50 or more writes docs/effects_measured.md)
	@$(BIN)/python tests/effects/known_effects.py $(SEEDS)

test-browser: $(STAMP)  ## Dagster's page, dbt docs and Data Docs in Chromium (BUILD=build: as built; else the demo anew)
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps --only-binary :all: -r requirements-browser.lock
	@BUILD="$(BUILD)" CHROMIUM="$(CHROMIUM)" SCREENSHOTS="$(SCREENSHOTS)" $(BIN)/python -m pytest tests/browser

screenshots:  ## take the README's pictures anew
	@$(MAKE) --no-print-directory test-browser SCREENSHOTS=docs/screenshots

# sqlfluff ends its processes in a way that Python's resource tracker warns of; nothing is lost by it.
lint: $(STAMP)  ## ruff, mypy and sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONWARNINGS=ignore::UserWarning:multiprocessing.resource_tracker \
	  $(BIN)/sqlfluff lint --processes 0 --disable-progress-bar models tests/dbt

format: $(STAMP)  ## rewrite Python and SQL to the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --disable-progress-bar models tests/dbt

dev: $(STAMP)  ## Dagster's page, schedules and sensors, on http://localhost:3000
	@$(BIN)/python -m orchestration.dev

webserver: $(STAMP)  ## only the page, as a service (make webserver ARGS="--host 0.0.0.0 --port 3000")
	@$(BIN)/python -m orchestration.dev webserver $(ARGS)

daemon: $(STAMP)  ## only schedules, sensors and queue, as a service
	@$(BIN)/python -m orchestration.dev daemon

docs: $(STAMP)  ## dbt's documentation of what was built, as one page, in build/dbt_docs
	@$(BIN)/python -m orchestration.docs_site

bench: $(STAMP)  ## measure 10k, 100k and 1M items (make bench SIZES="10000 100000")
	@$(BIN)/python -m orchestration.bench $(SIZES)

bench-incentives: $(STAMP)  ## measure paying 10,000 partners (make bench-incentives PARTNERS=600)
	@$(BIN)/python -m orchestration.bench_incentives $(PARTNERS)

query: $(STAMP)  ## query the published tables (make query SQL="from certified.certificates")
	@$(BIN)/python -m orchestration.query "$(SQL)"

report: $(STAMP)  ## the program owner's page from what is published: three questions, with plots
	@$(BIN)/python -m orchestration.program_report

catalogue: $(STAMP)  ## write docs/metrics.md, program_files.md and raw_data.md from the definitions
	@$(BIN)/python -m orchestration.catalogue
	@$(BIN)/python -m orchestration.programs.reference
	@$(BIN)/python -m orchestration.raw_reference

versions: $(STAMP)  ## record the SQL of each metric version (make versions NOTE="why no figure moves")
	@$(BIN)/python -m orchestration.metric_versions "$(NOTE)"

contracts: $(STAMP)  ## record the columns of the published tables, unless that breaks a reader
	@$(BIN)/python -m orchestration.published_contract

metrics: $(STAMP)  ## ask for any metric (make metrics ARGS="query --metrics closing_mrr --group-by partner")
	@$(BIN)/python -m orchestration.metrics $(ARGS)

quarantine: $(STAMP)  ## what was held back in the last build, why, and what to do
	@$(BIN)/python -m orchestration.quarantine

programs: $(STAMP)  ## judge the partner programs' rows and show what there is
	@$(BIN)/python -m orchestration.programs

simulate: $(STAMP)  ## what would program rows have paid (make simulate PROGRAMS=/path/to/folder)
	@$(BIN)/python -m orchestration.what_if $(PROGRAMS)

explain: $(STAMP)  ## why a statement line is what it is, down to invoice lines (make explain LINE=...)
	@$(BIN)/python -m orchestration.statements.explain $(LINE)

statement: $(STAMP)  ## a partner's page of a month (make statement PARTNER=ptr_00051 MONTH=2026-09; PROGRAM=... of one only)
	@$(BIN)/python -m orchestration.statements.statement $(PARTNER) $(MONTH) $(PROGRAM)

share: $(STAMP)  ## files for each partner, only its own rows (make share PARTNER=ptr_00051: for one)
	@$(BIN)/python -m orchestration.sharing $(PARTNER)

close: $(STAMP)  ## close a month as published (make close MONTH=2025-03); without MONTH: what is closed
	@$(BIN)/python -m orchestration.close $(MONTH)

rollback: $(STAMP)  ## make an earlier version current again (make rollback VERSION=...); without: which there are
	@$(BIN)/python -m orchestration.rollback $(VERSION)

incentives: $(STAMP)  ## close, approve, pay what programs owe (make incentives ARGS="close PROGRAM 2026-03"); alone: how it stands
	@$(BIN)/python -m orchestration.incentives $(ARGS)

connectors: $(STAMP)  ## install the engine extensions for object stores and PostgreSQL
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-connectors.lock

lock:  ## pin anew after a change in pyproject.toml (needs uv)
	@sh ./.ci/lock

# Neither touches ledger/: closed months cannot be made again.
clean:  ## remove everything built, keep what is published
	@rm -rf build target logs .mypy_cache .pytest_cache .ruff_cache .hypothesis

distclean: clean  ## also remove published and partners' files, Dagster's past runs and the virtual environment
	@rm -rf published partner_files .dagster $(VENV)

# The lock is complete, so pip resolves nothing; and all wheels but one, which is plain Python. `mf` then reads the
# published file, and asks the internet for nothing (orchestration/metrics.py).
$(STAMP): requirements.lock
	@set -e; found=''; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	      >/dev/null 2>&1; then found="$$candidate"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Python 3.11, 3.12 or 3.13 is needed; python3 here is: $$(python3 --version 2>&1)." >&2; \
	  echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	echo "Installing the locked dependencies into $(VENV) with $$($$found --version) ..."; \
	rm -rf $(VENV); "$$found" -m venv $(VENV) || { \
	  echo "python could not make a virtual environment (on Debian: apt install python3-venv)." >&2; \
	  exit 1; }; \
	$(BIN)/python -m pip install -qq --require-hashes --no-deps --only-binary :all: --no-binary halo \
	  -r requirements.lock
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/python" -m orchestration.metrics "$$@"\n' \
	  "$(CURDIR)" "$(CURDIR)/$(BIN)" > $(BIN)/mf
	@touch $(STAMP)
