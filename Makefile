# Every target installs what it needs into .venv (locked versions, checked by hash).

PYTHON ?= python3
PLATFORM ?= arm64
RUNTIME ?= 3.13
ZIP ?= build/stream-indexer.zip
DIR ?= .
BIN := .venv/bin
DRILLS := PYTHONPATH=lambda/src $(BIN)/python -m drills --engines $(or $(ENGINES),embedded)
# The parts of the tests, by the folders that they are in.
UNIT := tests/unit tests/property
TERRAFORM := tests/plan tests/package tests/repo tests/harness
LOCAL := localaws/tests
END_TO_END := tests/apply tests/flow tests/drills tests/demo
# More processes than cores: Terraform's provider waits for 5 to 30 s at a time. One file or one test runs in this process, so that a debugger can be used.
ONE := $(findstring .py,$(ONLY))
PYTEST := $(BIN)/python -m pytest --numprocesses $(if $(ONE),0,$(or $(JOBS),4)) --dist loadfile
DEMO := PYTHONPATH=lambda/src $(BIN)/python -m demo

.DEFAULT_GOAL := help
.PHONY: help demo demo-up demo-down drill drill-up drill-down drills soak test test-unit test-terraform test-local test-e2e test-long lint lint-inputs checkov tflint bench bench-extremes mutations format package sbom draft publish release tables provider kept clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { line = sprintf("  make %-14s", $$1); count = split($$2, words, " "); \
	  for (i = 1; i <= count; i++) { if (length(line words[i]) > 78) { print line; line = sprintf("%21s", "") } line = line " " words[i] } print line }' $(MAKEFILE_LIST)

demo: .venv/demo.installed ## run the main job end to end on this machine, show the result, clean up
	@$(DEMO) run

demo-up: .venv/demo.installed ## the same, but leave it running to look around by hand
	@$(DEMO) up

demo-down: .venv/demo.installed ## stop what demo-up left running
	@$(DEMO) down

drill: .venv/demo.installed ## list the failure drills, or play one: make drill NAME=outage (ENGINES=jvm: on the JVM)
	@$(DRILLS) $(NAME)

drill-up: .venv/demo.installed ## leave a stack running, on which `make drill` then plays at once
	@$(DRILLS) up

drill-down: .venv/demo.installed ## stop what drill-up left running
	@$(DRILLS) down

drills: .venv/demo.installed ## play every failure drill
	@$(DRILLS) --all

soak: .venv/demo.installed ## write under random faults for MINUTES (10); SEED repeats a run, ENGINES=jvm: on the JVM
	@PYTHONPATH=lambda/src $(BIN)/python -m soak --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED)) --engines $(or $(ENGINES),embedded)

test: .venv/test.installed ## run all tests, the end-to-end ones on real OpenSearch and DynamoDB Local; ONLY=tests/unit/opensearch/test_bulk.py: a part of them
	@$(PYTEST) $(if $(ONLY),"$$ONLY")

test-unit: .venv/test.installed ## run the tests that need neither Terraform nor Java
	@$(PYTEST) $(UNIT)

test-terraform: .venv/test.installed ## run the tests of modules, plans, refusals, the zip and this repository
	@$(PYTEST) $(TERRAFORM)

test-local: .venv/test.installed ## run the tests of the local AWS, on both sets of engines
	@$(PYTEST) $(LOCAL)

test-e2e: .venv/test.installed ## run the tests that apply: examples, the flow of records, drills, demo
	@$(PYTEST) $(END_TO_END)

test-long: .venv/test.installed ## try many more histories and inputs than `make test` does
	@HYPOTHESIS_PROFILE=long $(PYTEST) tests/property

lint: .venv/test.installed ## check formatting, style, types and the names of attributes
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && terraform fmt -check -recursive . && $(BIN)/python -m tools.inputs .

lint-inputs: .venv/test.installed ## report misspelt attributes in a team's own Terraform, which drops them silently; DIR=path
	@$(BIN)/python -m tools.inputs $(DIR)

checkov: build/checkov/installed ## hold the Terraform and the workflows to checkov's rules; a reason stands beside each suppression
	@build/checkov/bin/checkov --config-file .checkov.yaml

tflint: ## hold the Terraform to tflint's rules; tflint must be installed
	@for folder in . modules/* examples/*; do tflint --config=$(CURDIR)/.tflint.hcl --chdir=$$folder || exit 1; done

bench: build/bench/installed package ## measure the function beside its peers; fails when a gate is missed
	@PYTHONPATH=lambda/src build/bench/bin/python -m benchmarks

bench-extremes: .venv/test.installed ## measure peak memory and time of the most extreme batches; fails when a bound is exceeded
	@PYTHONPATH=lambda/src $(BIN)/python -m benchmarks.extremes

mutations: .venv/test.installed ## break chosen lines of the function one at a time; fails when no test notices one
	@$(BIN)/python -m tools.mutations

format: .venv/test.installed ## format Python and Terraform
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && terraform fmt -recursive .

package: $(BIN)/python ## build/stream-indexer.zip: the same bytes from the same inputs; PLATFORM=x86_64, RUNTIME=3.12, ZIP=build/other.zip
	@$(BIN)/python lambda/package.py --platform $(PLATFORM) --python $(RUNTIME) --output $(ZIP)

sbom: $(BIN)/python ## build/stream-indexer.cdx.json: what is in the zip, as CycloneDX has it
	@$(BIN)/python -m tools.sbom $(ZIP)

draft: ## begin the release of a tag, which nobody sees yet: TAG=v1.2.3; needs GitHub's gh
	@gh release view "$$TAG" >/dev/null 2>&1 || gh release create "$$TAG" --draft --verify-tag --generate-notes

publish: ## put a zip and its bill of materials into it: TAG=v1.2.3 ZIP=build/name.zip
	@gh release upload "$$TAG" $(ZIP) $(ZIP:.zip=.cdx.json) --clobber

release: ## show the release, once it is whole: TAG=v1.2.3
	@gh release edit "$$TAG" --draft=false

tables: $(BIN)/python ## write the tables of inputs and outputs into the READMEs, and docs/limits.md
	@$(BIN)/python -m tools.tables

provider: .venv/test.installed ## write the names of the newest provider that can be had, which a test holds the Terraform to
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --dest build/provider cdktn-provider-aws pulumi-aws
	@$(BIN)/python -m tools.provider build/provider

kept: .venv/test.installed ## write which settings the provider keeps when they are removed, which a test goes by
	@$(BIN)/python -m tools.kept

clean: ## remove the virtual environment and everything built
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, $(PYTHON) is %s.%s: set PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@$(PYTHON) -m venv .venv

.venv/%.installed: requirements/%.txt $(BIN)/python
	@echo "Installing requirements/$*.txt into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@

# Whose requirements are at odds with the tests', or many times theirs.
build/bench/installed build/checkov/installed: build/%/installed: requirements/%.txt
	@echo "Installing requirements/$*.txt into build/$*"
	@$(PYTHON) -m venv build/$*
	@build/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@
