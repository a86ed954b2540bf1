#pragma once
#include <stddef.h>
#include <stdint.h>
#include <xxhash.h>
// Its loops for the processor at hand, chosen at run time: the plain functions have those of any.
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif

// Importers see the state as an opaque pointer.
static inline void *mw_xxh3_create(void) { return XXH3_createState(); }
static inline void mw_xxh3_free(void *state) { XXH3_freeState((XXH3_state_t *)state); }
static inline int mw_xxh3_reset(void *state) { return XXH3_64bits_reset((XXH3_state_t *)state) == XXH_OK; }
static inline int mw_xxh3_update(void *state, const void *bytes, size_t count) {
    return XXH3_64bits_update((XXH3_state_t *)state, bytes, count) == XXH_OK;
}
static inline uint64_t mw_xxh3_digest(const void *state) { return XXH3_64bits_digest((const XXH3_state_t *)state); }
