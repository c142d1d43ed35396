# Range while a rewrap goes on, beside Range without. vaultd alone. Sourced by run.sh.
# shellcheck shell=sh disable=SC2154 # Set by run.sh, or by eval.
#
#   REWRAPPED=1000000        records of the store
#   REWRAP_RATES="default"   records a second to try, one after the other: numbers, or default
#   REWRAP_READS=600000      reads of each of the measurements, which take turns ROUNDS times

rewrapped=${REWRAPPED:-1000000}
reads=${REWRAP_READS:-600000}

rewrap() { "$ctl" --socket "$vaultd_socket" rewrap "$@"; }
is_rewrapping() { rewrap --status -o json | grep -q '"running": *true'; }
reads_a_second() {
    h2load -n "$reads" -c 10 -m 10 -t 1 -B "unix:$vaultd_socket" -d "$run/range.bin" \
        -H 'content-type: application/grpc' -H 'te: trailers' \
        "http://localhost/etcdserverpb.KV/Range" >"$run/h2load.out"
    sed -n 's/^finished in [^,]*, \([0-9.]*\) req.*/\1/p' "$run/h2load.out"
}
median() { sort -n "$1" | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'; }

"$bench" load --socket "$vaultd_socket" --from 0 --keys "$rewrapped" >/dev/null
"$bench" put-latency --socket "$vaultd_socket" --puts 1 >/dev/null
for rate in ${REWRAP_RATES:-default}; do
    rm -f "$run/alone" "$run/beside" "$run/speed"
    for _ in $(seq "$rounds"); do
        reads_a_second >>"$run/alone"
        "$ctl" --socket "$vaultd_socket" rotate >/dev/null
        if [ "$rate" = default ]; then
            rewrap >/dev/null &
        else
            rewrap --rate "$rate" >/dev/null &
        fi
        others=$!
        sleep 1
        began=$(date +%s.%N)
        before=$(rewrap --status -o json | sed -n 's/.*"done": *\([0-9]*\).*/\1/p')
        reads_a_second >>"$run/beside"
        is_rewrapping || { echo "the rewrap was over before the reads: more records" >&2; exit 1; }
        after=$(rewrap --status -o json | sed -n 's/.*"done": *\([0-9]*\).*/\1/p')
        awk "BEGIN { printf \"%.0f\\n\", ($after - $before) / ($(date +%s.%N) - $began) }" \
            >>"$run/speed"
        rewrap --stop >/dev/null
        wait "$others" 2>/dev/null || true
        others=""
    done
    alone=$(median "$run/alone")
    beside=$(median "$run/beside")
    note "Range without a rewrap, medians" 0 "$alone" req/s - higher
    note "Range beside a rewrap ($rate)" 0 "$beside" req/s - higher
    note "  of without" 0 "$(awk "BEGIN { printf \"%.1f\", 100 * $beside / $alone }")" % "75 %" higher
    note "  records sealed again meanwhile" 0 "$(median "$run/speed")" /s - higher
done
