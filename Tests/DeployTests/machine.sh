#!/bin/sh
# machine.sh ROOT TREE STATE: becomes systemd, process 1 of a small machine that has the programs of
# this one, the installed files of TREE, and STATE as its /var/lib. The caller has made its namespaces:
#   unshare --mount --pid --cgroup --uts --ipc --net --fork --kill-child sh machine.sh ROOT TREE STATE
set -eu
root=$1
tree=$2
state=$3

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p usr etc/systemd/system var/lib run proc sys dev tmp root mnt
chmod 1777 tmp
mount --rbind /usr usr
mount -o remount,bind,ro usr
for link in bin sbin lib lib64; do ln -s "usr/$link" "$link"; done
mount -t tmpfs -o mode=755 tmpfs usr/local
cp -a "$tree/usr/local/." usr/local/
cp -a "$tree/etc/." etc/
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/usr/sbin/nologin\n' >etc/passwd
printf 'root:x:0:\nnogroup:x:65534:\n' >etc/group
cp /etc/ld.so.cache /etc/nsswitch.conf etc/ 2>/dev/null || :
: >etc/machine-id
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty console; do : >"dev/$device"; done
for device in null zero full random urandom tty; do mount --bind "/dev/$device" "dev/$device"; done
mount --bind /dev/null dev/console
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --bind "$state" var/lib
pivot_root . mnt
umount -l /mnt
# systemd hands credentials to services through mounts that it moves.
mount --make-rshared /
systemd-sysusers >/dev/null
systemd-tmpfiles --create /usr/local/lib/tmpfiles.d/vaultd.conf
exec env -i container=test PATH=/usr/local/bin:/usr/sbin:/usr/bin \
    /lib/systemd/systemd --system --unit=basic.target --show-status=false
