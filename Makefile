# Graine d’Actions: every command of the project. `make` alone prints this list.
# Needed on the machine: Python 3.11 or newer with its venv module, and make. Nothing else.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
WHEEL_FLAGS := -q -p .venv --require-hashes
FRONT := build.mjs static/icons.json $(wildcard static/css/* static/js/* static/js/*/* static/img/*)
WORDS := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
BUILT := static/dist/manifest.json $(WORDS)
TYPED := app fake_stripe dev bench config.py wsgi.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run serve test lint format words bench browser a11y lighthouse shots lock preflight prove-crash prove-money

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: preflight .venv/.run $(BUILT) ## start everything with a demo (PORT=8000, INSTANCE=./instance)
	@$(BIN)/python -m dev.run

serve: preflight .venv/.run $(BUILT) ## the same without the demo
	@$(BIN)/python -m dev.run --no-demo

test: preflight .venv/.dev $(BUILT) dev/html_checker/node_modules/.ok ## every test this machine can run, and in words what it cannot
	@$(BIN)/python -m dev.run_tests

browser: preflight .venv/.dev $(BUILT) ## only the journeys in a real browser
	@$(BIN)/python -m dev.run_tests --only browser

a11y: preflight .venv/.dev $(BUILT) dev/html_checker/node_modules/.ok ## every page, role and state: axe, HTML; writes the dated result (A11Y_ARGS=--states: short)
	@$(BIN)/python -m tests.a11y $(A11Y_ARGS)

lighthouse: preflight .venv/.dev $(BUILT) dev/lighthouse/node_modules/.ok ## the page audit of four pages on a phone (LIGHTHOUSE_ARGS=--gates: what CI asks)
	@$(BIN)/python -m dev.lighthouse $(LIGHTHOUSE_ARGS)

lint: preflight .venv/.dev ## style, types, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(TYPED)
	$(BIN)/djlint --quiet --lint templates fake_stripe

format: preflight .venv/.dev ## rewrite the Python files in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

words: preflight .venv/.dev ## gather the sentences of the code for their translation
	@$(BIN)/python -m dev.words

bench: preflight .venv/.dev $(BUILT) ## speed and size against the goals (MEASURES="statements scripts" for some)
	@$(BIN)/python -m bench $(MEASURES)

prove-money: preflight .venv/.dev $(BUILT) ## the state machine, its planted bugs, and the large counts of the money path (SEED=1)
	@$(BIN)/python -m tests.money.prove --seed $(or $(SEED),1) $(MONEY_ARGS)

prove-crash: preflight .venv/.dev $(BUILT) ## kill everything everywhere: nobody charged twice, nothing told is lost (SEED=1)
	@$(BIN)/python -m tests.money.crash --seed $(or $(SEED),1) $(CRASH_ARGS)

shots: preflight .venv/.dev $(BUILT) ## take the README's screenshots again
	@$(BIN)/python -m dev.shots

lock: preflight .venv/bin/uv ## choose versions again (both lists together, with hashes)
	$(BIN)/uv pip compile -q -p .venv --universal --generate-hashes --no-header --upgrade \
	  pyproject.toml --group dev --group assets -o requirements-dev.lock
	$(BIN)/uv pip compile -q -p .venv --universal --generate-hashes --no-header \
	  pyproject.toml --group assets -c requirements-dev.lock -o requirements.lock

preflight:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Python est introuvable : installez Python 3.11 ou plus récent (Debian : apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) dev/preflight.py

.venv/bin/uv: | preflight
	@echo "Préparation de l’environnement Python (.venv)…"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)

.venv/.run: requirements.lock | .venv/bin/uv
	@echo "Installation des bibliothèques…"
	@$(BIN)/uv pip install $(WHEEL_FLAGS) -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock | .venv/.run
	@echo "Installation des outils de test…"
	@$(BIN)/uv pip install $(WHEEL_FLAGS) -r requirements-dev.lock
	@touch $@

node_modules/.ok: package-lock.json | .venv/.run
	@echo "Installation des outils de l’interface…"
	@$(BIN)/python npmw.py ci --silent
	@touch $@

# Tools of the checks alone, each with its own list: nobody who only runs the site fetches them.
dev/%/node_modules/.ok: dev/%/package-lock.json | .venv/.run
	@echo "Installation de dev/$*…"
	@cd dev/$* && ../../$(BIN)/python ../../npmw.py ci --silent
	@touch $@

static/dist/manifest.json: node_modules/.ok $(FRONT)
	@echo "Construction de l’interface…"
	@$(BIN)/python npmw.py run --silent build
	@touch $@

%.mo: %.po | .venv/.run
	@$(BIN)/pybabel --quiet compile -i $< -o $@
