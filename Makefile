PYTHON ?= python3
BIN = .venv/bin
CODE = ode_appearance benchmarks tests examples app.py

# The marker of long tests, in pyproject.toml.
LONG = nightly

.PHONY: install app test fast browser nightly lint format types docs wheel viewer

install: .venv/installed
.venv/installed: requirements.txt tests/requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -r tests/requirements.txt
	touch $@

app: install
	$(BIN)/python app.py

test: install
	$(BIN)/python -m pytest

fast: install
	$(BIN)/python -m pytest --ignore tests/app/browser --ignore tests/hostile --ignore tests/executors --ignore tests/training

browser: install
	$(BIN)/python -m pytest tests/app/browser

nightly: install
	$(BIN)/python -m pytest -n 0 -m $(LONG)

lint: install
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

types: install
	$(BIN)/pip install -q "pyright>=1.1.400,<2"
	$(BIN)/pyright --pythonpath $(BIN)/python

docs: install
	$(BIN)/pip install -q -r docs/requirements.txt
	$(BIN)/mkdocs build --strict

wheel: install
	$(BIN)/pip wheel --no-deps -w out .

viewer:  # after a change of a script or a shader; needs Node.js
	npm ci && npm run check && npm test && npm run build
