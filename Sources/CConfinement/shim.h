#pragma once
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// System calls that the C library has no functions for. All are about the calling thread alone: the library's own functions for credentials are about
// all threads of a process.
//
// Landlock's numbers are those of the kernel's interface (linux/landlock.h), written out here because older headers lack them.

enum {
    mw_landlock_create = 444,
    mw_landlock_add = 445,
    mw_landlock_restrict = 446,
};

typedef struct {
    uint64_t files;
} mw_landlock_rules;

typedef struct __attribute__((packed)) {
    uint64_t allowed;
    int32_t directory;
} mw_landlock_place;

// 0 or less: this kernel has none, or doesn't let this process use it.
static inline int mw_confinement_version(void) { return (int)syscall(mw_landlock_create, NULL, 0, 1u); }

// The thread, and all that it starts, may change files below these open directories and no others, and start no program. 0, or -1 with errno.
static inline int mw_confine(const int32_t *directories, size_t count) {
    int version = mw_confinement_version();
    if (version < 1) { errno = EOPNOTSUPP; return -1; }
    // By bit: 0 starts a program, 1 writes to a file, 2 and 3 read, 4 and 5 remove, 6 to 12 make, 13 moves between directories (version 2), 14 cuts short (3).
    uint64_t changes = 1u << 1 | 0x1FF0u;
    if (version >= 2) changes |= 1u << 13;
    if (version >= 3) changes |= 1u << 14;
    mw_landlock_rules rules = {changes | 1u};
    int set = (int)syscall(mw_landlock_create, &rules, sizeof rules, 0u);
    if (set < 0) return -1;
    for (size_t i = 0; i < count; i++) {
        mw_landlock_place place = {changes, directories[i]};
        if (syscall(mw_landlock_add, set, 1, &place, 0u) != 0) { int error = errno; close(set); errno = error; return -1; }
    }
    int result = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ? -1 : (int)syscall(mw_landlock_restrict, set, 0u);
    int error = errno;
    close(set);
    errno = error;
    return result;
}

// The thread keeps of root's rights those on any file (1 override, 2 read and search, 3 owner's), and can't have another back: `mw_confine` came first, so
// that no program gives it any, and where the bounding set can't be narrowed it doesn't matter. 0, or -1 with errno.
static inline int mw_keep_file_rights(void) {
    for (int right = 0; right < 64; right++) {
        if (right == 1 || right == 2 || right == 3) continue;
        (void)prctl(PR_CAPBSET_DROP, right, 0, 0, 0);
    }
    struct { uint32_t version; int32_t process; } header = {0x20080522u, 0};
    struct { uint32_t effective, permitted, inheritable; } held[2] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capget, &header, held) != 0) return -1;
    uint32_t kept = held[0].permitted & (1u << 1 | 1u << 2 | 1u << 3);
    held[0].effective = kept; held[0].permitted = kept; held[0].inheritable = 0;
    held[1].effective = 0; held[1].permitted = 0; held[1].inheritable = 0;
    return (int)syscall(SYS_capset, &header, held);
}

// Whose files the thread reaches from here on.
static inline void mw_file_user(uint32_t user, uint32_t group) {
    syscall(SYS_setfsgid, group);
    syscall(SYS_setfsuid, user);
}

// Of the thread; the number, or -1.
static inline int mw_groups(uint32_t *groups, int room) { return (int)syscall(SYS_getgroups, room, groups); }
static inline int mw_set_groups(const uint32_t *groups, int count) { return (int)syscall(SYS_setgroups, count, groups); }
