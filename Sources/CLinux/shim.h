// Calls of Linux and glibc that Swift cannot import, because they take variable arguments or are
// in headers that its Glibc module leaves out.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <asm/socket.h>
#include <linux/falloc.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

// Linux 6.5; newer than the headers of some systems that we build on.
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
// Linux 5.3, with one number everywhere.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

// Linux 6.3.
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif
#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif
// Linux 5.13, with the same numbers everywhere.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/// Whether something keeps the clock in step with others: 1, 0, or -1 when the kernel does not say.
static inline int vault_clock_is_kept(void) {
    struct timex state = {0};
    int result = adjtimex(&state);
    return result < 0 ? -1 : result != TIME_ERROR;
}

/// Renames within a directory; fails with EEXIST where the new name is taken (Linux 3.15). 0 when
/// done.
static inline int vault_rename_without_replacing(
    int directory, const char *name, const char *target) {
    return (int)syscall(SYS_renameat2, directory, name, directory, target, 1u);
}

// Not from fcntl.h: what that header brings along would become this module's.
#if defined(__aarch64__) || defined(__arm__)
#define VAULT_O_DIRECT 0200000
#else
#define VAULT_O_DIRECT 040000
#endif

/// Lets writes go past the page cache, or through it again. 0 when done; EINVAL where the file
/// system cannot.
static inline int vault_set_direct(int descriptor, int direct) {
    enum { get_flags = 3, set_flags = 4 };
    long flags = syscall(SYS_fcntl, descriptor, get_flags);
    if (flags < 0) return -1;
    flags = direct ? flags | VAULT_O_DIRECT : flags & ~(long)VAULT_O_DIRECT;
    return (int)syscall(SYS_fcntl, descriptor, set_flags, flags);
}

/// Has the kernel begin to write a piece of a file to the disk, and does not wait for it. Whether it
/// succeeds the next fdatasync tells.
static inline void vault_start_writing(int descriptor, long start, long count) {
#ifdef SYS_sync_file_range
    enum { begin_writing = 2 };
    (void)syscall(SYS_sync_file_range, descriptor, start, count, begin_writing);
#else
    (void)descriptor; (void)start; (void)count;
#endif
}

/// Lets the calling thread run only when no other wants to, or like others again. 0 when done.
static inline int vault_schedule_idle(int idle) {
    enum { ordinary = 0, only_when_idle = 5 };
    int priority = 0;
    return (int)syscall(SYS_sched_setscheduler, 0, idle ? only_when_idle : ordinary, &priority);
}

/// Lets the disk serve others before the calling thread and those that it starts, where the disk has
/// a scheduler that knows priorities. 0 when done.
static inline int vault_stand_back_from_disk(void) {
    enum { thread = 1, only_when_idle = 3 << 13 };
    return (int)syscall(SYS_ioprio_set, thread, 0, only_when_idle);
}

/// Keeps the calling thread on one processor, and there before every other: for measurements.
/// 0 when done.
static inline int vault_come_first_on(int processor) {
    enum { first_come = 1 };
    unsigned long processors[16] = {0};
    int priority = 50;
    unsigned bits = 8 * sizeof processors[0];
    if (processor < 0 || processor >= (int)(16 * bits)) return -1;
    processors[(unsigned)processor / bits] = 1UL << ((unsigned)processor % bits);
    if (syscall(SYS_sched_setaffinity, 0, sizeof processors, processors) != 0) return -1;
    return (int)syscall(SYS_sched_setscheduler, 0, first_come, &priority);
}

/// Gives up the rest of the calling thread's turn.
static inline void vault_yield(void) { (void)syscall(SYS_sched_yield); }

// Linux 5.9, with one number everywhere.
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/// Closes all descriptors from `first` to `last`, or marks them so with `flags`. 0 when done.
static inline int vault_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}

/// A program that is started keeps no descriptor from `first` on (glibc 2.34). 0 when noted.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int vault_spawn_closing_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

/// Becomes a program, which is looked for in PATH, with this environment. Returns only when that
/// fails, with errno.
extern int execvpe(const char *, char *const[], char *const[]);
static inline int vault_become(
    const char *program, char *const arguments[], char *const environment[]) {
    return execvpe(program, arguments, environment);
}

