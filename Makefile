# Everything runs in .venv, from locked versions. See CONTRIBUTING.md.
.PHONY: setup demo test hard check bench bless web wheel sbom clean
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin

setup: .venv/installed web

.venv/installed: requirements/dev.lock requirements/audit.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

web: .venv/installed
	$(BIN)/python scripts/build_web.py

demo: setup
	$(BIN)/geointel demo demo --host $(HOST) --port $(PORT)

test: setup
	$(BIN)/python -m pytest -n auto --dist loadfile

hard: setup
	GEOINTEL_SEEDS=200 $(BIN)/python -m pytest -n auto tests/flow/test_mutations.py tests/flow/test_damaged_builds.py

check: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/codespell
	$(BIN)/python scripts/build_web.py --check
	$(BIN)/python scripts/audit_dependencies.py

bench: setup
	$(BIN)/python benchmarks/run.py

bless: setup
	$(BIN)/python scripts/bless.py

wheel: setup
	$(BIN)/python scripts/build_wheel.py

sbom: setup
	$(BIN)/python scripts/sbom.py

clean:
	rm -rf .venv .bench-venv web/node_modules src/geointel/viewer/assets demo
