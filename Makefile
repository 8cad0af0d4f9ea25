# repbench: how good is this learned image representation?
#
#   make demo          everything on the built-in data set, ends with a report
#   make test          all tests
#   make eval-cifar10  the paper's protocol on CIFAR-10 (ENCODER= or RUN=, DATA=)
#   make eval-svhn     the paper's protocol on SVHN with 1000 labels (the same variables)
#   make eval-svhn-supervised  the supervised network of the same shape, 64 random trials
#   make test-engines  suites on a Slurm cluster and a Kubernetes control plane on this machine
#   make test-nets     torchvision's networks beside PyTorch (NETS=)
#   make image         a container image of the static program (IMAGE=)
#   make gate          compares the suite "quick" of this tree with the base in benchmarks/suites/base
#   make gate-base     makes that base anew, where a change of the numbers is meant
#   make bench-onnx    networks in ONNX files beside ONNX Runtime (NETS=, ORT=)
#   make lint, bench, build

GO        ?= go
BIN       := bin/repbench
BACKEND   ?= auto
OUT       ?= runs
COMMIT    := $(shell git rev-parse HEAD 2>/dev/null)$(shell git rev-parse HEAD >/dev/null 2>&1 && ! git diff --quiet HEAD && echo -modified)

.PHONY: all build demo eval-cifar10 eval-svhn eval-svhn-supervised test test-race test-nocgo test-kernels test-engines test-nets image gate gate-base lint bench bench-onnx bench-memorisation fuzz clean

all: build

build:
	$(GO) build -ldflags "-X repbench/internal/version.commit=$(COMMIT)" -o $(BIN) ./cmd/repbench

# Features go to the cache folder, named by all that decides them, so that a
# changed encoder never meets old features.
LINEAR = $(BIN) eval linear --backend $(BACKEND)
VIS    = $(BIN) vis --backend $(BACKEND)
DEMO  := $(OUT)/demo
DEMO_STEPS ?= 1500

demo: build
	$(BIN) train --arch svhn32 --width 16 --data shapes --steps $(DEMO_STEPS) --batch 32 --learning-rate 5e-4 \
		--sample-every 500 --checkpoint-every 500 --log-every 20 --backend $(BACKEND) --out $(DEMO)/gan
	rm -f $(DEMO)/records.jsonl
	$(LINEAR) --encoder pixels --data shapes --C 1e-5,1e-4,1e-3,1e-2 --record $(DEMO)/records.jsonl
	$(LINEAR) --encoder random:svhn32,width=16 --data shapes --C 1e-4,1e-3,1e-2,1e-1 --record $(DEMO)/records.jsonl
	$(LINEAR) --encoder dcgan:$(DEMO)/gan --data shapes --C 1e-4,1e-3,1e-2,1e-1 --record $(DEMO)/records.jsonl
	$(BIN) memorization --run $(DEMO)/gan --n 500 --data shapes --null-images 500 --control 40 --backend $(BACKEND) \
		--out $(DEMO)/memorisation --record $(DEMO)/records.jsonl
	$(VIS) walk $(DEMO)/gan --data shapes --out $(DEMO)/walk.png --record $(DEMO)/records.jsonl
	$(VIS) filters $(DEMO)/gan --images shapes --out $(DEMO)/filters.png --record $(DEMO)/records.jsonl
	$(VIS) forget $(DEMO)/gan --n 2000 --out $(DEMO)/forget.png --record $(DEMO)/records.jsonl
	$(BIN) sample $(DEMO)/gan --n 100 --out $(DEMO)/samples.png --backend $(BACKEND)
	$(BIN) report $(DEMO)/gan $(DEMO)/records.jsonl --out $(DEMO)/report
	@echo "The report: $(DEMO)/report/index.html (also report.pdf and report.md)"

# The paper's protocol on CIFAR-10. ENCODER= any encoder, RUN= a run folder;
# without either, svhn32 is trained on CIFAR-10's own images, without labels, for
# STEPS updates, and stands in the report beside an untrained network. DATA= a path,
# else the data are fetched.
DATA   ?=
C      ?= 1e-4
STEPS  ?= 4000
CIFAR  := cifar10$(if $(DATA),=$(DATA))
CIFOUT := $(OUT)/eval-cifar10
GIVEN  := $(or $(ENCODER),$(if $(RUN),dcgan:$(RUN)))
CIFENC := $(or $(GIVEN),dcgan:$(CIFOUT)/gan)
UNTRAINED := random:svhn32
# The folder of an encoder's results, and the run folder that belongs to it, if there is one.
named   = $(shell printf '%s' '$(1)' | tr -cs 'A-Za-z0-9_' '-' | tail -c 60 | sed 's/^-//')
runof   = $(if $(filter dcgan:%,$(1)),$(patsubst dcgan:%,%,$(1)))
CIFRES := $(CIFOUT)/$(call named,$(CIFENC))

