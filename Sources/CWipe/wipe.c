// A `free` that zeroes, for the whole process: the Swift runtime, NIO, nghttp2 and LMDB call it.
//
// mallopt(M_PERTURB) is not enough. It overwrites what goes back to the arenas, but not what stays
// in the cache of each thread (tcache, all blocks up to 1 KiB), which is where keys of requests and
// short values are; and it writes to each block twice, when it is taken, too.
//
// glibc allows a program to have its own allocator functions, and exports its own under a second
// name. Only glibc's allocator can be below: no other may be preloaded.
#include "wipe.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VAULT_FOREIGN_ALLOCATOR 1
#endif
#endif

#ifdef VAULT_FOREIGN_ALLOCATOR

int vault_wipes_freed_memory(void) { return 0; }

#else

extern void *__libc_malloc(size_t count);
extern void __libc_free(void *block);

int vault_wipes_freed_memory(void) { return 1; }

// Bit 1 of the word before a block says that it is a mapping of its own. Those go back to the
// kernel, which zeroes pages before anybody gets them; touching all of one could take a gigabyte.
static int is_mapping(void *block) { return ((size_t *)block)[-1] & 2; }

__attribute__((no_builtin)) void free(void *block) {
    if (block == NULL) return;
    if (!is_mapping(block)) memset(block, 0, malloc_usable_size(block));
    __libc_free(block);
}

__attribute__((no_builtin)) void *realloc(void *block, size_t count) {
    if (block == NULL) return __libc_malloc(count);
    if (count == 0) {
        free(block);
        return NULL;
    }
    size_t usable = malloc_usable_size(block);
    // Blocks that shrink a little stay; what they no longer show is still theirs, and wiped with
    // them.
    if (count <= usable && count >= usable / 2) return block;
    void *moved = __libc_malloc(count);
    if (moved == NULL) return NULL;
    memcpy(moved, block, count < usable ? count : usable);
    free(block);
    return moved;
}

__attribute__((no_builtin)) void *reallocarray(void *block, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(block, bytes);
}

#endif
