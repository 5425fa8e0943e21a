.PHONY: setup demo test check fix bench

setup: .venv/installed.lock

.venv/installed.lock: requirements.lock pyproject.toml scripts/setup
	scripts/setup
	@touch $@

demo: setup
	.venv/bin/python scripts/demo.py

test: setup
	scripts/check
	scripts/test

check: setup
	scripts/check

fix: setup
	scripts/fix

bench: setup
	.venv/bin/python -m bench
