# Two commands: `make run` for those who ask, `make test` for those who build.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test clean
.DELETE_ON_ERROR:

run: .venv/run.done
	@$(BIN)/python -m app

test: .venv/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

# .requirements.lock constrains every version; pyproject.toml says what is needed.
.venv/run.done: pyproject.toml .requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -c .requirements.lock setuptools torch
	$(BIN)/pip install -q --disable-pip-version-check -c .requirements.lock --no-build-isolation -e .
	@touch $@

.venv/test.done: .venv/run.done
	$(BIN)/pip install -q --disable-pip-version-check -c .requirements.lock --no-build-isolation -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv .index .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
