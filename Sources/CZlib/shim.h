#pragma once
#include <sys/types.h>
#include <sys/select.h>
#include <zlib.h>

// The version check of the macro, and a gzip wrapper (16 added to the window bits).
static inline int mw_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int mw_gunzip_begin(z_stream *stream) { return inflateInit2(stream, MAX_WBITS + 16); }
