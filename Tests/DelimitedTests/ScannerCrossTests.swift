import Glibc
import Testing

/// The scanner's NEON path, which this machine can't run by itself: compiled for AArch64 and run in an emulator beside the portable path.
///
/// Needs Debian's gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user-static; without them it says so, and fails where
/// MILLWRIGHT_REQUIRE lists `aarch64`. How many texts: MILLWRIGHT_NEON_CASES.
@Suite struct ScannerCrossTests {
    static let cases = getenv("MILLWRIGHT_NEON_CASES").flatMap { Int(String(cString: $0)) } ?? 5_000

    static let isAvailable: Bool = {
        if system("command -v aarch64-linux-gnu-gcc >/dev/null 2>&1 && command -v qemu-aarch64-static >/dev/null 2>&1") == 0 { return true }
        let required = (getenv("MILLWRIGHT_REQUIRE").map { String(cString: $0) } ?? "").split(separator: ",").contains("aarch64")
        if !required { print("skipped: the scanner's NEON path, as there is no compiler and emulator for AArch64 (gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, qemu-user-static)") }
        return required
    }()

    /// Random texts of nasty alphabets in pieces of every kind; says how many were equal, or what wasn't.
    static let driver = #"""
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include "shim.h"

        static uint64_t seed = 88172645463325252ull;
        static uint64_t draw(uint64_t below) {
            seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17;
            return seed % below;
        }

        typedef struct { uint32_t positions[4096]; size_t count; mw_scan_state state; } found;

        static void scan(int variant, const uint8_t *text, size_t length, size_t piece, mw_scan_dialect dialect, found *result) {
            static uint32_t room[4096 + mw_scan_slack];
            memset(&result->state, 0, sizeof result->state);
            result->state.opens = 1;
            result->count = 0;
            for (size_t at = 0; at < length;) {
                size_t to = at + piece < length ? at + piece : length;
                size_t count = mw_scan(variant, text, at, to, dialect, &result->state, room);
                memcpy(result->positions + result->count, room, count * sizeof *room);
                result->count += count;
                at = result->state.stopped;
                if (at < to) return;
            }
        }

        int main(int argc, char **argv) {
            static const char *alphabets[] = {"ab,\n", "a,\"\n", "\"\"\"a,", "aaaaaaaaaaaaaaaaaaaaaaaa,,\"\"\n", "\\\"a,\n", "\\\\\\\\,\"", "a\xc3\xa9,\n\"", "\x80\xff\x7f,\"\n\\", ",", "\"", "\n", "x"};
            static const size_t pieces[] = {64, 128, 4096, 1, 7, 65, 63, 192};
            long cases = argc > 1 ? atol(argv[1]) : 1000;
            static uint8_t text[1024 + 64];
            static found expected, got;
            if (!mw_scan_has(mw_scan_neon) || mw_scan_has(mw_scan_avx2)) return printf("not the processor this is for\n"), 1;
            for (long round = 0; round < cases; round++) {
                size_t length = draw(700);
                const char *alphabet = alphabets[draw(sizeof alphabets / sizeof *alphabets)];
                for (size_t i = 0; i < sizeof text; i++) text[i] = round % 17 == 0 ? (uint8_t)draw(256) : (uint8_t)alphabet[draw(strlen(alphabet))];
                mw_scan_dialect dialect = {',', '"', '\\', round % 5 ? ~0ull : 0, round % 3 ? 0 : ~0ull};
                size_t piece = pieces[draw(sizeof pieces / sizeof *pieces)];
                scan(mw_scan_portable, text, length, piece, dialect, &expected);
                scan(mw_scan_neon, text, length, piece, dialect, &got);
                int same = expected.count == got.count && !memcmp(expected.positions, got.positions, got.count * 4) && expected.state.inside == got.state.inside
                    && expected.state.opens == got.state.opens && expected.state.closed == got.state.closed && expected.state.escaping == got.state.escaping
                    && !expected.state.high == !got.state.high && expected.state.stopped == got.state.stopped;
                size_t first = 0, json = 0;
                while (first < length && !strchr(",\"\n\r", text[first] ? text[first] : 'x')) first++;
                while (json < length && text[json] >= 0x20 && text[json] != '"' && text[json] != '\\') json++;
                same = same && mw_find_any(text, length, ',', '"', '\n', '\r') == first && mw_find_json(text, length) == json;
                if (!same) {
                    printf("round %ld, %zu bytes in pieces of %zu: portable %zu positions, NEON %zu\n", round, length, piece, expected.count, got.count);
                    return 1;
                }
            }
            printf("%ld equal\n", cases);
            return 0;
        }

        """#

    @Test(.enabled(if: isAvailable), arguments: ["-O0", "-O2"])
    func neonFindsWhatThePortablePathFinds(level: String) throws {
        let scratch = try Scratch()
        let source = try scratch.file("driver.c", Self.driver)
        let header = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let program = "\(scratch.path)/driver"
        let compiled = system("aarch64-linux-gnu-gcc -std=gnu11 -Wall -Werror \(level) -static -I '/\(header)/Sources/CTextScan' '\(source)' -o '\(program)' 2> '\(program).log'")
        let messages = try WriterTests.text("\(program).log")
        try #require(compiled == 0, "\(messages)")
        let ended = system("qemu-aarch64-static '\(program)' \(Self.cases) > '\(program).out'")
        #expect(try WriterTests.text("\(program).out") == "\(Self.cases) equal\n")
        #expect(ended == 0)
    }
}
