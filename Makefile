# `make run` and `make test` do all the set-up they need, and do it once. `make help` lists the rest.
# Settings: PYTHON (python3), BESTVIZ_MODELS (folder of models, default models), CHROMIUM, WORKERS (2), and any
# STREAMLIT_... variable, e.g. STREAMLIT_SERVER_PORT=8600.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core

# Debian packages, if we may: as root, or with a sudo that asks no password.
apt = ( sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
  $$sudo apt-get update -qq && \
  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null )

# The demonstration model, unless another folder of models is named.
ifndef BESTVIZ_MODELS
DEMO := models/demo/manifest.json
endif

.PHONY: help setup run demo test coverage lint format browser clean

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

setup: $(RUN) ## .venv with the packages that the dashboard needs

run: $(RUN) $(DEMO) ## start the dashboard on this machine (set-up and demonstration model come first)
	@exec $(BIN)/python -m streamlit run app.py

demo: $(RUN) ## make the demonstration model again
	@rm -rf data/demo models/demo
	@$(MAKE) --no-print-directory models/demo/manifest.json

test: lint browser ## all checks and tests
	$(BIN)/python -m pytest -n $(WORKERS)

coverage: $(DEV) browser ## the tests once more, with the lines that none of them reaches (two fifths slower)
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term

lint: $(DEV) ## style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy bestviz

format: $(DEV) ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove .venv, caches and the demonstration; fitted models of your own stay
	rm -rf $(VENV) data/demo models/demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
	find bestviz pages tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- set-up, each step once ---

# A .venv whose Python is gone is made anew.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { [ $(PYTHON) = python3 ] && $(call apt,python3); } || \
	  { echo "BestViz needs Python 3.11, 3.12 or 3.13, and there is no $(PYTHON) (Debian: apt-get install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || \
	  { echo "BestViz needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is $$($(PYTHON) -V 2>/dev/null || echo broken). Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call apt,python3-venv) || \
	  { echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -V) ..."
	@$(PYTHON) -m venv --clear $(VENV)

$(RUN): requirements.txt | $(BIN)/python
	@echo "Installing the dashboard's packages (once) ..."
	@$(PIP) -r requirements.txt
	@$(BIN)/python -W error -c 'import weasyprint' >/dev/null 2>&1 || $(call apt,$(PANGO)) || \
	  { echo "No pango and no right to install it: hand-outs are printable pages instead of PDF (Debian: apt-get install $(PANGO))." >&2; \
	    [ -z "$${CI:-}" ]; }
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "Installing the packages for the tests (once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

data/demo/dataset.json: | $(RUN)
	@echo "Simulating a trial of 805 people (once) ..."
	@$(BIN)/python -m bestviz simulate --n 805 --seed 1 --out data/demo

models/demo/manifest.json: | data/demo/dataset.json
	@echo "Fitting the demonstration model to it, with 200 refits for the intervals (once; takes some minutes) ..."
	@$(BIN)/python -m bestviz fit data/demo --out models/demo --replicates 200 --seed 1

# Chromium for the browser tests. Without it they are skipped, except in CI, where that is a failure.
browser:
	@for c in "$${CHROMIUM:-}" /usr/bin/chromium chromium chromium-browser google-chrome; do \
	  if [ -n "$$c" ] && command -v "$$c" >/dev/null; then exit 0; fi; done; \
	if command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests (once) ..."; $(call apt,chromium) && exit 0; fi; \
	echo "No Chromium and no right to install it: the browser tests are skipped (Debian: apt-get install chromium)." >&2; \
	[ -z "$${CI:-}" ]
