# Set-up and the commands of the README. Everything comes from Python 3.11 and the
# package registries; the environment is rebuilt when its lock changes.

PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PEERS  := .venv-bench

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-next demo-stop test test-long proofs-long proofs-histories proofs-nights proofs-crashes proofs-kills load bench bench-nights figures-clocks fuzz-api screenshots check format lock docs

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(READY)  ## the environment, from the lock

$(READY): requirements/dev.txt requirements/uv.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python 3.11 is needed: install it, or name it with make PYTHON=/path/to/python"; exit 2; }
	@echo "Setting up the environment from requirements/dev.txt"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@echo "Compiling the matching engine, once"
	@$(BIN)/python -m matching.linkage.warming
	@touch $(READY)

demo: $(READY)  ## one real night of a synthetic region, with the portal running
	@$(BIN)/python -m demo start

demo-next: $(READY)  ## the next night: publishes only what changed
	@$(BIN)/python -m demo next

demo-stop: $(READY)  ## stops what the demo started
	@$(BIN)/python -m demo stop

test: $(READY)  ## the tests
	@$(BIN)/python -m pytest -n 2

test-long: $(READY)  ## the properties over thousands of examples; not part of test
	@$(BIN)/python -m pytest -n 2 --hypothesis-profile=nightly -m "not airflow and not browser"

export HISTORIES STEPS
LONG := PROOFS=long $(BIN)/python -m pytest -s -n 0 --timeout=0

proofs-long: proofs-histories proofs-nights proofs-crashes proofs-kills  ## the proofs of the loop as campaigns: hours

proofs-histories: $(READY)  ## made-up histories against the model; HISTORIES=3000 STEPS=40
	@$(LONG) tests/proofs/test_histories.py

proofs-nights: $(READY)  ## a thousand nights of a region against a hand-kept calendar
	@$(LONG) tests/proofs/test_thousand_nights.py

proofs-crashes: $(READY)  ## a power failure at every step that writes, and at pairs
	@$(LONG) tests/proofs/test_crashes.py tests/proofs/test_cut_short_worlds.py -k "not killed"

proofs-kills: $(READY)  ## kill -9 at each step that writes
	@$(LONG) tests/proofs/test_killed_nights.py tests/proofs/test_cut_short_worlds.py -k killed

load: $(READY)  ## the portal under load: 100,000 notices, twenty people; about fifteen minutes
	@$(BIN)/python -m benchmarks.portal_load $(LOAD)

bench: $(READY) $(PEERS)/.ready  ## record linkage side by side with Splink and recordlinkage; BENCH=--quick
	@$(BIN)/python -m benchmarks.linkage $(BENCH)

bench-nights: $(READY)  ## a night that carries on from the last against one that searches for everybody
	@$(BIN)/python -m benchmarks.nights $(NIGHTS)

$(PEERS)/.ready: requirements/bench.txt | $(READY)
	@echo "Setting up the peers' environment from requirements/bench.txt"
	@test -x $(PEERS)/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python $(PEERS)
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(PEERS)/bin/python --require-hashes requirements/bench.txt
	@touch $(PEERS)/.ready

export CLOCKS OPEN
figures-clocks: $(READY)  ## how long a pass of the clocks reads; CLOCKS=4500,20000 OPEN=1000
	@CLOCKS=$${CLOCKS:-4500,20000} $(BIN)/python -m pytest -s -q -n 0 --timeout=0 tests/register/test_clocks_at_scale.py -k how_long

screenshots: $(READY)  ## the pages' pictures in docs/screenshots, by the browser tests
	@rm -f docs/screenshots/portal-*.png
	@CROSSBORDER_SCREENSHOTS=$(CURDIR)/docs/screenshots $(BIN)/python -m pytest -q -n 2 -m browser tests/portal

fuzz-api: $(READY)  ## calls made up from docs/openapi.json, on both databases; FUZZ_EXAMPLES=1000
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-1000} $(BIN)/python -m pytest -s -n 0 --timeout=0 tests/portal/test_portal_fuzz.py

check: $(READY)  ## format, lint, types, import contracts, generated files fresh
	@$(BIN)/python -m pipeline.checks

format: $(READY)  ## writes the format that check asks for
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

docs: $(READY)  ## writes the generated files that check compares
	@$(BIN)/python -m pipeline.checks --write

lock: $(READY)  ## resolves the pins of pyproject.toml anew
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -c requirements/run.txt -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:bench -o requirements/bench.txt
	@grep -A1000 '^uv==' requirements/dev.txt | awk 'NR>1 && /^[a-z]/ {exit} {print}' > requirements/uv.txt
