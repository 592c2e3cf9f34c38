# `make demo` and `make test` need nothing but Python (3.11 or later) and pip.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test lint types docs check format bench training latency paths fuzz problems tables pictures clean

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

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.call_overhead

training: $(INSTALLED)
	$(BIN)/python -m benchmarks.training

latency: $(INSTALLED)
	$(BIN)/python -m benchmarks.latency --quick

paths: $(INSTALLED)  # an hour: searches for contraction orders, einc's and its peers'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[search,peers]"
	$(BIN)/python -m benchmarks.paths

fuzz: $(INSTALLED)  # about ten minutes
	EINC_FUZZ=400000 $(BIN)/python -m pytest -q tests/test_fuzz.py -n 2

problems: $(INSTALLED)
	EINC_PROBLEMS=100000 $(BIN)/python -m pytest -q tests/test_definition.py -n 2

tables: $(INSTALLED)  # of the documentation, made by running einc and its peers
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[peers]"
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