eval-cifar10: build
ifeq ($(CIFENC),dcgan:$(CIFOUT)/gan)
	@echo "Trains a DCGAN for $(STEPS) updates first. 4000 take about ten minutes on two cores with AVX-512, twice that with AVX2,"
	@echo "under a minute on a GPU; the evaluation takes two more. The time left is shown all along; after Ctrl-C the same command goes on."
	$(BIN) train --arch svhn32 --data "$(CIFAR)" --steps $(STEPS) --backend $(BACKEND) --out $(CIFOUT)/gan
endif
	mkdir -p $(CIFRES) && rm -f $(CIFRES)/records.jsonl
ifeq ($(CIFENC),dcgan:$(CIFOUT)/gan)
	$(LINEAR) --encoder "$(UNTRAINED)" --data "$(CIFAR)" --C $(C) --record $(CIFRES)/records.jsonl
endif
	$(LINEAR) --encoder "$(CIFENC)" --data "$(CIFAR)" --C $(C) --record $(CIFRES)/records.jsonl
	$(BIN) report $(call runof,$(CIFENC)) $(CIFRES)/records.jsonl --out $(CIFRES)/report
	@echo "The report: $(CIFRES)/report/index.html"

# The paper's protocol on SVHN with 1000 labels: split, features, the 170 draws of the
# released code, report. ENCODER=, RUN=, DATA= and STEPS= as above; DATA= is a folder with
# train_32x32.mat and test_32x32.mat, which are fetched without it.
SVHN    := svhn$(if $(DATA),=$(DATA))
SVHNOUT := $(OUT)/eval-svhn
SVHNENC := $(or $(GIVEN),dcgan:$(SVHNOUT)/gan)
SVHNRES := $(SVHNOUT)/$(call named,$(SVHNENC))
FEWSHOT  = $(BIN) eval fewshot --protocol svhn-1000 --draws released --backend $(BACKEND)

eval-svhn: build
ifeq ($(SVHNENC),dcgan:$(SVHNOUT)/gan)
	@echo "Trains a DCGAN for $(STEPS) updates first. 4000 take about ten minutes on two cores with AVX-512, twice that with AVX2,"
	@echo "under a minute on a GPU. The time left is shown all along; after Ctrl-C the same command goes on."
	$(BIN) train --arch svhn32 --data "$(SVHN)" --steps $(STEPS) --backend $(BACKEND) --out $(SVHNOUT)/gan
endif
	mkdir -p $(SVHNRES) && rm -f $(SVHNRES)/records.jsonl
ifeq ($(SVHNENC),dcgan:$(SVHNOUT)/gan)
	$(FEWSHOT) --encoder "$(UNTRAINED)" --data "$(SVHN)" --record $(SVHNRES)/records.jsonl
endif
	$(FEWSHOT) --encoder "$(SVHNENC)" --data "$(SVHN)" --record $(SVHNRES)/records.jsonl
	$(BIN) report $(call runof,$(SVHNENC)) $(SVHNRES)/records.jsonl --out $(SVHNRES)/report
	@echo "The report: $(SVHNRES)/report/index.html"

# The supervised network of the paper's comparison: the discriminator's shape, trained with the
# same number of labels; the best of TRIALS random trials on the released validation images.
# After Ctrl-C the same command goes on with the trial that it had come to.
TRIALS ?= 64
TRIAL_STEPS ?= 2000
eval-svhn-supervised: build
	$(BIN) eval supervised --arch svhn32 --protocol svhn-1000 --data "$(SVHN)" --trials $(TRIALS) --steps $(TRIAL_STEPS) \
		--backend $(BACKEND) --out $(SVHNOUT)/supervised
	$(BIN) report $(SVHNOUT)/supervised/records.jsonl --out $(SVHNOUT)/supervised/report
	@echo "The report: $(SVHNOUT)/supervised/report/index.html"

