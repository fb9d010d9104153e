# make demo    a running Timeline on this machine: http://127.0.0.1:8000 (PORT= changes it)
# make test    the whole suite, on SQLite and on PostgreSQL
# make coverage  what the suite covers, on SQLite; at least 95 % of the branches
# make browser the site in a real browser: stories, accessibility, hostile text (needs the system's Chromium)
# make screenshots  the same, and writes docs/images/ anew
# make check   format, lint, types, migrations and the settings of a production site
# make format  write the format that `make check` asks for
#
# `exec`: a signal to make reaches the server, not only a shell in between.
# All paths are relative, so that a checkout may stand in a folder with a space in its name.

PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
BIN = .venv/bin/python

.PHONY: demo test coverage browser screenshots check format clean
.DELETE_ON_ERROR:

demo: .venv/installed
	@exec $(BIN) manage.py demo --port "$(PORT)"

test: .venv/installed-dev
	@exec $(BIN) -m tests

coverage: .venv/installed-dev
	@exec $(BIN) -m tests coverage

# On SQLite: what differs between the databases is tried by `make test`.
browser: .venv/installed-dev
	@exec env DATABASE_URL= TIMELINE_ENV=local $(BIN) -m pytest tests/browser

screenshots: .venv/installed-dev
	@exec env DATABASE_URL= TIMELINE_ENV=local SCREENSHOTS=docs/images $(BIN) -m pytest tests/browser

check: .venv/installed-dev
	$(BIN) -m ruff format --check .
	$(BIN) -m ruff check .
	$(BIN) -m mypy
	$(BIN) manage.py makemigrations --check --dry-run
	TIMELINE_ENV=production ALLOWED_HOSTS=timeline.example.org NUM_PROXIES=1 DATABASE_URL= DEBUG= \
	SECRET_KEY="$$($(BIN) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	$(BIN) manage.py check --deploy --fail-level WARNING

format: .venv/installed-dev
	$(BIN) -m ruff format .
	$(BIN) -m ruff check --fix .

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov *.egg-info

# `python -m pip` and not `pip`: the scripts' first line cannot hold a path with a space everywhere.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python found. Timeline needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old. Timeline needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	$(BIN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN) -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@
