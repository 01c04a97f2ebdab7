# Every target installs what it needs into .venv (locked versions, checked by hash).

PYTHON ?= python3
PLATFORM ?= arm64
RUNTIME ?= 3.13
ZIP ?= build/stream-indexer.zip
DIR ?= .
BIN := .venv/bin
DRILLS := PYTHONPATH=lambda/src $(BIN)/python -m drills --engines $(or $(ENGINES),embedded)
# Folders of each part of the tests.
UNIT := tests/unit tests/property localaws/tests/event_source_mapping
TERRAFORM := tests/plan tests/package tests/repo tests/testkit
LOCAL := localaws/tests
END_TO_END := tests/apply tests/flow tests/drills tests/demo
# More processes than cores, because the Terraform provider waits 5 to 30 s at a time. A single file runs without processes, for a debugger.
ONE := $(findstring .py,$(ONLY))
PYTEST := $(BIN)/python -m pytest --numprocesses $(if $(ONE),0,$(or $(JOBS),4)) --dist loadfile
DEMO := PYTHONPATH=lambda/src $(BIN)/python -m demo

.DEFAULT_GOAL := help
.PHONY: help demo demo-up demo-down drill drill-up drill-down drills soak test test-unit test-terraform test-local test-e2e test-long lint lint-inputs checkov tflint bench bench-extremes mutations format package sbom release-draft release-upload release-publish docs provider-schema kept install clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { line = sprintf("  make %-16s", $$1); count = split($$2, words, " "); \
	  for (i = 1; i <= count; i++) { if (length(line words[i]) > 78) { print line; line = sprintf("%23s", "") } line = line " " words[i] } print line }' $(MAKEFILE_LIST)

demo: .venv/demo.installed ## run the quick start on a local AWS, show the result and clean up
	@$(DEMO) run

demo-up: .venv/demo.installed ## run the demo and leave it running
	@$(DEMO) up

demo-down: .venv/demo.installed ## stop the demo that demo-up left running
	@$(DEMO) down

drill: .venv/demo.installed ## list the failure drills, or run one: NAME=outage; ENGINES=jvm uses the JVM engines
	@$(DRILLS) $(NAME)

drill-up: .venv/demo.installed ## start a stack for drills and leave it running
	@$(DRILLS) up

drill-down: .venv/demo.installed ## stop the stack that drill-up left running
	@$(DRILLS) down

drills: .venv/demo.installed ## run all failure drills
	@$(DRILLS) --all

soak: .venv/demo.installed ## write under random faults for MINUTES=10; SEED repeats a run; ENGINES=jvm uses the JVM engines
	@PYTHONPATH=lambda/src $(BIN)/python -m soak --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED)) --engines $(or $(ENGINES),embedded)

test: .venv/test.installed ## run all tests; ONLY=tests/unit/opensearch/test_bulk.py runs a part
	@$(PYTEST) $(if $(ONLY),"$$ONLY")

test-unit: .venv/test.installed ## run the tests that need neither Terraform nor Java
	@$(PYTEST) $(UNIT)

test-terraform: .venv/test.installed ## run the tests of modules, plans, validations, the zip and the repository
	@$(PYTEST) $(TERRAFORM)

test-local: .venv/test.installed ## run the tests of the local AWS
	@$(PYTEST) $(LOCAL) --ignore localaws/tests/event_source_mapping

test-e2e: .venv/test.installed ## run the tests that apply: examples, the flow of records, drills, the demo
	@$(PYTEST) $(END_TO_END)

test-long: .venv/test.installed ## run the property tests with ten times as many inputs
	@HYPOTHESIS_PROFILE=long $(PYTEST) tests/property

lint: .venv/test.installed ## check formatting, style, types and attribute names
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && terraform fmt -check -recursive . && $(BIN)/python -m tools.lint_attributes .

lint-inputs: .venv/test.installed ## report misspelt attributes of module inputs in DIR=path
	@$(BIN)/python -m tools.lint_attributes $(DIR)

checkov: build/checkov/installed ## check Terraform and workflows with checkov
	@build/checkov/bin/checkov --config-file .checkov.yaml

tflint: ## check Terraform with tflint, which must be installed
	@for folder in . modules/* examples/*; do tflint --config=$(CURDIR)/.tflint.hcl --chdir=$$folder || exit 1; done

bench: build/bench/installed package ## measure the function next to other libraries; fail if a limit is missed
	@PYTHONPATH=lambda/src build/bench/bin/python -m benchmarks

bench-extremes: .venv/test.installed ## measure peak memory and time of the largest batches; fail if a limit is exceeded
	@PYTHONPATH=lambda/src $(BIN)/python -m benchmarks.extremes

mutations: .venv/test.installed ## break selected lines of the function one at a time; fail if no test notices
	@$(BIN)/python -m tools.mutations

format: .venv/test.installed ## format Python and Terraform
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && terraform fmt -recursive .

package: $(BIN)/python ## build ZIP=build/stream-indexer.zip for PLATFORM=arm64 and RUNTIME=3.13
	@$(BIN)/python lambda/package.py --platform $(PLATFORM) --python $(RUNTIME) --output $(ZIP)

sbom: $(BIN)/python ## write the CycloneDX bill of materials of ZIP
	@$(BIN)/python -m tools.sbom $(ZIP)

release-draft: ## create a draft GitHub release for TAG=v1.2.3
	@gh release view "$$TAG" >/dev/null 2>&1 || gh release create "$$TAG" --draft --verify-tag --generate-notes

release-upload: ## upload ZIP and its bill of materials to the release of TAG
	@gh release upload "$$TAG" $(ZIP) $(ZIP:.zip=.cdx.json) --clobber

release-publish: ## publish the release of TAG
	@gh release edit "$$TAG" --draft=false

docs: $(BIN)/python ## write the tables of inputs and outputs into the READMEs, and docs/limits.md
	@$(BIN)/python -m tools.docs

provider-schema: .venv/test.installed ## update the snapshot of the newest AWS provider
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --dest build/provider cdktn-provider-aws pulumi-aws
	@$(BIN)/python -m tools.provider_snapshot build/provider

kept: .venv/test.installed ## update the list of settings that the provider keeps when you remove them
	@$(BIN)/python -m tools.kept

install: .venv/test.installed ## install the locked dependencies into .venv

clean: ## remove the virtual environment and everything built
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, $(PYTHON) is %s.%s: set PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@$(PYTHON) -m venv .venv

.venv/%.installed: requirements/%.txt $(BIN)/python
	@echo "Installing requirements/$*.txt into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@

# Separate environments: these requirements conflict with those of the tests, or are much larger.
build/bench/installed build/checkov/installed: build/%/installed: requirements/%.txt
	@echo "Installing requirements/$*.txt into build/$*"
	@$(PYTHON) -m venv build/$*
	@build/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@