# The race detector needs cgo and a C compiler; CI demands them.
RACE := $(shell [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v $$($(GO) env CC) >/dev/null && echo test-race)

test: test-nocgo test-kernels $(RACE)
	$(GO) test ./...
	$(if $(RACE),,@echo "no C compiler: the race detector was left out")

# The race detector runs in the packages that start goroutines or share data between them, in the
# commands, which call all others, and in the guard of local pages, which net/http calls from many
# goroutines. Reports start no goroutines of weight, and drawing under the race detector takes minutes.
#
# GoMLX's portable backend does not run under Go's pointer checks, which -race
# switches on (internal/testenv says why); they are off for its module.
RACED = $(shell git ls-files '*.go' | grep -v -e _test.go -e ^reports/ | \
	xargs grep -lE '^[[:space:]]*go (func|[a-zA-Z])|"sync"|"sync/atomic"|"repbench/internal/tasks"' | \
	xargs -n1 dirname | sort -u | sed 's|^|./|') ./internal/webpage
test-race:
	$(GO) test -race -short -timeout 20m -tags nocheckptr -gcflags='github.com/gomlx/compute/...=-d=checkptr=0' $(RACED)

# The CPU backend and the results of networks that were computed elsewhere beforehand, on all
# instruction sets that it has kernels for; where the machine has none of a set, the best it has
# is tested again. `make test` tests the best one; KERNELS="avx512 avx2 portable" names them.
KERNELS ?= avx2 portable
test-kernels:
	GO="$(GO)" scripts/test_kernels.sh $(KERNELS)

# Without cgo there is no XLA (backends/noxla.go); no other package differs, so the rest is built only.
test-nocgo:
	CGO_ENABLED=0 $(GO) build ./...
	CGO_ENABLED=0 $(GO) test -short ./backends ./cmd/repbench

# Suites on engines that scripts/engines brings up on this machine and ends again; needs root. Parts that
# have not what they need say what to install, and are left out: Slurm's packages (docs/engines.md), and for
# Kubernetes REPBENCH_K8S_BIN, the folder of its servers and kubectl.
test-engines:
	REPBENCH_TEST_ENGINES=1 CGO_ENABLED=0 $(GO) test -count=1 -v -timeout 15m ./scripts/engines

# torchvision's networks beside PyTorch in float64; NETS= a folder of them, which docs/onnx.md says how to fill.
NETS ?= nets
test-nets:
	REPBENCH_TEST_NETS=$(abspath $(NETS)) CGO_ENABLED=0 $(GO) test -count=1 -v -run TestNetworksOfTorchvision ./features/internal/onnx

# The image of build/Containerfile, by podman or docker.
IMAGE     ?= repbench:$(shell git rev-parse --short HEAD 2>/dev/null || echo latest)
CONTAINER ?= $(shell command -v podman || command -v docker)
image:
	CGO_ENABLED=0 $(GO) build -ldflags "-X repbench/internal/version.commit=$(COMMIT)" -o bin/image/repbench ./cmd/repbench
	@test -n "$(CONTAINER)" || { echo "the program is bin/image/repbench; there is no podman and no docker to build an image of it: install one, or give CONTAINER="; exit 1; }
	$(CONTAINER) build -f build/Containerfile -t $(IMAGE) bin/image

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these"; exit 1; }
	$(GO) vet ./...
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...
	$(GO) tool staticcheck ./...
	@! grep -nE '@[A-Z]+@' README.md docs/*.md || { echo "a placeholder was left in the documents"; exit 1; }

# A regression ends with status 3, an open cell with 4 (docs/gate.md); make says 2 to both.
gate: build
	scripts/gate.sh check

gate-base: build
	scripts/gate.sh base

bench: build
	scripts/bench.sh

# Networks in ONNX files on the CPU backend, beside ONNX Runtime. NETS= is a folder that
# ../shared/peers/export_networks.py writes; ORT= a folder with onnxruntime-node and ../shared/peers/onnx_ort.mjs;
# FLAGS= takes -only NAME,NAME -batch 16,1 -rounds 3, or -file NETS/NAME.onnx -cpuprofile FILE for one network.
bench-onnx:
	@test -d "$(NETS)" || { echo "give NETS=FOLDER with NAME.onnx; python3 ../shared/peers/export_networks.py FOLDER writes the networks (Debian: python3-torchvision)"; exit 1; }
	@test -z "$(ORT)" || test -f "$(ORT)/onnx_ort.mjs" || { echo "$(ORT) lacks onnx_ort.mjs: in that folder run npm install --ignore-scripts onnxruntime-node, and copy ../shared/peers/onnx_ort.mjs there"; exit 1; }
	@test -n "$(ORT)" || echo "ONNX Runtime is left out; for it give ORT=FOLDER with onnxruntime-node and ../shared/peers/onnx_ort.mjs"
	CGO_ENABLED=0 $(GO) build -o bin/benchonnx ./features/internal/onnx/benchonnx
	bin/benchonnx -nets "$(NETS)" $(if $(ORT),-ort "$(ORT)") $(FLAGS)

# The bars of the memorisation check on CIFAR-10; DATA=, RUN= and OUT= override.
bench-memorisation: build
	$(if $(DATA),DATA="$(CIFAR)") $(if $(RUN),RUN="$(RUN)") BACKEND="$(BACKEND)" scripts/bench_memorisation.sh

# Every fuzz target for FUZZTIME.
FUZZTIME ?= 30s
fuzz:
	@for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5x $$p || exit 1; \
		done; done

clean:
	rm -rf bin
