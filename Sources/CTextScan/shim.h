#pragma once
#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// Finds what gives delimited text its structure: delimiters and line feeds outside quotes, and doubled quotes inside them.
//
// Every variant does the same on 64 bytes at a time: three comparisons give three masks, a prefix XOR over the quotes says
// what is inside them, and the bits that are left are written out as positions. All give the same answer for the same bytes.
//
// Where a character takes the next one's meaning away there is a fourth mask, of the bytes that follow such a character: they count as
// text in the three others, and the character itself is written out as a position too. That is a loop of its own for each variant, so
// that text without such a character pays nothing.

enum { mw_scan_portable = 0, mw_scan_sse2 = 1, mw_scan_avx2 = 2, mw_scan_neon = 3 };

typedef struct {
    // All ones: the last byte seen was inside quotes.
    uint64_t inside;
    // 1: a quote may open at the next byte, as the last one was structure, or a closing quote, or there was none.
    uint64_t opens;
    // 1: the last byte was a closing quote, so that a quote next to it makes a pair.
    uint64_t closed;
    // 1: the last byte took the meaning of the next one away.
    uint64_t escaping;
    // Not zero: there was a byte of 0x80 or above.
    uint64_t high;
    // Where the scan stopped: `to`, or at a quote that opens in the middle of a cell.
    size_t stopped;
} mw_scan_state;

typedef struct {
    uint8_t delimiter;
    uint8_t quote;
    uint8_t escape;
    // All ones when quotes mean something, else 0.
    uint64_t quoting;
    // Not zero when `escape` means something.
    uint64_t escaping;
} mw_scan_dialect;

// Room that `positions` must have beyond one entry for every byte scanned: entries are written eight at a time.
enum { mw_scan_slack = 64 };

static inline __attribute__((always_inline)) uint32_t *mw_scan_emit(uint64_t bits, uint32_t base, uint32_t *out) {
    if (!bits) return out;
    unsigned count = (unsigned)__builtin_popcountll(bits);
    uint32_t *at = out;
    do {
        // Past the last bit the shifts write numbers that nobody reads.
        for (int i = 0; i < 8; i++) {
            at[i] = base + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
            bits &= bits - 1;
        }
        at += 8;
    } while (bits);
    return out + count;
}

static inline __attribute__((always_inline)) uint64_t mw_prefix_xor(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    return bits;
}

// Of the bytes that equal the escape character those that do escape, as they aren't escaped themselves; `*escaped` becomes the bytes behind
// them. They are few, so they are taken one by one.
static inline __attribute__((always_inline)) uint64_t mw_escaping(uint64_t escapes, uint64_t carried, uint64_t *escaped) {
    uint64_t active = 0;
    *escaped = carried;
    escapes &= ~carried;
    while (escapes) {
        uint64_t first = escapes & (0 - escapes);
        active |= first;
        *escaped |= first << 1;
        escapes &= ~(first | first << 1);
    }
    return active;
}

// One block: `separators`, `quotes` and `active` (escaping bytes) are its masks. Returns where the next positions go; sets `*bad` to the first quote that
// opens where none may, and then only writes what stands before it.
static inline __attribute__((always_inline)) uint32_t *mw_scan_block(
    uint64_t separators, uint64_t quotes, uint64_t active, uint32_t base, mw_scan_state *state, uint32_t *out, uint64_t *bad) {
    if (!(quotes | state->inside)) {
        state->opens = separators >> 63;
        state->closed = 0;
        return mw_scan_emit(separators | active, base, out);
    }
    uint64_t inside = mw_prefix_xor(quotes) ^ state->inside;
    uint64_t open = quotes & inside, close = quotes & ~inside;
    uint64_t structure = separators & ~inside;
    uint64_t wrong = open & ~((structure | close) << 1 | state->opens);
    uint64_t pairs = open & (close << 1 | state->closed);
    if (wrong) {
        *bad = wrong & (0 - wrong);
        return mw_scan_emit((structure | pairs | active) & (*bad - 1), base, out);
    }
    state->inside = (uint64_t)((int64_t)inside >> 63);
    state->opens = (structure | close) >> 63;
    state->closed = close >> 63;
    return mw_scan_emit(structure | pairs | active, base, out);
}

