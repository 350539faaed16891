# Every target sets up what it needs; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run
DEV_STAMP := $(VENV)/.dev
# To compile all modules would be half of an install, and running needs a tenth of them.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
PYTEST := $(BIN)/python -m pytest

# The files in which tests bear a mark: to collect all the others takes longer than some stories.
marked = $(shell grep -rlE --include='test_*.py' 'mark\.$(1)\b' tests)

.DEFAULT_GOAL := help
.PHONY: help run test spark asterisk kill promise check format bench docs lock clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "everycall needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@echo "Getting what everycall needs into $(VENV), once; half a minute on a fast line."
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements/run.txt pyproject.toml | $(BIN)/python
	@$(PIP) -r requirements/run.txt --require-hashes
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements/dev.txt $(RUN_STAMP)
	@$(PIP) -r requirements/dev.txt --require-hashes
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true
	@touch $@

run: $(RUN_STAMP) ## a sample shop live on a wallboard, and the audit of its logs, until Ctrl-C
	@trap 'exit 0' INT; $(BIN)/everycall demo --live

test: $(DEV_STAMP) ## run the tests (those with phones, kills or Spark have targets of their own)
	$(PYTEST) -m "not spark and not asterisk and not kill" -n 2 --dist loadfile $(ARGS)

spark: $(DEV_STAMP) ## run the chain on a second engine (PySpark; needs Java)
	@$(PIP) -r requirements/spark.txt --require-hashes
	SPARK_REQUIRED=1 $(PYTEST) -m spark $(call marked,spark) $(ARGS)

promise: $(DEV_STAMP) ## nobody is called twice and nobody is forgotten, on a real Asterisk (fetches one)
	tools/lab/fetch.sh
	ASTERISK_REQUIRED=1 $(PYTEST) -m promise $(call marked,promise) $(ARGS)

asterisk: $(DEV_STAMP) ## stories from SIP phone to picture, history and report, on a real Asterisk (fetches one)
	tools/lab/fetch.sh
	ASTERISK_REQUIRED=1 $(PYTEST) -m "asterisk and not promise" -n 4 --dist worksteal -k "not rush and not within_a_second" $(call marked,asterisk) $(ARGS)
	ASTERISK_REQUIRED=1 $(PYTEST) -m asterisk tests/asterisk/test_load.py tests/web/test_transfer_on_asterisk.py

kill: $(DEV_STAMP) ## kill a writer under load, again and again: nothing is lost, nothing doubled
	KILLS=40 $(PYTEST) -m kill -n 2 --dist worksteal $(call marked,kill) $(ARGS)

check: $(DEV_STAMP) ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV_STAMP) ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV_STAMP) ## measure speed and memory (minutes)
	$(BIN)/python tools/bench/run.py $(ARGS)
	$(BIN)/python tools/bench/callbacks.py --page docs/benchmarks.md
	$(BIN)/python tools/bench/live.py --page docs/benchmarks.md

docs: $(DEV_STAMP) ## write the pages that come from declarations
	$(BIN)/python tools/write_docs.py

lock: $(BIN)/python ## renew the locked dependencies (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --extra spark pyproject.toml -c requirements/run.txt -o requirements/spark.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --group dev -c requirements/run.txt -o requirements/dev.txt

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
