# Reads and writes: h2load's, then a large store. Sourced by run.sh.
# shellcheck shell=sh disable=SC2154 # Set by run.sh, or by eval.

keys=${KEYS:-1000000}

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
    # shellcheck disable=SC2086
    {
        set -- $etcd_tail $vaultd_tail
        note "read p50 beside whole-store reads" "$2" "$6" us "-" lower
        note "read p99 beside whole-store reads" "$3" "$7" us "5000 us" lower
        echo "  whole reads: etcd $(cat "$run/etcd.all"), vaultd $(cat "$run/vaultd.all") (times, mean s); wrong unseals refused: $(cat "$run/wrong")"
    }
fi
