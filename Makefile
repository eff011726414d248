# Everything a person or the CI does here. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help setup run example dev test check fix messages schema permissions bench lock
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
CODE := src tests tools examples

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' $(MAKEFILE_LIST) | awk -F': ' '{ printf "make %-11s %s\n", $$1, $$2 }'

setup: .venv/run.stamp ## install what running needs; leaves the command at .venv/bin/vestibule
	@:

run: .venv/run.stamp ## set everything up and serve at http://localhost:8000
	@exec $(BIN)/vestibule serve

example: .venv/run.stamp ## serve Vestibule and an app that uses it, and say what to try
	@exec $(BIN)/python examples/shift-planner/start.py $(ARGS)

dev: .venv/dev.stamp ## install what tests and checks need, too
	@:

test: .venv/dev.stamp ## set everything up, the browser included, and run all tests
	@sh tools/browser.sh
	@$(BIN)/python -m pytest --postgres=both -n 2 --dist loadgroup $(ARGS)

check: .venv/dev.stamp ## format, lints, types, imports, words, advisories
	@sh tools/check.sh

fix: .venv/dev.stamp ## put right what a tool can put right
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/python -m tools.messages

messages: .venv/dev.stamp ## bring the catalogues up to date; ARGS=fr begins a language
	@$(BIN)/python -m tools.messages $(ARGS)

schema: .venv/dev.stamp ## write down the sum of the migrations, after a new one
	@$(BIN)/python -m tools.schema

permissions: .venv/dev.stamp ## write down who may call what, after a change of that
	@$(BIN)/python -m tools.permissions

bench: .venv/dev.stamp ## measure
	@if [ -d benchmarks ]; then exec $(BIN)/python -m benchmarks; else echo "There are no benchmarks yet."; fi

lock: .venv/dev.stamp ## make the lock files again, with the newest versions
	@sh tools/lock.sh

.venv/run.stamp: requirements/run.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh run

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@sh tools/setup.sh dev
