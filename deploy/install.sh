#!/bin/sh
# install.sh install|uninstall PROGRAMS: puts the built programs of the directory PROGRAMS, with all that
# belongs to them, below $DESTDIR$PREFIX and $DESTDIR/etc, or removes that again. `make install` runs it.
#
# What an administrator may have changed (/etc/vaultd) is neither overwritten nor removed.
set -eu

verb=$1
programs=$2
prefix=${PREFIX:-/usr/local}
root=${DESTDIR:-}
source=$(dirname "$0")
libraries=$prefix/lib/vaultd
units=$prefix/lib/systemd/system
documents=$prefix/share/doc/vaultd

# put MODE FILE TARGET
put() {
    install -D -m "$1" "$2" "$root$3"
}

# Units name programs below /usr; the files of a unit name them where they are.
put_text() {
    put "$1" "$2" "$3"
    sed -i -e "s|/usr/bin/vault|$prefix/bin/vault|g" -e "s|/usr/lib/vaultd/|$libraries/|g" \
        -e "s|/usr/share/doc/vaultd/|$documents/|g" "$root$3"
}

# The Swift runtime of programs that do not have it inside, as those of `make build` have: what is linked
# from elsewhere than the system's directories goes beside them, where they look for it ($ORIGIN).
runtime() {
    ldd "$programs/vaultd" "$programs/vaultctl" | awk '$3 ~ /^\// { print $3 }' | sort -u |
        grep -v -e '^/lib/' -e '^/lib64/' -e '^/usr/lib/' || :
}

install_all() {
    for program in vaultd vaultctl; do
        put 755 "$programs/$program" "$libraries/$program"
        mkdir -p "$root$prefix/bin"
        ln -sf "../lib/vaultd/$program" "$root$prefix/bin/$program"
    done
    for library in $(runtime); do
        put 644 "$library" "$libraries/${library##*/}"
    done
    for script in vault-keep vault-scrub vault-hooks; do
        put_text 755 "$source/systemd/$script" "$libraries/$script"
    done
    for unit in "$source"/systemd/*.service "$source"/systemd/*.socket "$source"/systemd/*.timer; do
        put_text 644 "$unit" "$units/${unit##*/}"
    done
    put 644 "$source/systemd/vaultd.sysusers" "$prefix/lib/sysusers.d/vaultd.conf"
    put 644 "$source/systemd/vaultd.tmpfiles" "$prefix/lib/tmpfiles.d/vaultd.conf"
    put 644 "$source/README.md" "$documents/README.md"
    put 644 "$source/../SECURITY.md" "$documents/SECURITY.md"
    for document in runbook formats etcd; do
        put 644 "$source/../docs/$document.md" "$documents/$document.md"
    done
    put 644 "$source/systemd/vaultd-keyfile.conf" "$documents/vaultd-keyfile.conf"
    put 644 "$source/../config/vaultd.yaml" "$documents/vaultd.yaml"
    completion bash "$prefix/share/bash-completion/completions/vaultctl"
    completion zsh "$prefix/share/zsh/site-functions/_vaultctl"
    completion fish "$prefix/share/fish/vendor_completions.d/vaultctl.fish"
    [ -e "$root/etc/vaultd/vaultd.yaml" ] ||
        put 644 "$source/../config/vaultd.yaml" /etc/vaultd/vaultd.yaml
    mkdir -p "$root/etc/vaultd/alert.d" "$root/etc/vaultd/heartbeat.d"
    [ -n "$root" ] || echo "next: systemd-sysusers && systemd-tmpfiles --create &&" \
        "systemctl daemon-reload && systemctl enable --now vaultd.socket"
}

# completion SHELL TARGET: the program writes its own.
completion() {
    mkdir -p "$root${2%/*}"
    "$programs/vaultctl" --generate-completion-script "$1" >"$root$2"
    chmod 644 "$root$2"
}

uninstall_all() {
    rm -rf "$root$libraries" "$root$documents"
    rm -f "$root$prefix/bin/vaultd" "$root$prefix/bin/vaultctl" \
        "$root$prefix/lib/sysusers.d/vaultd.conf" "$root$prefix/lib/tmpfiles.d/vaultd.conf" \
        "$root$prefix/share/bash-completion/completions/vaultctl" \
        "$root$prefix/share/zsh/site-functions/_vaultctl" \
        "$root$prefix/share/fish/vendor_completions.d/vaultctl.fish"
    for unit in "$source"/systemd/*.service "$source"/systemd/*.socket "$source"/systemd/*.timer; do
        rm -f "$root$units/${unit##*/}"
    done
    [ -n "$root" ] || echo "left alone: /etc/vaultd, /var/lib/vault*, and the accounts"
}

case $verb in
install) install_all ;;
uninstall) uninstall_all ;;
*) echo "install.sh: install or uninstall, not $verb" >&2 && exit 2 ;;
esac
