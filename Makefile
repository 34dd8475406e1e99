# Two commands are enough: `make run` serves the site, `make test` tests it.
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) deploy/bootstrap.py
BIN = .venv/bin/python -m

.DEFAULT_GOAL := help
.PHONY: help run dev admin manage test all-codes check format openapi lock lock-uv system-packages \
	python environment check-lint check-types check-templates check-migrations check-deploy check-locks

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

# ── Running ──────────────────────────────────────────────────────────────────────────────────
run: python ## Serve the site on http://localhost:8000 (HOST, PORT; see .env.example)
	@$(BOOTSTRAP) --serves -m config.local run

dev: python ## The same with debug pages and a reloading server
	@$(BOOTSTRAP) --serves -m config.local dev

admin: python ## Make an administrator (asks for e-mail address and password)
	@$(BOOTSTRAP) -m config.local admin

manage: python ## Run a manage.py command on the local site: make manage ARGS="migrate"
	@$(BOOTSTRAP) -m config.local manage $(ARGS)

# ── Testing ──────────────────────────────────────────────────────────────────────────────────
test: python ## All tests on SQLite and PostgreSQL; some of them: make test T=tests/test_x.py
	@$(BOOTSTRAP) --dev -m tests.run_all $(T)

all-codes: python ## Ask for the page of every ICD-10-CM code on both databases (long)
	@$(BOOTSTRAP) --dev -m tests.run_all tests/test_code_pages.py --all-codes -m all_codes

check: check-lint check-types check-templates check-migrations check-deploy check-locks ## Everything but the tests (make -k check goes on after a failure)

check-lint: environment
	$(BIN) ruff check
	$(BIN) ruff format --check

check-types: environment
	$(BIN) mypy

check-templates: environment
	$(BIN) djlint templates --lint --quiet

check-migrations: environment
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN) django makemigrations --check --dry-run

# The settings of a public site, with each warning of Django's deployment check as a failure.
check-deploy: environment
	DJANGO_SETTINGS_MODULE=config.settings DEBUG=false SITE_URL=https://conditions.example.org \
	SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	EMAIL_URL=smtp+tls://user:password@mail.example.org:587 \
	DATABASE_URL=postgres://user:password@127.0.0.1/name ALLOWED_HOSTS=conditions.example.org \
	HSTS_SECONDS=31536000 HSTS_INCLUDE_SUBDOMAINS=true HSTS_PRELOAD=true SSL_REDIRECT=true \
	$(BIN) django check --deploy --fail-level WARNING

check-locks: environment
	$(BIN) deploy.lock_files check

# ── Changing ─────────────────────────────────────────────────────────────────────────────────
format: environment ## Format the code and mend what the linter can mend
	$(BIN) ruff check --fix-only
	$(BIN) ruff format

openapi: environment ## Write docs/openapi.json after a change of the API
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN) django write_openapi

lock: environment ## Compile the lock files after a change of pyproject.toml (UPGRADE=1 takes the newest versions)
	$(BIN) deploy.lock_files write $(if $(UPGRADE),--upgrade)

lock-uv: environment # Pin another uv: make lock-uv UV_VERSION=0.13.9
	$(BIN) deploy.lock_files write-uv $(UV_VERSION)

system-packages: ## Install PostgreSQL and Chromium for the tests (Debian, Ubuntu)
	@sh deploy/system-packages.sh

# ── Parts ────────────────────────────────────────────────────────────────────────────────────
python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name one: make run PYTHON=python3.12"; exit 1; }

environment: python
	@$(BOOTSTRAP) --dev
