# Watches: delivery, what idle watchers cost, history, and a watcher who does not read. Sourced by
# run.sh.
# shellcheck shell=sh disable=SC2154 # Set by run.sh, or by eval.

events=${EVENTS:-1000000}
sleep_mib=${SLEEP_MIB:-1024}

# Command and options of vaultbench -> $etcd_line, $vaultd_line: the best of the rounds, by its
# first field, the rate, or as $best says.
both() {
    for server in etcd vaultd; do
        eval socket=\$${server}_socket
        : >"$run/lines"
        for _ in $(seq "$rounds"); do "$bench" "$@" --socket "$socket" >>"$run/lines"; done
        # shellcheck disable=SC2086
        eval "${server}_line=\"$(sort ${best:--k1,1rn} "$run/lines" | head -1)\""
    done
}
field() { echo "$1" | cut -d ' ' -f "$2"; }
compare() { # name field unit target better
    note "$1" "$(field "$etcd_line" "$2")" "$(field "$vaultd_line" "$2")" "$3" "$4" "$5"
}

delivery() { # name target options: events/s and times
    what=$1
    target=$2
    shift 2
    both watch-delivery "$@"
    compare "$what, events" 1 "1/s" "$target" higher
    compare "$what, p50" 2 us "$target" lower
    compare "$what, p99" 3 us "$target" lower
    echo "  of one processor for the client: etcd $(field "$etcd_line" 5), vaultd $(field "$vaultd_line" 5)"
}

# As many puts under way as keep each server busy; then a pace that both can keep.
delivery "1,000 watchers, a key each" 3x --puts 50000
delivery "1 key, 1,000 watchers" 3x --keys 1 --puts 300 --under-way 4
delivery "the same, one put at a time" - --keys 1 --puts 300 --under-way 1
best="-k3,3n"
delivery "a key each, 2,000 puts/s" - --puts 4000 --rate 2000
best=""

# Every other time with 10,000 watchers that hear nothing; each time is compared with its
# neighbour, since a machine's pace changes over a minute. The median of five.
idle() { # socket -> puts a second, and the speed of one, in % of those without watchers
    for turn in 1 2 3 4 5; do
        without=$(puts "$1")
        "$bench" idle-watchers --socket "$1" >"$run/ready" &
        watching=$!
        until grep -q ready "$run/ready"; do sleep 0.1; done
        beside=$(puts "$1")
        stop "$watching"
        echo "$turn $without $beside"
    done | awk '{ printf "%.1f %.1f\n", 100 * $4 / $2, 100 * $3 / $5 }' >"$run/idle"
    echo "$(cut -d ' ' -f 1 "$run/idle" | sort -n | sed -n 3p)" \
        "$(cut -d ' ' -f 2 "$run/idle" | sort -n | sed -n 3p)"
}
puts() { # socket -> puts a second, p50 of one at a time
    rate=$(rounds=1 load "$1" 60000 10 10 put Put)
    time=$("$bench" put-latency --socket "$1")
    echo "${rate% *} $(field "$time" 2)"
}
etcd_line=$(idle "$etcd_socket")
vaultd_line=$(idle "$vaultd_socket")
compare "puts beside 10,000 idle watchers, of without" 1 % "90 %" higher
compare "the speed of one put, of without" 2 % "90 %" higher

if [ "$events" -gt 0 ]; then
    for server in etcd vaultd; do
        eval socket=\$${server}_socket
        "$bench" load --socket "$socket" --keys "$events" >"$run/load"
        eval "${server}_from=$(($("$bench" revision --socket "$socket") - (events + 127) / 128 + 1))"
    done
    replay() { # name options
        what=$1
        shift
        for server in etcd vaultd; do
            eval socket=\$${server}_socket
            eval from=\$${server}_from
            line=$("$bench" replay --socket "$socket" --from "$from" --events "$events" "$@")
            eval "${server}_line=\$line"
        done
        compare "$what" 1 "events/s" 2x higher
    }
    replay "replay of $events events"
    replay "the same to 4 watchers at once" --watchers 4
    replay "a tenth each to 10 watchers at once" --watchers 10 --split
fi

if [ "$sleep_mib" -gt 0 ]; then
    for server in etcd vaultd; do
        eval socket=\$${server}_socket
        eval process=\$$server
        line=$("$bench" sleeper --socket "$socket" --process "$process" \
            --mebibytes "$((sleep_mib / 4))" --awake)
        eval "${server}_awake=\$line"
        line=$("$bench" sleeper --socket "$socket" --process "$process" --mebibytes "$sleep_mib")
        eval "${server}_line=\$line"
    done
    compare "beside a sleeper, $sleep_mib MiB of events: a reader gets" 1 "events/s" - higher
    note "the same without the sleeper" "$(field "$etcd_awake" 1)" "$(field "$vaultd_awake" 1)" \
        "events/s" - higher
    compare "RssAnon grows by, with the sleeper" 2 MiB "16 MiB" lower
    echo "  awake again, the sleeper got: etcd $(field "$etcd_line" 3), vaultd $(field "$vaultd_line" 3)"
fi
