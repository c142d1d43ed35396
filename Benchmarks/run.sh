#!/bin/sh
# vaultd beside etcd on this machine: builds what is needed and prints one table.
# Arguments are passed on: Benchmarks/run.sh --keys 100000 --seconds 5
set -eu
cd "$(dirname "$0")/.."
for program in etcd h2load; do
    command -v "$program" >/dev/null || {
        echo "bench: $program is missing; apt-get install etcd-server nghttp2-client" >&2
        exit 1
    }
done
for product in vaultd vaultctl vaultbench; do
    swift build -c release --product "$product"
done
mkdir -p bench-results
exec .build/release/vaultbench --json "bench-results/$(date -u +%Y%m%d-%H%M%S).json" "$@"
