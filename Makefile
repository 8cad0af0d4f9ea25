# repbench: how good is this learned image representation?
#
#   make demo          everything on the built-in data set, ends with a report
#   make test          all tests
#   make eval-cifar10  the paper's protocol on CIFAR-10 (ENCODER= or RUN=, DATA=)
#   make lint, bench, build

GO        ?= go
BIN       := bin/repbench
BACKEND   ?= auto
OUT       ?= runs
COMMIT    := $(shell git rev-parse HEAD 2>/dev/null)$(shell git diff --quiet HEAD 2>/dev/null || echo -modified)

# Go's SIMD experiment makes GoMLX's portable backend about 10 times faster on
# amd64 (docs/benchmarks.md); the program builds and works without it.
ifeq ($(shell $(GO) env GOARCH),amd64)
build bench: export GOEXPERIMENT = simd
endif

.PHONY: all build demo eval-cifar10 test test-race test-nocgo lint bench fuzz clean

all: build

build:
	$(GO) build -ldflags "-X repbench/internal/version.commit=$(COMMIT)" -o $(BIN) ./cmd/repbench

DEMO := $(OUT)/demo

demo: build
	$(BIN) train --arch svhn32 --width 16 --data shapes --steps 600 --batch 64 --alternate released \
		--sample-every 150 --checkpoint-every 150 --log-every 10 --backend $(BACKEND) --out $(DEMO)/gan
	$(BIN) eval linear --encoder pixels --data shapes --C 1e-5,1e-4,1e-3,1e-2 --features $(DEMO)/pixels --backend $(BACKEND)
	$(BIN) eval linear --encoder random:svhn32,width=16 --data shapes --C 1e-4,1e-3,1e-2,1e-1 --features $(DEMO)/random --backend $(BACKEND)
	$(BIN) eval linear --encoder dcgan:$(DEMO)/gan --data shapes --C 1e-4,1e-3,1e-2,1e-1 --features $(DEMO)/dcgan --backend $(BACKEND)
	$(BIN) sample $(DEMO)/gan --n 100 --out $(DEMO)/samples.png --backend $(BACKEND)
	$(BIN) report $(DEMO)/gan $(DEMO)/pixels $(DEMO)/random $(DEMO)/dcgan --out $(DEMO)/report
	@echo "The report: $(DEMO)/report/index.html (also report.pdf and report.md)"

# The paper's protocol on CIFAR-10. ENCODER= any encoder, RUN= a run folder;
# without either, svhn32 is trained on CIFAR-10's own images, without labels, for
# STEPS updates, and the report says so. DATA= a path, else the data are fetched.
DATA   ?=
C      ?= 1e-4
STEPS  ?= 2000
CIFAR  := cifar10$(if $(DATA),=$(DATA))
CIFOUT := $(OUT)/eval-cifar10
ENCODER ?= $(if $(RUN),dcgan:$(RUN),dcgan:$(CIFOUT)/gan)
NAME   := $(shell printf '%s' '$(ENCODER)' | tr -c 'A-Za-z0-9' '-' | tail -c 60)

eval-cifar10: build
ifeq ($(ENCODER),dcgan:$(CIFOUT)/gan)
	$(BIN) train --arch svhn32 --data "$(CIFAR)" --steps $(STEPS) --backend $(BACKEND) --out $(CIFOUT)/gan
endif
	$(BIN) eval linear --encoder "$(ENCODER)" --data "$(CIFAR)" --C $(C) --features $(CIFOUT)/$(NAME) --backend $(BACKEND)
	$(BIN) report $(if $(filter dcgan:%,$(ENCODER)),$(patsubst dcgan:%,%,$(ENCODER))) $(CIFOUT)/$(NAME) --out $(CIFOUT)/report$(NAME)
	@echo "The report: $(CIFOUT)/report$(NAME)/index.html"

test: test-nocgo test-race
	$(GO) test ./...

# GoMLX's portable backend does not run under Go's pointer checks, which -race
# switches on (internal/sharedtest says why); they are off for its module.
test-race:
	$(GO) test -race -short -tags nocheckptr -gcflags='github.com/gomlx/compute/...=-d=checkptr=0' ./...

test-nocgo:
	CGO_ENABLED=0 $(GO) test -short ./...

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these"; exit 1; }
	$(GO) vet ./...
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...
	$(GO) tool staticcheck ./...

bench:
	scripts/bench.sh

# Every fuzz target for FUZZTIME.
FUZZTIME ?= 30s
fuzz:
	@for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
		done; done

clean:
	rm -rf bin
