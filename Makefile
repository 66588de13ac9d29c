# make demo   everything on this machine, nothing to sign up for
# make test   all tests, on a real PostgreSQL and Redis that come as Python packages
# make check  format, lint, types, layers, rules of the house
# The embedded Redis comes ready-built for Python 3.11 and 3.12; newer ones build it, which needs a C compiler.
PYTHON ?= $(shell for name in python3.12 python3.11 python3; do $$name -c '' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: demo test check install lock

demo: install
	$(BIN)/booka demo

# Load first and alone: it looks at how long people wait. The rest shares two cores, a file stays on one of them.
test: install
	$(BIN)/pytest tests/load
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/load

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture

install: $(INSTALLED)

$(INSTALLED): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Booka needs Python 3.11 or newer. Name one: make install PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Pins the newest versions that requirements/*.in allow; the pins say nothing of where they came from.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
    --no-emit-index-url --no-emit-find-links --strip-extras

lock: install
	$(BIN)/pip install --quiet pip-tools
	cd requirements && $(COMPILE) --output-file run.txt run.in
	cd requirements && $(COMPILE) --constraint run.txt --output-file dev.txt dev.in
