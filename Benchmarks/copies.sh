# Defragmenting beside a reader, and taking a snapshot. Sourced by run.sh.
# shellcheck shell=sh disable=SC2154 # Set by run.sh, or by eval.

copied=${COPIED:-1000000}

since() { awk "BEGIN { printf \"%.2f\", $(date +%s.%N) - $1 }"; }
etcdctl_of() { # socket command...
    socket=$1
    shift
    ETCDCTL_API=3 etcdctl --command-timeout 600s --endpoints "unix://$socket" "$@" >/dev/null 2>&1
}
copies() { # socket -> the seconds of both, and the reads meanwhile: n p50 p99 max
    # Every key twice, so that half of the file is to be had back.
    for _ in 1 2; do "$bench" load --socket "$1" --from 0 --keys "$copied" >/dev/null; done
    etcdctl_of "$1" compaction --physical "$("$bench" revision --socket "$1")"
    "$bench" latency --socket "$1" --seconds 15 --keys "$copied" >"$run/latency" &
    reader=$!
    sleep 1
    start=$(date +%s.%N)
    etcdctl_of "$1" defrag
    defragmented=$(since "$start")
    wait "$reader"
    start=$(date +%s.%N)
    etcdctl_of "$1" snapshot save "$run/snapshot"
    echo "$defragmented $(since "$start") $(cat "$run/latency")"
    rm -f "$run/snapshot"
}
# shellcheck disable=SC2046
set -- $(copies "$etcd_socket") $(copies "$vaultd_socket")
[ $# -eq 12 ] || { echo "the copies could not be measured: $*" >&2; exit 1; }
note "defragment after $copied keys were put twice" "$1" "$7" s - lower
note "read p99 meanwhile" "$5" "${11}" us - lower
note "the slowest read meanwhile" "$6" "${12}" us - lower
note "snapshot save" "$2" "$8" s - lower
