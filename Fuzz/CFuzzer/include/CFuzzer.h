#ifndef VAULT_CFUZZER_H
#define VAULT_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// The driver in libFuzzer's run-time library.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// Makes libsodium's randomness the same in every run, from here on: only for a fuzzer, whose
/// findings must be found again. The threads of the process share it.
void fuzzer_make_random_repeatable(void);

#endif
