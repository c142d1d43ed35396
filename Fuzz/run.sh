#!/bin/sh
# Fuzz/run.sh PROGRAM SECONDS DIRECTORY: gives every target of vaultfuzz its part of the time. What
# it learned stays in DIRECTORY/corpus for the next run; an input that breaks something stays there,
# too, and fails the run.
set -eu
program=$1 seconds=$2 directory=$3

# No backtrace: it takes longer than the search, and the input tells everything.
export SWIFT_BACKTRACE=enable=no
# Swift keeps tags in the unused bits of pointers, which a search for leaks takes for no pointers.
export ASAN_OPTIONS=detect_leaks=0

# run TARGET OPTION...
run() {
    target=$1
    shift
    mkdir -p "$directory/corpus/$target"
    VAULT_FUZZ_TARGET=$target tidily --seeds "$directory/corpus/$target"
    VAULT_FUZZ_TARGET=$target tidily -seed=1 -max_len=16384 -timeout=20 \
        -rss_limit_mb=2048 -malloc_limit_mb=512 -artifact_prefix="$directory/broken-$target-" \
        "$@" "$directory/corpus/$target" >"$directory/$target.log" 2>&1
}

# The program, and none of its scratch files afterwards, however it ended.
tidily() {
    "$program" "$@" &
    process=$!
    ended=0
    wait "$process" || ended=$?
    rm -rf "/dev/shm/vaultfuzz.$process"
    return "$ended"
}

# The alarm must ring when something is wrong.
if run canary -runs=3000000; then
    echo "fuzz: the planted failure was not found: the fuzzer is blind" >&2
    exit 1
fi
grep -q 'the canary' "$directory/canary.log" || { cat "$directory/canary.log" >&2; exit 1; }
rm -rf "$directory"/broken-canary-* "$directory/corpus/canary"

targets=$("$program" --list)
count=$(echo "$targets" | wc -w)
status=0
for target in $targets; do
    if run "$target" -max_total_time=$((seconds / count)); then
        echo "fuzz $target: $(grep 'DONE ' "$directory/$target.log")"
    else
        status=1
        grep -E 'atal error|ERROR|SUMMARY|Test unit' "$directory/$target.log" >&2 || true
        echo "fuzz $target: broken; to see it again: VAULT_FUZZ_TARGET=$target $program INPUT" >&2
    fi
done
exit $status
