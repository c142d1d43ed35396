# Leases: 10,000 that end at once. Sourced by run.sh.
# shellcheck shell=sh disable=SC2154 # Set by run.sh, or by eval.

expiry() { # socket seconds -> p50 p99 p99.9 max before; the same during; seconds; slowest before;
    #         slowest during, without the time in which a processor stood still
    "$bench" expiry --socket "$1" --within "$2" --ttl 10
}
# What the parts before have left to write would be measured, too.
sync
# etcd takes longer to renew so many, and ends 1,000 a second at the most.
# shellcheck disable=SC2046
set -- $(expiry "$etcd_socket" 5) $(expiry "$vaultd_socket" 1)
[ $# -eq 22 ] || { echo "the leases could not be measured: $*" >&2; exit 1; }
ratio() { awk "BEGIN { printf \"%.1f\", $2 / $1 }"; }
note "put p50 before 10,000 leases end" "$1" "${12}" us - lower
note "its slowest of as many, in medians" "$(ratio "$1" "${10}")" "$(ratio "${12}" "${21}")" x - lower
note "put p99 while they end" "$6" "${17}" us - lower
note "put max while they end" "$8" "${19}" us - lower
note "the p99, in medians" "$(ratio "$1" "$6")" "$(ratio "${12}" "${17}")" x 5 lower
note "the max, in medians" "$(ratio "$1" "$8")" "$(ratio "${12}" "${19}")" x 5 lower
note "  in medians of the puts meanwhile" "$(ratio "$5" "$8")" "$(ratio "${16}" "${19}")" x - lower
note "  without standstills of a processor" "$(ratio "$1" "${11}")" "$(ratio "${12}" "${22}")" x - lower
note "until the last key is gone" "$9" "${20}" s - lower
