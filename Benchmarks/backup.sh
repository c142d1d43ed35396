# Archives beside etcd's snapshots, and restic where it is installed. Sourced by run.sh.
# shellcheck shell=sh disable=SC2154 # Set by run.sh, or by eval.
#
#   BACKED=200000            secrets, of 500 bytes each with their keys

backed=${BACKED:-200000}
value_bytes=470

now() { date +%s.%N; }
since() { awk "BEGIN { printf \"%.3f\", $(now) - $1 }"; }
rate() { awk "BEGIN { printf \"%.0f\", $1 / $2 / 1000000 }"; } # bytes seconds -> MB/s
least() { # command... -> the seconds of the fastest of ROUNDS runs
    best=""
    for _ in $(seq "$rounds"); do
        rm -rf "$run/made"
        start=$(now)
        "$@" >"$run/said" 2>&1 || { cat "$run/said" >&2; exit 1; }
        took=$(since "$start")
        if [ -z "$best" ] || awk "BEGIN { exit !($took < $best) }"; then best=$took; fi
    done
    echo "$best"
}
in_etcd() { ETCDCTL_API=3 etcdctl --command-timeout 600s --endpoints "unix://$etcd_socket" "$@"; }
save() { in_etcd snapshot save "$run/made"; }
etcd_restore() { ETCDCTL_API=3 etcdctl snapshot restore "$run/snapshot" --data-dir "$run/made"; }
archive() { "$ctl" --socket "$vaultd_socket" backup create "$@"; }
create() { archive "$run/made"; }
verify() { "$ctl" backup verify "$run/b/full.vab" --keyfile "$run/key"; }
restore() { "$ctl" backup restore "$run/b/full.vab" --data-dir "$run/made" --keyfile "$run/key"; }

for socket in "$etcd_socket" "$vaultd_socket"; do
    "$bench" load --socket "$socket" --from 0 --keys "$backed" --value-bytes "$value_bytes" >/dev/null
done
bytes=$((backed * 500))
mkdir -m 700 "$run/b"
save >/dev/null 2>&1 && mv "$run/made" "$run/snapshot"
archive "$run/b/full.vab" >/dev/null
saved=$(least save)
created=$(least create)
note "full archive; etcd: snapshot save" "$saved" "$created" s - lower
note "  of secrets" 0 "$(rate "$bytes" "$created")" MB/s "300 MB/s" higher
note "  size" "$(stat -c %s "$run/snapshot")" "$(stat -c %s "$run/b/full.vab")" B - lower
verified=$(least verify)
note "verify every record" 0 "$verified" s - lower
note "  of secrets" 0 "$(rate "$bytes" "$verified")" MB/s "200 MB/s" higher
etcd_restored=$(least etcd_restore)
restored=$(least restore)
note "restore" "$etcd_restored" "$restored" s - lower
note "  of secrets" 0 "$(rate "$bytes" "$restored")" MB/s "150 MB/s" higher
rm -rf "$run/made"
"$bench" put-latency --socket "$vaultd_socket" --puts 1000 >/dev/null
start=$(now)
archive "$run/b/part.vab" --since "$run/b/full.vab" >/dev/null
note "archive of 1,000 revisions more" 0 "$(since "$start")" s "0.1 s" lower
start=$(now)
"$ctl" --socket "$vaultd_socket" drill run --backups "$run/b" --keyfile "$run/key" >"$run/said" 2>&1 ||
    { cat "$run/said" >&2; exit 1; }
note "drill, with every negative control" 0 "$(since "$start")" s "15 s" lower
# One put after the other, alone and beside archives that follow each other, in turns.
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
: >"$run/alone"
: >"$run/beside"
for _ in $(seq "$rounds"); do
    "$bench" put-latency --socket "$vaultd_socket" --puts 3000 | awk '{ print $3 }' >>"$run/alone"
    # Without the directory the run was broken off.
    (number=0; while [ -d "$run" ] && [ ! -e "$run/enough" ]; do
        archive "$run/many.$((number += 1))" >/dev/null; done) &
    others=$!
    "$bench" put-latency --socket "$vaultd_socket" --puts 3000 | awk '{ print $3 }' >>"$run/beside"
    # The last archive is waited for: the next puts are alone again.
    touch "$run/enough"
    wait "$others"
    others=""
    rm -f "$run"/many.* "$run/enough"
done
note "put p99 alone, one after the other" 0 "$(median "$run/alone")" us - lower
note "  beside archives" 0 "$(median "$run/beside")" us "1.5 x" lower
echo "put p99 in each round, us: alone $(tr '\n' ' ' <"$run/alone")beside $(tr '\n' ' ' <"$run/beside")"
if command -v restic >/dev/null; then
    RESTIC_PASSWORD=bench
    export RESTIC_PASSWORD
    restic -r "$run/r" init >/dev/null
    start=$(now)
    restic -r "$run/r" backup "$run/snapshot" >/dev/null
    note "restic: backup of etcd's snapshot" "$(since "$start")" 0 s - lower
    rm -rf "$run/made"
    start=$(now)
    restic -r "$run/r" restore latest --target "$run/made" >/dev/null
    note "restic: restore" "$(since "$start")" 0 s - lower
fi
