# What access control and audit cost: vaultd beside a build without them, and beside etcd. Sourced
# by run.sh; by root alone, who can be other users and a service.
# shellcheck shell=sh disable=SC2154 # Set by run.sh.

[ "$(id -u)" = 0 ] || { echo "access: left out, it calls as other users: run it as root"; return; }

calls=${CALLS:-100000}
pairs=${PAIRS:-9}
bare_socket="$run/b.sock"
control_groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
unit=vaultbench.service

echo "building a vaultd without access control and audit" >&2
"${SWIFT:-swift}" build -c release --static-swift-stdlib --product vaultd --scratch-path .build/without-access \
    -Xswiftc -DVAULTD_WITHOUT_ACCESS >&2
bare_program=.build/without-access/release/vaultd
# Nobody shall keep secrets in it by mistake.
case $("$bare_program" --version) in
    *+without-access) ;;
    *) echo "$bare_program does not say what it is" >&2; exit 1 ;;
esac
if "$bare_program" --data-dir "$work/bare" >/dev/null 2>&1; then
    echo "$bare_program serves what is no throw-away vault" >&2
    exit 1
fi
XDG_RUNTIME_DIR="$work" "$bare_program" --dev --socket "$bare_socket" \
    >"$run/bare.log" 2>&1 &
bare=$!
others="$others $bare"
wait_for "$bare_socket"

