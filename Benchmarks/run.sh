#!/bin/sh
# vaultd beside etcd, in one run, on one disk. Usage: run.sh DIRECTORY-OF-THE-PROGRAMS
#
#   PARTS="kv access lease watch copies rewrap backup"   what to measure: each is a file of that name beside this
#   ROUNDS=3                 runs of each short measurement; the best counts
#   KEYS=1000000             kv: keys of the large store; 0 leaves it out
#   EVENTS=1000000           watch: history to replay; 0 leaves it out
#   SLEEP_MIB=1024           watch: events that a sleeping watcher misses; 0 leaves it out
#   COPIED=1000000           copies: keys of the store
#   CALLS=100000             access: calls of each measurement
#   PAIRS=9                  access: how often each caller is measured beside the build without
#   REWRAPPED=1000000        rewrap: records of the store; more of its own in its file
#   BACKED=200000            backup: secrets of the store
#
# Prints a table; writes the same as JSON to bench-results/.
set -eu

programs=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-3}
work=$(mktemp -d "${BENCH_DIR:-$PWD}/.build/bench.XXXXXX")
run=$(mktemp -d /tmp/vaultd-bench.XXXXXX)
results="bench-results/$(date +%Y%m%d-%H%M%S).json"
mkdir -p bench-results
bench="$programs/vaultbench"
ctl="$programs/vaultctl"
etcd_socket="$run/e.sock:1"
vaultd_socket="$run/v.sock"
etcd=""
vaultd=""
# What a part started, and the control groups that it made.
others=""
groups_made=""

cleanup() {
    for process in $etcd $vaultd $others; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    [ -z "$groups_made" ] || rmdir "$groups_made" 2>/dev/null || true
    rm -rf "$work" "$run"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

start_etcd() {
    (cd "$run" && exec etcd --data-dir "$work/etcd" --name bench --log-level error \
        --listen-client-urls unix://e.sock:1 --advertise-client-urls unix://e.sock:1 \
        --listen-peer-urls "unix://p.sock:1" --initial-advertise-peer-urls http://127.0.0.1:1 \
        --initial-cluster bench=http://127.0.0.1:1 \
        --quota-backend-bytes 8000000000 >"$run/etcd.log" 2>&1) &
    etcd=$!
}
start_vaultd() {
    "$programs/vaultd" --data-dir "$work/vaultd" --socket "$vaultd_socket" "$@" \
        >"$run/vaultd.log" 2>&1 &
    vaultd=$!
}
stop() {
    kill "$1"
    wait "$1" 2>/dev/null || true
}
wait_for() {
    tries=0
    until [ -S "$1" ] && "$bench" revision --socket "$1" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || { cat "$run"/*.log >&2; exit 1; }
        sleep 0.1
    done
}

# h2load cannot tell whether a call succeeded; the revision tells it of puts, `verify` of reads.
load() { # socket requests connections streams body method -> requests/s, mean in microseconds
    best=0
    mean=0
    for _ in $(seq "$rounds"); do
        h2load -n "$2" -c "$3" -m "$4" -t 1 -B "unix:$1" -d "$run/$5.bin" \
            -H 'content-type: application/grpc' -H 'te: trailers' \
            "http://localhost/etcdserverpb.KV/$6" >"$run/h2load.out"
        rate=$(sed -n 's/^finished in [^,]*, \([0-9.]*\) req.*/\1/p' "$run/h2load.out")
        time=$(awk '/^time for request/ {
            t = $6; u = 1; if (t ~ /ms$/) u = 1000; else if (t !~ /us$/) u = 1000000
            sub(/[a-z]+$/, "", t); printf "%.1f", t * u }' "$run/h2load.out")
        better=$(awk "BEGIN { print ($rate > $best) }")
        if [ "$better" = 1 ]; then best=$rate; mean=$time; fi
    done
    echo "$best $mean"
}

json=""
note() { # name etcd vaultd unit target better(higher|lower)
    ratio=$(awk "BEGIN { if ($2 > 0 && $3 > 0) printf \"%.2f\", (\"$6\" == \"higher\") ? $3 / $2 : $2 / $3; else print \"-\" }")
    printf '%-44s %14s %14s %-9s %8s   %s\n' "$1" "$2" "$3" "$4" "$ratio" "$5"
    json="$json{\"name\":\"$1\",\"etcd\":$2,\"vaultd\":$3,\"unit\":\"$4\",\"times_better\":\"$ratio\",\"target\":\"$5\"},"
}
memory() { awk '/^RssAnon/ { printf "%.1f", $2 / 1000 }' "/proc/$1/status"; }
resident() { awk '/^VmRSS/ { printf "%.1f", $2 / 1000 }' "/proc/$1/status"; }

mkdir -m 700 "$work/vaultd"
head -c 32 /dev/urandom >"$run/key"
chmod 600 "$run/key"
"$bench" frames --directory "$run"
start_etcd
start_vaultd
tries=0
until "$ctl" --socket "$vaultd_socket" init --keyfile "$run/key" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$run/vaultd.log" >&2; exit 1; }
    sleep 0.1
done
wait_for "$etcd_socket"
wait_for "$vaultd_socket"

echo "$(uname -sr), $(nproc) cores, $(etcd --version | head -1), $("$programs/vaultd" --version)"
echo "best of $rounds runs; both on one disk, with fsync; nothing else should run"
printf '\n%-44s %14s %14s %-9s %8s   %s\n' "" etcd vaultd unit "x better" target

for part in ${PARTS:-kv access lease watch copies rewrap backup}; do
    # shellcheck disable=SC1090
    . "$here/$part.sh"
done

printf '{"kernel":"%s","cores":%s,"etcd":"%s","vaultd":"%s","results":[%s]}\n' \
    "$(uname -sr)" "$(nproc)" "$(etcd --version | sed -n 's/etcd Version: //p')" \
    "$("$programs/vaultd" --version)" "${json%,}" >"$results"
echo
echo "written to $results"
