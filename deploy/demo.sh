#!/bin/sh
# Starts a throw-away vault, shows it at work, and leaves nothing behind.
# Usage: demo.sh DIRECTORY-OF-THE-PROGRAMS
set -eu

programs=$(cd "$1" && pwd)
PATH="$programs:$PATH"
scratch=$(mktemp -d /tmp/vaultd-demo.XXXXXX)
export VAULTD_SOCKET="$scratch/vaultd.sock"

cleanup() {
    kill "$watcher" "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    rm -rf "$scratch"
}
daemon="" watcher=""
trap cleanup EXIT
trap 'exit 1' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '$ %s\n' "$*"; sh -c "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

say "A throw-away vault, initialised and unsealed, with the key in memory only:"
printf '$ vaultd --dev --socket %s &\n' "$VAULTD_SOCKET"
TMPDIR="$scratch" vaultd --dev --socket "$VAULTD_SOCKET" >"$scratch/out" 2>"$scratch/log" &
daemon=$!
tries=0
until vaultctl status >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$daemon" 2>/dev/null; then
        cat "$scratch/log" >&2
        echo "demo.sh: the vault did not start; its log is above" >&2
        exit 1
    fi
    sleep 0.1
done
show vaultctl status

say "Secrets go in by standard input, a file or a prompt, never as arguments:"
show "printf 'correct horse' | vaultctl put app/web/password"
show "printf 'battery staple' | vaultctl put app/web/password"
show "printf 'AKIA-demo' | vaultctl put app/web/api-key"
show vaultctl list app/
show vaultctl get app/web/password

say "Every version stays until it is compacted away:"
show vaultctl history app/web/password
show "vaultctl get app/web/password --revision 2"
show vaultctl del app/web/password
show vaultctl undelete app/web/password
show vaultctl get app/web/password

say "Whoever watches is told of each change, in order:"
printf '$ vaultctl watch app/ --prefix --revision 2 &\n'
vaultctl watch app/ --prefix --revision 2 >"$scratch/changes" 2>"$scratch/said" &
watcher=$!
show "printf 'tiger' | vaultctl put app/web/token"
until grep -q token "$scratch/changes"; do sleep 0.1; done
cat "$scratch/changes"

say "A key with a lease goes away when the lease is over, or revoked:"
show vaultctl lease grant 3600 --id 1a2b
show "printf 'for an hour' | vaultctl put app/session --lease 1a2b"
show vaultctl lease show 1a2b --keys
show vaultctl lease revoke 1a2b
show "vaultctl get app/session || echo \"exit status \$?\""

if command -v etcdctl >/dev/null; then
    say "Unmodified etcd clients work:"
    export ETCDCTL_API=3
    show "etcdctl --endpoints=unix://\$VAULTD_SOCKET get --prefix app/"
fi

say "Nobody else has anything until it is granted; the kernel says who asks:"
show vaultctl allow unit:web.service read app/web/ --prefix
show vaultctl allow uid:65533 get app/web/password
show "vaultctl can uid:65533 get app/web/password"
show "vaultctl can uid:65533 read app/web/ --prefix || echo \"exit status \$?\""

say "Every request, allowed or refused, is in the audit log before its answer leaves:"
show vaultctl audit tail -n 3 --key app/web/password
show "vaultctl audit verify $scratch/*/data/audit/audit.jsonl"

say "The disk shows neither values nor key names:"
show "grep -rlaE 'app/web|battery|AKIA' $scratch --include='data.mdb' --include='keyring' --include='audit.*' || echo 'nothing found'"

say "A backup is one sealed file. A drill restores it for practice, reads it, and breaks copies of it to see each refused:"
mkdir -m 700 "$scratch/backups"
show "vaultctl keyslot add --recipient \$(vaultctl recovery-key generate --out $scratch/drill.key)"
show "vaultctl backup create $scratch/backups/full.vab"
show "vaultctl drill run --backups $scratch/backups --recovery-key $scratch/drill.key"

say "Sealed, it answers nobody:"
show vaultctl seal
show "vaultctl get app/web/password || echo \"exit status \$?\""

say "Whoever watches waits for the unseal, and then goes on where it was:"
until grep -q sealed "$scratch/said"; do sleep 0.1; done
cat "$scratch/said"

say "Next"
cat <<'END'
  Programs:     .build/release/vaultd and .build/release/vaultctl (put them on your PATH)
  Your own:     mkdir -m 700 ~/vault
                vaultd --data-dir ~/vault --socket ~/vault/vaultd.sock &
                export VAULTD_SOCKET=~/vault/vaultd.sock
                vaultctl init
  Read:         README.md for a tour of five minutes, SECURITY.md for what is protected and what not
END