// The loop of every variant. MASKS reads 64 bytes at `p` and sets `separators`, `quotes` and `high`; ESCAPES, where there is an escape
// character, sets `escapes`.
#define MW_SCAN_LOOP(MASKS, ESCAPES) \
    uint32_t *out = positions; \
    size_t at = from; \
    for (; at < to; at += 64) { \
        const uint8_t *p = bytes + at; \
        uint64_t separators, quotes, high, bad = 0, escapes = 0, active = 0; \
        MASKS \
        ESCAPES \
        quotes &= dialect.quoting; \
        if (to - at < 64) { \
            uint64_t valid = (1ull << (to - at)) - 1; \
            separators &= valid; \
            quotes &= valid; \
            high &= valid; \
            escapes &= valid; \
        } \
        if (escapes | state->escaping) { \
            uint64_t escaped; \
            active = mw_escaping(escapes, state->escaping, &escaped); \
            separators &= ~escaped; \
            quotes &= ~escaped; \
            state->escaping = active >> 63; \
        } \
        if (to - at < 64) { \
            /* What the state says is said of the last byte: move it to the top of the block. */ \
            return mw_scan_tail(separators, quotes, active, high, (unsigned)(to - at), at, to, state, positions, out); \
        } \
        state->high |= high; \
        out = mw_scan_block(separators, quotes, active, (uint32_t)at, state, out, &bad); \
        if (bad) { \
            state->stopped = at + (size_t)__builtin_ctzll(bad); \
            return (size_t)(out - positions); \
        } \
    } \
    state->stopped = to; \
    return (size_t)(out - positions);

// The last, partial block: the same, and the state after its last byte.
static inline size_t mw_scan_tail(
    uint64_t separators, uint64_t quotes, uint64_t active, uint64_t high, unsigned count, size_t at, size_t to, mw_scan_state *state, uint32_t *positions, uint32_t *out) {
    uint64_t bad = 0, before = state->inside;
    state->high |= high;
    out = mw_scan_block(separators, quotes, active, (uint32_t)at, state, out, &bad);
    state->escaping = active >> (count - 1) & 1;
    if (bad) {
        state->stopped = at + (size_t)__builtin_ctzll(bad);
        return (size_t)(out - positions);
    }
    uint64_t inside = mw_prefix_xor(quotes) ^ before;
    uint64_t close = quotes & ~inside, structure = separators & ~inside;
    state->inside = (inside >> (count - 1) & 1) ? ~0ull : 0;
    state->opens = (structure | close) >> (count - 1) & 1;
    state->closed = close >> (count - 1) & 1;
    state->stopped = to;
    return (size_t)(out - positions);
}

// Eight bytes to eight bits: a bit for every byte that equals the pattern's.
static inline __attribute__((always_inline)) uint64_t mw_equal_bits(uint64_t word, uint64_t pattern) {
    uint64_t low = 0x7f7f7f7f7f7f7f7full, x = word ^ pattern;
    uint64_t zero = ~(((x & low) + low) | x | low);
    return (zero >> 7) * 0x0102040810204080ull >> 56;
}

static inline uint64_t mw_load_word(const uint8_t *p) {
    uint64_t word;
    __builtin_memcpy(&word, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

#define MW_PORTABLE_SCAN(NAME, ESCAPES) \
    static inline size_t NAME( \
        const uint8_t *bytes, size_t from, size_t to, mw_scan_dialect dialect, mw_scan_state *state, uint32_t *positions) { \
        const uint64_t ones = 0x0101010101010101ull; \
        const uint64_t delimiters = ones * dialect.delimiter, feeds = ones * 0x0A, quoteses = ones * dialect.quote; \
        MW_SCAN_LOOP( \
            { \
                separators = quotes = high = 0; \
                for (int i = 0; i < 8; i++) { \
                    uint64_t word = mw_load_word(p + 8 * i); \
                    separators |= (mw_equal_bits(word, delimiters) | mw_equal_bits(word, feeds)) << (8 * i); \
                    quotes |= mw_equal_bits(word, quoteses) << (8 * i); \
                    high |= ((word >> 7 & ones) * 0x0102040810204080ull >> 56) << (8 * i); \
                } \
            }, \
            ESCAPES) \
    }
MW_PORTABLE_SCAN(mw_scan_with_portable, )
MW_PORTABLE_SCAN(mw_scan_escapes_with_portable, { for (int i = 0; i < 8; i++) escapes |= mw_equal_bits(mw_load_word(p + 8 * i), ones * dialect.escape) << (8 * i); })
#undef MW_PORTABLE_SCAN

#if defined(__x86_64__)
#define MW_QUARTER(I) \
    { \
        __m128i v = _mm_loadu_si128((const __m128i *)(p + 16 * I)); \
        separators |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, delimiters), _mm_cmpeq_epi8(v, feeds))) << (16 * I); \
        quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, quoteses)) << (16 * I); \
        high |= (uint64_t)(uint32_t)_mm_movemask_epi8(v) << (16 * I); \
    }
#define MW_QUARTER_ESCAPES(I) \
    escapes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(p + 16 * I)), _mm_set1_epi8((char)dialect.escape))) << (16 * I);
