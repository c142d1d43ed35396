#include "CFuzzer.h"

#include <sodium.h>
#include <stdatomic.h>

static atomic_uint_fast64_t counter;

static const char *name(void) {
    return "repeatable";
}

// splitmix64: each number of the counter gives another word.
static uint64_t word(void) {
    uint64_t z = atomic_fetch_add(&counter, 1) * 0x9E3779B97F4A7C15u + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint32_t number(void) {
    return (uint32_t)word();
}

static void fill(void *const buffer, const size_t size) {
    unsigned char *bytes = buffer;
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++) {
        if (i % 8 == 0) bits = word();
        bytes[i] = (unsigned char)(bits >> (i % 8 * 8));
    }
}

static randombytes_implementation repeatable = {
    .implementation_name = name,
    .random = number,
    .buf = fill,
};

void fuzzer_make_random_repeatable(void) {
    randombytes_set_implementation(&repeatable);
    atomic_store(&counter, 0);
}
