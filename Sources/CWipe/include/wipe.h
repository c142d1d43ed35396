// Has every block of the heap overwritten when it is given back.
#ifndef CWIPE_WIPE_H
#define CWIPE_WIPE_H

/// 1 when this program was built so that freed heap memory is zeroed at once. Calling it is what
/// links `free` of this library into a program.
int vault_wipes_freed_memory(void);

#endif
