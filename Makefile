.PHONY: setup serve demo docs test check fix bench bench-service

setup: .venv/installed.lock

.venv/installed.lock: requirements.lock pyproject.toml scripts/setup
	scripts/setup
	@touch $@

serve: setup
	.venv/bin/cropwright serve

demo: setup
	.venv/bin/python scripts/demo.py

docs: setup
	scripts/site

test: setup
	scripts/check
	scripts/test

check: setup
	scripts/check

fix: setup
	scripts/fix

bench: setup
	.venv/bin/python -m bench

bench-service: setup
	.venv/bin/python -m bench.service
