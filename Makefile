# Verbs for people and for CI. `make run` and `make test` are all that a newcomer needs.

SWIFT ?= swift
RELEASE := .build/release
# With the Swift runtime inside: a program starts in two thirds of the time, and needs no Swift where it
# is installed.
RELEASE_FLAGS := -c release --static-swift-stdlib

# How long `make fuzz` looks, in seconds, over all targets; `make test` looks for a minute.
FUZZ_SECONDS ?= 3600

.PHONY: build run test bench soak fuzz fmt lint proto install uninstall install-packages clean

# What the build links against and what the tests use as peers, by Debian's names.
PACKAGES := libsodium-dev liblmdb-dev libnghttp2-dev pkg-config
TEST_PACKAGES := etcd-server etcd-client nghttp2-client strace systemd python3-yaml

build: install-packages
	$(SWIFT) build $(RELEASE_FLAGS) --product vaultd
	$(SWIFT) build $(RELEASE_FLAGS) --product vaultctl

# What `make build` built goes below PREFIX, and below DESTDIR when a package is made of it. It does not
# build: root need not have Swift.
PREFIX ?= /usr/local
DESTDIR ?=

install:
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" sh deploy/install.sh install $(RELEASE)

uninstall:
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" sh deploy/install.sh uninstall $(RELEASE)

run: build
	@sh deploy/demo.sh $(RELEASE)

# Tests at once. All 900 on two cores starve each other for minutes, and what waits gives up.
TEST_WIDTH ?= 8
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = $(TEST_WIDTH)

test: install-packages install-test-packages
	$(SWIFT) build --product vaultdPackageTests
	$(MAKE) fuzz FUZZ_SECONDS=60
	$(SWIFT) test --skip-build --parallel

# libFuzzer under what reads bytes that nobody vouches for: archives, the records and frames inside
# of them, keyrings, ledgers, and whatever a client may send to the socket.
fuzz: install-packages
	VAULT_FUZZ=1 $(SWIFT) build -c release --product vaultfuzz --scratch-path .build-fuzz
	sh Fuzz/run.sh .build-fuzz/release/vaultfuzz $(FUZZ_SECONDS) .build-fuzz

# The differential and crash tests for as long as VAULT_SOAK says, in rounds.
soak: install-packages install-test-packages
	VAULT_SOAK=$${VAULT_SOAK:-20} $(SWIFT) test \
		--filter 'CommandTests|MutationTests|SalvageTests'

bench: build install-test-packages
	$(SWIFT) build $(RELEASE_FLAGS) --product vaultbench
	sh Benchmarks/run.sh $(RELEASE)

fmt:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Fuzz

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Fuzz

proto:
	sh proto/generate.sh

.PHONY: install-test-packages
install-packages:
	@sh deploy/packages.sh $(PACKAGES)

install-test-packages:
	@sh deploy/packages.sh $(TEST_PACKAGES)

clean:
	rm -rf .build .build-fuzz