chmod 711 "$run"
chmod 644 "$run"/*.bin
chmod 666 "$vaultd_socket" "$bare_socket"
for socket in "$etcd_socket" "$vaultd_socket"; do
    "$bench" grants --socket "$socket" --caller uid:1234 --caller "unit:$unit" \
        --password-caller alice
done
etcd_auth() { ETCDCTL_API=3 etcdctl --endpoints "unix://$etcd_socket" "$@" >/dev/null 2>&1; }
etcd_auth user add root:bench
etcd_auth role add root
etcd_auth user grant-role root root
vaultd_auth() { ETCDCTL_API=3 etcdctl --endpoints "unix://$vaultd_socket" "$@" >/dev/null 2>&1; }
vaultd_auth user add root:bench
vaultd_auth user grant-role root root
vaultd_auth auth enable

as_root() { "$@"; }
as_user() { setpriv --reuid 1234 --regid 1234 --clear-groups "$@"; }
as_unit() {
    # shellcheck disable=SC2016 # For the inner shell.
    sh -c 'echo $$ >"$0/cgroup.procs" && exec setpriv --reuid 2345 --regid 2345 --clear-groups "$@"' \
        "$unit_group" "$@"
}
if [ -n "$control_groups" ] && mkdir -p "$control_groups/system.slice/$unit" 2>/dev/null; then
    unit_group="$control_groups/system.slice/$unit"
    groups_made="$unit_group"
fi

busy() { cat "/proc/$1"/task/*/schedstat | awk '{ t += $1 } END { printf "%.0f", t }'; }
median() { cut -d' ' -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# Appends to a file of its own: requests/s, the server's microseconds a request, p50, p99.
calls_of() { # case method body socket process token runner
    set -- "$1" "$2" "$3" "$4" "$5" "$7" -c 10 -m 10 -t 1 -B "unix:$4" -d "$run/$3.bin" \
        -H 'content-type: application/grpc' -H 'te: trailers' ${6:+-H "token: $6"} \
        "http://localhost/etcdserverpb.KV/$2"
    name=$1
    process=$5
    runner=$6
    method=$2
    shift 6
    before=$(busy "$process")
    "$runner" h2load -n "$calls" "$@" >"$run/h2load.out"
    after=$(busy "$process")
    # An answer that refuses has no body.
    body=$(sed -n 's/^traffic:.*(\([0-9]*\)) data$/\1/p' "$run/h2load.out")
    [ "${body:-0}" -ge $((calls * 7)) ] || { echo "$name was refused its $method" >&2; exit 1; }
    rate=$(sed -n 's/^finished in [^,]*, \([0-9.]*\) req.*/\1/p' "$run/h2load.out")
    : >"$run/times"
    chmod 666 "$run/times"
    "$runner" h2load -n $((calls / 4)) --log-file "$run/times" "$@" >/dev/null
    times=$(cut -f3 "$run/times" | sort -n | awk '{ v[NR] = $1 }
        END { print v[int(NR / 2) + 1], v[int(NR * 0.99) + 1] }')
    echo "$rate $(awk "BEGIN { printf \"%.2f\", ($after - $before) / 1000 / $calls }") $times" \
        >>"$run/access.$name.$method"
}

both() { # case socket process token runner
    calls_of "$1" Range range "$2" "$3" "$4" "$5"
    calls_of "$1" Put put "$2" "$3" "$4" "$5"
}
# The same right after the build without access control, and the share of its rate. How fast a
# machine is changes within seconds, so only neighbours are compared.
beside_bare() { # case token runner
    both bare "$bare_socket" "$bare" "" as_root
    both "$1" "$vaultd_socket" "$vaultd" "$2" "$3"
    for method in Range Put; do
        tail -qn 1 "$run/access.bare.$method" "$run/access.$1.$method" |
            awk 'NR == 1 { bare = $1 } NR == 2 { printf "%.4f\n", $1 / bare }' \
                >>"$run/share.$1.$method"
    done
}

# The values that are read are there, and everything has been used once.
for socket in "$etcd_socket" "$vaultd_socket" "$bare_socket"; do load "$socket" 2000 10 10 put Put >"$run/warm"; done
for round in $(seq "$pairs"); do
    beside_bare user "" as_user
    beside_bare root "" as_root
    [ -z "$groups_made" ] || beside_bare unit "" as_unit
    beside_bare token "$("$bench" log-in --socket "$vaultd_socket" --user alice)" as_user
    # It takes most of the time, and its rates are compared with nobody's by percent.
    [ "$round" -le "$rounds" ] || continue
    both etcd "$etcd_socket" "$etcd" "" as_root
    etcd_auth auth enable
    both etcd-token "$etcd_socket" "$etcd" \
        "$("$bench" log-in --socket "$etcd_socket" --user alice)" as_root
    etcd_auth --user root:bench auth disable
done

printf '\n%-44s %10s %9s %9s %9s %9s %9s\n' "medians of $pairs pairs, $calls calls each, 10x10" \
    req/s "of bare" "x etcd" "cpu us" "p50 us" "p99 us"
show() { # case method text
    file="$run/access.$1.$2"
    [ -f "$file" ] || return 0
    rate=$(median "$file" 1)
    of_bare=-1
    spread=""
    if [ -f "$run/share.$1.$2" ]; then
        of_bare=$(median "$run/share.$1.$2" 1)
        spread=$(sort -n "$run/share.$1.$2" | awk '{ v[NR] = $1 }
            END { printf "%.2f to %.2f", v[int(NR * 0.25) + 1], v[int(NR * 0.75) + 1] }')
    fi
    of_etcd=$(awk "BEGIN { printf \"%.2f\", $rate / $(median "$run/access.etcd.$2" 1) }")
    cpu=$(median "$file" 2)
    p50=$(median "$file" 3)
    p99=$(median "$file" 4)
    printf '%-44s %10.0f %9s %9s %9s %9s %9s   %s\n' "$2, $3" "$rate" \
        "$(echo "$of_bare" | awk '{ if ($1 < 0) print "-"; else printf "%.3f", $1 }')" \
        "$of_etcd" "$cpu" "$p50" "$p99" "$spread"
    json="$json{\"name\":\"access: $2, $3\",\"requests_per_second\":$rate,\"of_bare\":$of_bare,"
    json="$json\"times_etcd\":$of_etcd,\"cpu_us\":$cpu,\"p50_us\":$p50,\"p99_us\":$p99},"
}
for method in Range Put; do
    show bare $method "neither access control nor audit"
    show user $method "a user with 20 of 1,000 roles"
    show root $method "root"
    show unit $method "a service with 20 of 1,000 roles"
    show token $method "a token, 20 of 1,000 roles"
    show etcd $method "etcd without its auth"
    show etcd-token $method "etcd with a token, 20 of 1,000 roles"
done
stop "$bare"
