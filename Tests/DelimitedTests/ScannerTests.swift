import Testing
import TextScan

/// Every variant finds what the portable one finds, and that is what the rules say.
@Suite struct ScannerTests {
    /// A small generator of numbers, the same everywhere.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var x = state
            x ^= x >> 33
            x = x &* 0xFF51_AFD7_ED55_8CCD
            return x ^ x >> 33
        }
    }

    struct Found: Equatable {
        var positions: [Int] = []
        var stopped = 0
        var inside = false
        var high = false
    }

    /// Scans in pieces of that length, as the splitter does.
    static func scan(_ bytes: [UInt8], quote: UInt8?, escape: UInt8? = nil, variant: TextScanner.Variant, piece: Int) -> Found {
        var scanner = TextScanner(delimiter: UInt8(ascii: ","), quote: quote, escape: escape, variant: variant)
        var found = Found()
        let padded = bytes + [UInt8](repeating: UInt8(ascii: ","), count: 64)
        let positions = UnsafeMutablePointer<UInt32>.allocate(capacity: piece + TextScanner.slack)
        defer { positions.deallocate() }
        padded.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            var at = 0
            while at < bytes.count {
                let to = min(at + piece, bytes.count)
                let count = scanner.scan(start, from: at, to: to, positions: positions)
                found.positions += (0..<count).map { Int(positions[$0]) }
                at = scanner.stopped
                if at < to { break }
            }
            found.stopped = at
        }
        found.inside = scanner.isInsideQuotes
        found.high = scanner.sawHighBytes
        return found
    }

    /// The rules, byte by byte.
    static func expected(_ bytes: [UInt8], quote: UInt8?, escape: UInt8? = nil) -> Found {
        var found = Found()
        var opens = true
        var closed = false
        var isEscaped = false
        for (at, byte) in bytes.enumerated() {
            if byte >= 0x80 { found.high = true }
            if isEscaped || byte == escape {
                if !isEscaped { found.positions.append(at) }
                isEscaped = !isEscaped
                opens = false
                closed = false
            } else if byte == quote {
                if found.inside {
                    found.inside = false
                    closed = true
                    opens = true
                } else if opens {
                    if closed { found.positions.append(at) }
                    found.inside = true
                    closed = false
                    opens = false
                } else {
                    found.stopped = at
                    return found
                }
            } else if !found.inside {
                opens = byte == UInt8(ascii: ",") || byte == 0x0A
                closed = false
                if opens { found.positions.append(at) }
            }
        }
        found.stopped = bytes.count
        return found
    }

    @Test func theBestVariantIsAvailable() {
        #expect(TextScanner.Variant.best.isAvailable)
        #expect(TextScanner.Variant.portable.isAvailable)
    }

    @Test(arguments: TextScanner.Variant.allCases.filter(\.isAvailable))
    func variantsFindWhatTheRulesSay(variant: TextScanner.Variant) {
        var generator = Generator(state: 42)
        let alphabets: [[UInt8]] = [
            Array("ab,\n".utf8), Array(#"a,"\#n"#.utf8), Array(#"aaaaaaaaaaaaaaaaaaaa,,,""\#n"#.utf8), Array("aé,\n".utf8), Array(#"""""""a,"#.utf8),
            Array(repeating: UInt8(ascii: "x"), count: 60) + Array(#",""#.utf8),
        ]
        for round in 0..<3000 {
            let alphabet = alphabets[round % alphabets.count]
            let length = Int.random(in: 0...300, using: &generator)
            let bytes = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            let quote: UInt8? = round % 7 == 0 ? nil : UInt8(ascii: "\"")
            let piece = [64, 128, 300, 1, 7, 65][round % 6]
            let found = Self.scan(bytes, quote: quote, variant: variant, piece: piece)
            var expected = Self.expected(bytes, quote: quote)
            if found.stopped < bytes.count {
                // What lies behind the place it stopped at may have been looked at.
                expected.high = found.high
                expected.inside = found.inside
            }
            #expect(found == expected, "round \(round): \(String(decoding: bytes, as: UTF8.self).debugDescription) in pieces of \(piece)")
            if found != expected { return }
        }
    }

    @Test(arguments: TextScanner.Variant.allCases.filter(\.isAvailable))
    func escapesTakeMeaningAway(variant: TextScanner.Variant) {
        var generator = Generator(state: 43)
        let alphabets: [[UInt8]] = [
            Array("ab\\,\n".utf8), Array("a,\"\\\n".utf8), Array("\\\\\\\\\"a,".utf8), Array("aaaaaaaaaaaaaaaaaaaa,,,\\\"\n".utf8), Array("\\".utf8),
            Array(repeating: UInt8(ascii: "x"), count: 60) + Array("\\,\"".utf8),
        ]
        for round in 0..<3000 {
            let alphabet = alphabets[round % alphabets.count]
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            let quote: UInt8? = round % 7 == 0 ? nil : UInt8(ascii: "\"")
            let piece = [64, 128, 300, 1, 7, 65][round / 6 % 6]
            let found = Self.scan(bytes, quote: quote, escape: UInt8(ascii: "\\"), variant: variant, piece: piece)
            var expected = Self.expected(bytes, quote: quote, escape: UInt8(ascii: "\\"))
            if found.stopped < bytes.count { (expected.high, expected.inside) = (found.high, found.inside) }
            #expect(found == expected, "round \(round): \(String(decoding: bytes, as: UTF8.self).debugDescription) in pieces of \(piece)")
            if found != expected { return }
        }
    }

    @Test(arguments: TextScanner.Variant.allCases.filter(\.isAvailable))
    func quotedTextIsFoundAcrossBlocks(variant: TextScanner.Variant) {
        for lead in 0..<130 {
            let bytes = Array((String(repeating: "x", count: lead) + #","a""b,c""# + "\n,z").utf8)
            let found = Self.scan(bytes, quote: UInt8(ascii: "\""), variant: variant, piece: 4096)
            #expect(found.positions == [lead, lead + 4, lead + 9, lead + 10])
        }
    }
}
