import Foundation
import Resilience
import Testing

@testable import Docker

@Suite struct TarTests {
    private static let entries = [
        TarEntry("dir", .directory, mode: 0o755, owner: 1, group: 2, modified: 1_700_000_000), TarEntry("dir/empty", .file([])),
        TarEntry("dir/block", .file([UInt8](repeating: 1, count: 512)), mode: 0o600), TarEntry("dir/odd", .file([UInt8](repeating: 2, count: 513))),
        TarEntry("dir/link", .symbolicLink(target: "../elsewhere"), mode: 0o777),
        TarEntry("long/" + String(repeating: "ü", count: 100), .file(Array("x".utf8)), owner: 3_000_000, group: 4_000_000_000),
        TarEntry("far", .symbolicLink(target: String(repeating: "t", count: 300)), mode: 0o777),
        TarEntry(String(repeating: "n", count: 99), .file([])), TarEntry(String(repeating: "n", count: 100), .file([])), TarEntry(String(repeating: "n", count: 101), .file([])),
    ]

    @Test func whatIsWrittenIsRead() throws {
        let archive = TarWriter.archive(Self.entries)
        #expect(archive.count % 512 == 0)
        #expect(try TarReader.entries(archive) == Self.entries)
        #expect(TarWriter.archive(Self.entries) == archive)
    }

    @Test func gnuTarReadsOursAndWeReadIts() throws {
        let directory = NSTemporaryDirectory() + "mwt-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory + "/out", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Data(TarWriter.archive(Self.entries)).write(to: URL(fileURLWithPath: directory + "/a.tar"))
        try Command.run("/bin/tar", ["--no-same-owner", "-xf", directory + "/a.tar", "-C", directory + "/out"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory + "/out/dir/odd")) == Data(repeating: 2, count: 513))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory + "/out/far") == String(repeating: "t", count: 300))
        for format in ["gnu", "ustar", "pax", "v7"] {
            let names = format == "v7" || format == "ustar" ? ["dir"] : ["dir", "long", "far"]
            try Command.run("/bin/tar", ["--format=\(format)", "-cf", directory + "/b.tar", "-C", directory + "/out"] + names)
            let back = try TarReader.entries([UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + "/b.tar"))))
            for entry in Self.entries where names.contains(String(entry.name.prefix { $0 != "/" })) {
                #expect(back.first { $0.name == entry.name }?.content == entry.content, "\(format) \(entry.name)")
            }
        }
    }

    /// A byte changed, cut off or added anywhere: entries or an error, never a trap.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func damageNeverTraps(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let whole = TarWriter.archive(Self.entries)
        for _ in 0..<50 {
            var archive = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: archive.indices, using: &generator)
                archive[at] = [0, 0x20, 0x37, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator) ?? 0
            }
            if Bool.random(using: &generator) { archive.removeLast(Int.random(in: 0..<archive.count, using: &generator)) }
            repair(&archive, &generator)
            _ = try? TarReader.entries(archive)
        }
    }

    /// Makes checksums right again, so that damage reaches further than the first check.
    private func repair(_ archive: inout [UInt8], _ generator: inout SeededGenerator) {
        for start in stride(from: 0, to: archive.count - 511, by: 512) where archive[start] != 0 && Int.random(in: 0..<4, using: &generator) > 0 {
            let sum = (start..<start + 512).reduce(0) { $0 + ((148..<156).contains($1 - start) ? 0x20 : Int(archive[$1])) }
            let digits = Array(String(sum, radix: 8).utf8)
            for position in 0..<8 { archive[start + 148 + position] = position < digits.count ? digits[position] : 0 }
        }
    }

    @Test func hostileSizesAreErrors() {
        for size in ["77777777777", "-1", "\u{80}\u{FF}"] {
            var archive = TarWriter.archive([TarEntry("a", .file([1]))])
            for (position, byte) in size.utf8.prefix(11).enumerated() { archive[124 + position] = byte }
            #expect(throws: TarError.self) { try TarReader.entries(archive) }
        }
        #expect(throws: TarError.self) { try TarReader.entries([UInt8](repeating: 0x41, count: 1024)) }
        #expect((try? TarReader.entries([])) == [] && (try? TarReader.entries([1, 2, 3])) == [])
    }
}
