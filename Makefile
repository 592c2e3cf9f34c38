# `make demo` and `make test` need nothing but Python (3.11 or later) and pip.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PEERS := $(VENV)/.peers

.PHONY: demo test lint types docs check format bench bench-quick bench-compare paths fuzz problems tables pictures clean

demo: $(INSTALLED)
	$(BIN)/python examples/demo.py

test: $(INSTALLED)
	$(BIN)/python -m pytest -n auto

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

docs: $(INSTALLED)
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs docs/_build

check: test lint types docs

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(PEERS)  # everything beside every peer; OPTIONS=--quick takes three minutes
	$(BIN)/python -m benchmarks $(OPTIONS)

bench-quick: $(PEERS)
	$(BIN)/python -m benchmarks --quick $(OPTIONS)

OLD ?= benchmarks/results/cpu/results.json
NEW ?= benchmarks/results/quick/results.json
bench-compare: $(INSTALLED)
	$(BIN)/python -m benchmarks.compare $(OLD) $(NEW)

paths: $(PEERS)  # an hour: searches for contraction orders, einc's and its peers'
	$(BIN)/python -m benchmarks.paths

fuzz: $(INSTALLED)  # about ten minutes
	EINC_FUZZ=400000 $(BIN)/python -m pytest -q tests/test_fuzz.py -n 2

problems: $(INSTALLED)
	EINC_PROBLEMS=100000 $(BIN)/python -m pytest -q tests/test_definition.py -n 2

tables: $(PEERS)  # of the documentation, made by running einc and its peers
	$(BIN)/python docs/tables/promotion.py
	$(BIN)/python docs/tables/peers.py
	$(BIN)/python docs/tables/emitted.py
	$(BIN)/python docs/tables/transformations.py

pictures: $(INSTALLED)  # of the documentation
	$(BIN)/python docs/tables/pictures.py

clean:
	rm -rf $(VENV) docs/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

$(PEERS): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[peers]"
	touch $@