#define MW_SSE2_SCAN(NAME, ESCAPES) \
    static inline size_t NAME( \
        const uint8_t *bytes, size_t from, size_t to, mw_scan_dialect dialect, mw_scan_state *state, uint32_t *positions) { \
        const __m128i delimiters = _mm_set1_epi8((char)dialect.delimiter), feeds = _mm_set1_epi8(0x0A), quoteses = _mm_set1_epi8((char)dialect.quote); \
        MW_SCAN_LOOP( \
            { \
                separators = quotes = high = 0; \
                MW_QUARTER(0) MW_QUARTER(1) MW_QUARTER(2) MW_QUARTER(3) \
            }, \
            ESCAPES) \
    }
MW_SSE2_SCAN(mw_scan_with_sse2, )
MW_SSE2_SCAN(mw_scan_escapes_with_sse2, { MW_QUARTER_ESCAPES(0) MW_QUARTER_ESCAPES(1) MW_QUARTER_ESCAPES(2) MW_QUARTER_ESCAPES(3) })
#undef MW_SSE2_SCAN
#undef MW_QUARTER_ESCAPES
#undef MW_QUARTER

#define MW_AVX2_MASK(A, B) ((uint64_t)(uint32_t)_mm256_movemask_epi8(A) | (uint64_t)(uint32_t)_mm256_movemask_epi8(B) << 32)
#define MW_AVX2_SCAN(NAME, ESCAPES) \
    __attribute__((target("avx2,bmi,popcnt"))) static inline size_t NAME( \
        const uint8_t *bytes, size_t from, size_t to, mw_scan_dialect dialect, mw_scan_state *state, uint32_t *positions) { \
        const __m256i delimiters = _mm256_set1_epi8((char)dialect.delimiter), feeds = _mm256_set1_epi8(0x0A), quoteses = _mm256_set1_epi8((char)dialect.quote); \
        MW_SCAN_LOOP( \
            __m256i a = _mm256_loadu_si256((const __m256i *)p); \
            __m256i b = _mm256_loadu_si256((const __m256i *)(p + 32)); \
            separators = MW_AVX2_MASK(_mm256_or_si256(_mm256_cmpeq_epi8(a, delimiters), _mm256_cmpeq_epi8(a, feeds)), \
                _mm256_or_si256(_mm256_cmpeq_epi8(b, delimiters), _mm256_cmpeq_epi8(b, feeds))); \
            quotes = MW_AVX2_MASK(_mm256_cmpeq_epi8(a, quoteses), _mm256_cmpeq_epi8(b, quoteses)); \
            high = MW_AVX2_MASK(a, b);, \
            ESCAPES) \
    }
MW_AVX2_SCAN(mw_scan_with_avx2, )
MW_AVX2_SCAN(mw_scan_escapes_with_avx2, {
    const __m256i wanted = _mm256_set1_epi8((char)dialect.escape);
    escapes = MW_AVX2_MASK(_mm256_cmpeq_epi8(a, wanted), _mm256_cmpeq_epi8(b, wanted));
})
#undef MW_AVX2_SCAN
#undef MW_AVX2_MASK
#endif

#if defined(__aarch64__)
static inline __attribute__((always_inline)) uint64_t mw_neon_bits(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    // A bit of its own for each of eight lanes, then three pairwise sums: 64 lanes become 64 bits.
    const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t low = vpaddq_u8(vandq_u8(a, weights), vandq_u8(b, weights));
    uint8x16_t top = vpaddq_u8(vandq_u8(c, weights), vandq_u8(d, weights));
    uint8x16_t sum = vpaddq_u8(low, top);
    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

#define MW_NEON_SCAN(NAME, ESCAPES) \
    static inline size_t NAME( \
        const uint8_t *bytes, size_t from, size_t to, mw_scan_dialect dialect, mw_scan_state *state, uint32_t *positions) { \
        const uint8x16_t delimiters = vdupq_n_u8(dialect.delimiter), feeds = vdupq_n_u8(0x0A), quoteses = vdupq_n_u8(dialect.quote), top = vdupq_n_u8(0x80); \
        MW_SCAN_LOOP( \
            uint8x16_t a = vld1q_u8(p); uint8x16_t b = vld1q_u8(p + 16); uint8x16_t c = vld1q_u8(p + 32); uint8x16_t d = vld1q_u8(p + 48); \
            separators = mw_neon_bits( \
                vorrq_u8(vceqq_u8(a, delimiters), vceqq_u8(a, feeds)), vorrq_u8(vceqq_u8(b, delimiters), vceqq_u8(b, feeds)), \
                vorrq_u8(vceqq_u8(c, delimiters), vceqq_u8(c, feeds)), vorrq_u8(vceqq_u8(d, delimiters), vceqq_u8(d, feeds))); \
            quotes = mw_neon_bits(vceqq_u8(a, quoteses), vceqq_u8(b, quoteses), vceqq_u8(c, quoteses), vceqq_u8(d, quoteses)); \
            high = vmaxvq_u8(vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d))) < 0x80 ? 0 \
                : mw_neon_bits(vcgeq_u8(a, top), vcgeq_u8(b, top), vcgeq_u8(c, top), vcgeq_u8(d, top));, \
            ESCAPES) \
    }
