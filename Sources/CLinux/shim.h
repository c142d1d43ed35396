// Calls of Linux and glibc that Swift cannot import, because they take variable arguments or are
// in headers that its Glibc module leaves out.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <asm/socket.h>
#include <linux/falloc.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Linux 6.5; newer than the headers of some systems that we build on.
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
// Linux 5.3, with one number everywhere.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/// Keeps other processes of the same user from reading this one's memory, and cores from holding
/// it. 0 when done.
static inline int vault_set_not_dumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// Whether memory may be dumped: 0 when not.
static inline int vault_get_dumpable(void) {
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

/// No program that this process starts gains privileges. 0 when done.
static inline int vault_set_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/// Has freed heap memory overwritten. 1 when done, as mallopt says it.
static inline int vault_overwrite_freed_memory(void) {
    return mallopt(M_PERTURB, 0x5a);
}

/// Writes the supplementary groups of whoever connected, at the moment of connect, to `groups`.
/// `byteCount` says how many bytes there is room for, and then how many there are. 0 when done.
static inline int vault_peer_groups(int socket, gid_t *groups, socklen_t *byteCount) {
    return getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, byteCount);
}

/// A descriptor of the process that connected, close-on-exec; -1 and errno when there is none.
static inline int vault_peer_pidfd(int socket) {
    int descriptor = -1;
    socklen_t byteCount = sizeof descriptor;
    int result = getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &descriptor, &byteCount);
    return result == 0 ? descriptor : -1;
}

/// A descriptor of the process that has this number now, close-on-exec; -1 and errno when there
/// is none.
static inline int vault_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/// Allocates `count` bytes of a file from `start` on and leaves its size as it is. 0 when done,
/// -1 with errno otherwise (fallocate(2)). For systems where off_t has 64 bits.
static inline int vault_allocate_keeping_size(int descriptor, long start, long count) {
    return (int)syscall(SYS_fallocate, descriptor, FALLOC_FL_KEEP_SIZE, start, count);
}

#endif