/// A pipe whose ends are close-on-exec. 0 when made.
static inline int vault_pipe(int ends[2]) {
    // O_CLOEXEC; fcntl.h would make other modules' structures this one's.
    return (int)syscall(SYS_pipe2, ends, 02000000);
}

/// Sets a limit (RLIMIT_FSIZE, ...) of a process of the same user, for good. 0 when done.
static inline int vault_limit_process(pid_t process, int resource, uint64_t value) {
    // The kernel's own structure, for what glibc calls rlimit64.
    const uint64_t limit[2] = {value, value};
    return (int)syscall(SYS_prlimit64, process, resource, limit, (void *)0);
}

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

/// Whether that holds: 1 when it does.
static inline int vault_get_no_new_privileges(void) {
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

/// No memory that could be written becomes code. 0 when done; EINVAL before Linux 6.3.
static inline int vault_refuse_new_code(void) {
    return prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
}

/// Whether that holds: odd when it does, negative where the kernel does not know of it.
static inline int vault_refuses_new_code(void) {
    return prctl(PR_GET_MDWE, 0, 0, 0, 0);
}

/// Names the calling thread; at most 15 bytes are kept. 0 when done.
static inline int vault_name_thread(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
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

// The kernel's own structures, whole: the headers of some systems that we build on know less.
struct vault_landlock_ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};
struct vault_landlock_path {
    uint64_t allowed;
    int32_t directory;
} __attribute__((packed));

/// The version of Landlock that the kernel has; -1 when it has none or may not use it.
static inline int vault_landlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
}

/// A set of rules that refuses all of `files`, `network` and `scopes`: a descriptor, or -1.
/// `byteCount` of the structure are given to the kernel, which refuses what it does not know.
static inline int vault_landlock_create(
    uint64_t files, uint64_t network, uint64_t scopes, size_t byteCount) {
    struct vault_landlock_ruleset rules = {files, network, scopes};
    return (int)syscall(SYS_landlock_create_ruleset, &rules, byteCount, 0);
}

/// Allows `allowed` for what `directory` (a descriptor) is or has below it. 0 when done.
static inline int vault_landlock_allow(int rules, uint64_t allowed, int directory) {
    struct vault_landlock_path path = {allowed, directory};
    return (int)syscall(SYS_landlock_add_rule, rules, 1, &path, 0);
}

/// Puts this thread, and those that it starts, under the rules for good. 0 when done.
static inline int vault_landlock_restrict(int rules) {
    return (int)syscall(SYS_landlock_restrict_self, rules, 0);
}

/// Opens a path to name it in a rule, and for nothing else: a descriptor, or -1.
static inline int vault_open_path(const char *path) {
    // <fcntl.h> would have Swift take its types for this module's: AT_FDCWD, O_PATH, O_CLOEXEC.
    return (int)syscall(SYS_openat, -100, path, 010000000 | 02000000);
}

// Memory protection keys (pkeys(7)). The rights belong to a thread: two bits a key in a register
// of the CPU, which a program changes without asking the kernel.
#if defined(__x86_64__) && defined(SYS_pkey_alloc)
/// A new key, to which this thread has no right; -1 when the CPU or the kernel has none.
static inline int vault_protection_key(void) {
    return (int)syscall(SYS_pkey_alloc, 0, 3);
}

/// Puts pages that may be read and written under a key. 0 when done.
static inline int vault_protect_pages(void *start, size_t byteCount, int key) {
    return (int)syscall(SYS_pkey_mprotect, start, byteCount, 3, key);
}

/// This thread's rights. Only where `vault_protection_key` gave a key.
static inline uint32_t vault_read_rights(void) {
    uint32_t rights, high;
    __asm__ volatile(".byte 0x0f, 0x01, 0xee" : "=a"(rights), "=d"(high) : "c"(0));
    return rights;
}

/// Changes them. Nothing that touches memory moves across this.
static inline void vault_write_rights(uint32_t rights) {
    __asm__ volatile(
        ".byte 0x0f, 0x01, 0xef" : : "a"(rights), "c"(0), "d"(0) : "memory");
}
#else
static inline int vault_protection_key(void) { return -1; }
static inline int vault_protect_pages(void *start, size_t byteCount, int key) {
    (void)start, (void)byteCount, (void)key;
    return -1;
}
static inline uint32_t vault_read_rights(void) { return 0; }
static inline void vault_write_rights(uint32_t rights) { (void)rights; }
#endif

#endif