MW_NEON_SCAN(mw_scan_with_neon, )
MW_NEON_SCAN(mw_scan_escapes_with_neon, {
    const uint8x16_t wanted = vdupq_n_u8(dialect.escape);
    escapes = mw_neon_bits(vceqq_u8(a, wanted), vceqq_u8(b, wanted), vceqq_u8(c, wanted), vceqq_u8(d, wanted));
})
#undef MW_NEON_SCAN
#endif

// Whether this processor can run the variant.
static inline int mw_scan_has(int variant) {
    switch (variant) {
    case mw_scan_portable: return 1;
#if defined(__x86_64__)
    case mw_scan_sse2: return 1;
    case mw_scan_avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
#endif
#if defined(__aarch64__)
    case mw_scan_neon: return 1;
#endif
    default: return 0;
    }
}

// The same with an escape character.
static inline size_t mw_scan_escapes(
    int variant, const uint8_t *bytes, size_t from, size_t to, mw_scan_dialect dialect, mw_scan_state *state, uint32_t *positions) {
    switch (variant) {
#if defined(__x86_64__)
    case mw_scan_sse2: return mw_scan_escapes_with_sse2(bytes, from, to, dialect, state, positions);
    case mw_scan_avx2: return mw_scan_escapes_with_avx2(bytes, from, to, dialect, state, positions);
#endif
#if defined(__aarch64__)
    case mw_scan_neon: return mw_scan_escapes_with_neon(bytes, from, to, dialect, state, positions);
#endif
    default: return mw_scan_escapes_with_portable(bytes, from, to, dialect, state, positions);
    }
}

// Scans bytes[from ..< to] and writes positions (counted from `bytes`); returns how many. 64 bytes from `to` on may be read.
// `positions` has room for `to - from + mw_scan_slack`. The variant must be one this processor has.
static inline size_t mw_scan(
    int variant, const uint8_t *bytes, size_t from, size_t to, mw_scan_dialect dialect, mw_scan_state *state, uint32_t *positions) {
    if (dialect.escaping) return mw_scan_escapes(variant, bytes, from, to, dialect, state, positions);
    switch (variant) {
#if defined(__x86_64__)
    case mw_scan_sse2: return mw_scan_with_sse2(bytes, from, to, dialect, state, positions);
    case mw_scan_avx2: return mw_scan_with_avx2(bytes, from, to, dialect, state, positions);
#endif
#if defined(__aarch64__)
    case mw_scan_neon: return mw_scan_with_neon(bytes, from, to, dialect, state, positions);
#endif
    default: return mw_scan_with_portable(bytes, from, to, dialect, state, positions);
    }
}

// Where the first byte stands that makes a cell need quotes (any of four); `count` when there is none. 16 bytes from the end on may be read.
static inline size_t mw_find_any(const uint8_t *p, size_t count, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
#if defined(__x86_64__)
    const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b), vc = _mm_set1_epi8((char)c), vd = _mm_set1_epi8((char)d);
    for (size_t at = 0; at < count; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(p + at));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, va), _mm_cmpeq_epi8(v, vb)), _mm_or_si128(_mm_cmpeq_epi8(v, vc), _mm_cmpeq_epi8(v, vd)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask) {
            size_t found = at + (size_t)__builtin_ctz(mask);
            return found < count ? found : count;
        }
    }
    return count;
#else
    size_t at = 0;
    while (at < count && p[at] != a && p[at] != b && p[at] != c && p[at] != d) at++;
    return at;
#endif
}

// Where the first byte stands that a JSON string must escape: a control character, a quote, a backslash. As above.
static inline size_t mw_find_json(const uint8_t *p, size_t count) {
#if defined(__x86_64__)
    const __m128i control = _mm_set1_epi8(0x1F), quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    for (size_t at = 0; at < count; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(p + at));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(v, control), v), _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask) {
            size_t found = at + (size_t)__builtin_ctz(mask);
            return found < count ? found : count;
        }
    }
    return count;
#else
    size_t at = 0;
    while (at < count && p[at] >= 0x20 && p[at] != '"' && p[at] != '\\') at++;
    return at;
#endif
}
