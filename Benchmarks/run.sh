#!/bin/sh
# vaultd beside etcd, in one run, on one disk. Usage: run.sh DIRECTORY-OF-THE-PROGRAMS
#
#   KEYS=1000000   keys of the large store; 0 leaves that part out
#   ROUNDS=3       runs of each h2load measurement; the best counts
#
# Prints a table; writes the same as JSON to bench-results/.
set -eu

programs=$(cd "$1" && pwd)
keys=${KEYS:-1000000}
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

cleanup() {
    for process in $etcd $vaultd; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
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

for server in etcd vaultd; do
    eval socket=\$${server}_socket
    before=$("$bench" revision --socket "$socket")
    eval "${server}_put=\"$(load "$socket" 60000 10 10 put Put)\""
    after=$("$bench" revision --socket "$socket")
    [ $((after - before)) -eq $((60000 * rounds)) ] || { echo "$server lost puts" >&2; exit 1; }
    eval "${server}_put1=\"$(load "$socket" 4000 1 1 put Put)\""
    eval "${server}_get=\"$(load "$socket" 60000 10 10 range Range)\""
    eval "${server}_get1=\"$(load "$socket" 10000 1 1 range Range)\""
done
# shellcheck disable=SC2154 # Set by eval.
{
    note "Range of one 200-byte value, 10x10" "${etcd_get% *}" "${vaultd_get% *}" req/s "5x" higher
    note "Range, one at a time, mean" "${etcd_get1#* }" "${vaultd_get1#* }" us "3x" lower
    note "durable Put, 10x10" "${etcd_put% *}" "${vaultd_put% *}" req/s "3x" higher
    note "durable Put, one at a time, mean" "${etcd_put1#* }" "${vaultd_put1#* }" us "1x" lower
}

large() { # keys
    for server in etcd vaultd; do
        eval socket=\$${server}_socket
        eval "${server}_load=$("$bench" load --socket "$socket" --from "$loaded" --keys "$1")"
    done
    loaded=$1
    for server in etcd vaultd; do
        eval socket=\$${server}_socket
        eval process=\$$server
        eval "${server}_count=\"$("$bench" count --socket "$socket")\""
        eval "${server}_anon=$(memory "$process")"
        eval "${server}_rss=$(resident "$process")"
    done
    # Restart both: from the start of the process to the first read.
    stop "$etcd"
    rm -f "$etcd_socket"
    start_etcd
    etcd_first=$("$bench" first-read --socket "$etcd_socket")
    stop "$vaultd"
    start_vaultd --keyfile "$run/key"
    vaultd_first=$("$bench" first-read --socket "$vaultd_socket")
    vaultd_anon2=$(memory "$vaultd")
    etcd_anon2=$(memory "$etcd")
    # shellcheck disable=SC2154
    {
        note "load up to $1 keys, 128 a transaction" "$etcd_load" "$vaultd_load" s "-" lower
        note "count of all, call" "${etcd_count#* }" "${vaultd_count#* }" us "under 1 ms" lower
        note "RssAnon after the load" "$etcd_anon" "$vaultd_anon" MB "250 MB" lower
        note "RssAnon after restart" "$etcd_anon2" "$vaultd_anon2" MB "250 MB" lower
        note "RSS after the load, mapped file included" "$etcd_rss" "$vaultd_rss" MB "-" lower
        note "restart to first read" "$etcd_first" "$vaultd_first" s "2x" lower
    }
    file=$(du -m "$work/vaultd/data.mdb" | cut -f1)
    echo "  data.mdb at $1 keys: $file MB; etcd's db: $(du -m "$work/etcd/member/snap/db" | cut -f1) MB"
}

if [ "$keys" -gt 0 ]; then
    loaded=0
    for size in 10000 100000 1000000; do
        [ "$size" -le "$keys" ] && large "$size"
    done
    for server in etcd vaultd; do
        eval socket=\$${server}_socket
        "$bench" read-all --socket "$socket" --seconds 12 >"$run/$server.all" &
        readers=$!
        if [ "$server" = vaultd ]; then
            "$bench" wrong-unseal --socket "$socket" --seconds 12 >"$run/wrong" &
            readers="$readers $!"
        fi
        sleep 1
        eval "${server}_tail=\"$("$bench" latency --socket "$socket" --seconds 8 --keys "$keys")\""
        # shellcheck disable=SC2086
        wait $readers
    done
    # shellcheck disable=SC2154,SC2086
    {
        set -- $etcd_tail $vaultd_tail
        note "read p50 beside whole-store reads" "$2" "$6" us "-" lower
        note "read p99 beside whole-store reads" "$3" "$7" us "5000 us" lower
        echo "  whole reads: etcd $(cat "$run/etcd.all"), vaultd $(cat "$run/vaultd.all") (times, mean s); wrong unseals refused: $(cat "$run/wrong")"
    }
fi

printf '{"kernel":"%s","cores":%s,"etcd":"%s","vaultd":"%s","results":[%s]}\n' \
    "$(uname -sr)" "$(nproc)" "$(etcd --version | sed -n 's/etcd Version: //p')" \
    "$("$programs/vaultd" --version)" "${json%,}" >"$results"
echo
echo "written to $results"
