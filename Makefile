# Everything here makes its own environment first, with uv when it is there and pip when not.
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

.PHONY: demo app test lint bench bench-evolution bench-lab bench-speed kill example practice study constraints clean

demo: .venv/.ready-demo  ## a real sweep on the bundled digits, watched live
	$(BIN)/hpolab demo

app: .venv/.ready-app  ## the lab in a browser
	$(BIN)/hpolab app

test: .venv/.ready-test  ## the whole test suite
	$(BIN)/pytest -n 3 --dist worksteal

lint: .venv/.ready-test  ## style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.ready-test  ## what the claims about health and speed rest on
	$(BIN)/python tests/benchmarks/health_cases.py
	$(BIN)/python tests/benchmarks/search_overhead.py
	$(BIN)/python tests/benchmarks/coordinator_overhead.py
	$(BIN)/python tests/benchmarks/worker_memory.py
	$(BIN)/python tests/benchmarks/recording_share.py
	$(BIN)/python tests/benchmarks/sandbox_speed.py
	$(BIN)/python tests/benchmarks/dask_speed.py
	$(BIN)/pytest tests/benchmarks --benchmark-enable -p no:xdist

bench-evolution: .venv/.ready-evolution  ## the metaheuristics beside other libraries' and papers, ~2 hours
	$(BIN)/python tests/benchmarks/evolution_speed.py --mealpy
	$(BIN)/python tests/benchmarks/evolution_acor.py
	$(BIN)/python tests/benchmarks/evolution_quality.py --out .venv/evolution_quality.jsonl

bench-lab: .venv/.ready-test  ## how fast the lab answers in Chromium, beside its bars, ~5 minutes
	$(BIN)/python tests/benchmarks/lab_speed.py
	$(BIN)/python tests/benchmarks/replay_speed.py
	$(BIN)/python tests/benchmarks/playground_speed.py
	$(BIN)/python tests/benchmarks/race_speed.py

kill: .venv/.ready-test  ## kill coordinators and workers 50 times each, and count what is lost
	$(BIN)/python tests/benchmarks/kill_statistics.py

bench-speed: .venv/.ready-bench  ## trials per hour and time to target against Optuna with fit and KerasTuner, ~1 hour
	$(BIN)/python tests/benchmarks/trials_per_hour.py
	$(BIN)/python tests/benchmarks/time_to_target.py

example: .venv/.ready-test  ## train the sweep that the lab opens with again
	$(BIN)/python tests/benchmarks/example_sweep.py

practice: .venv/.ready-test  ## train the practice spaces again, ~10 minutes
	$(BIN)/python tests/benchmarks/practice_spaces.py

study: .venv/.ready-test  ## train 200 random networks again and ask what health is good for, ~10 minutes
	$(BIN)/python tests/benchmarks/health_study.py --fresh

constraints:  ## pin the versions that are known to work together (needs uv)
	$(UV) pip compile pyproject.toml --extra lab --extra test --extra bench --extra bench-evolution --universal --python-version 3.11 \
	  --upgrade --no-emit-index-url --no-annotate --no-header -q -o constraints.txt

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.ready-demo: EXTRAS =
.venv/.ready-app: EXTRAS = [lab]
.venv/.ready-test: EXTRAS = [test]
.venv/.ready-bench: EXTRAS = [test,bench]
.venv/.ready-evolution: EXTRAS = [test,bench-evolution]
.venv/.ready-%: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "hpolab needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
ifneq ($(UV),)
	test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv
	uv pip install --quiet --python $(BIN)/python -c constraints.txt -e ".$(EXTRAS)"
else
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".$(EXTRAS)"
endif
	@touch $@
