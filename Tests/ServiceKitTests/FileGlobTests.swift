import Foundation
import Platform
import Testing

@Suite final class FileGlobTests {
    private let root = "/tmp/mwt-glob-\(UUID().uuidString.prefix(8).lowercased())"

    init() throws {
        for file in ["a.csv", "b.txt", "x/a.csv", "x/y/a.csv", "x/y/b.csv", "x/y/z/c.csv.gz", ".hidden/a.csv", "x/.dot.csv", "n/[odd]/a.csv"] {
            let path = "\(root)/\(file)"
            try FileManager.default.createDirectory(atPath: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), withIntermediateDirectories: true)
            try Data("1".utf8).write(to: URL(fileURLWithPath: path))
        }
        // A circle, and a link to a file.
        try FileManager.default.createSymbolicLink(atPath: "\(root)/x/y/up", withDestinationPath: "../..")
        try FileManager.default.createSymbolicLink(atPath: "\(root)/x/link.csv", withDestinationPath: "../a.csv")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    static let patterns: [(String, [String])] = [
        ("*.csv", ["a.csv"]), ("?.csv", ["a.csv"]), ("x/y/[ab].csv", ["x/y/a.csv", "x/y/b.csv"]), ("nothing*", []),
        ("**/*.csv", ["a.csv", "n/[odd]/a.csv", "x/a.csv", "x/link.csv", "x/y/a.csv", "x/y/b.csv"]),
        ("**/a.csv", ["a.csv", "n/[odd]/a.csv", "x/a.csv", "x/y/a.csv"]),
        ("x/**/a.csv", ["x/a.csv", "x/y/a.csv"]), ("x/**/**/a.csv", ["x/a.csv", "x/y/a.csv"]), ("x/**/y/*.csv", ["x/y/a.csv", "x/y/b.csv"]),
        ("x/**", ["x/a.csv", "x/link.csv", "x/y/a.csv", "x/y/b.csv", "x/y/z/c.csv.gz"]),
        ("**/y/**/*.gz", ["x/y/z/c.csv.gz"]), ("**/.dot*", ["x/.dot.csv"]), (".hidden/**", [".hidden/a.csv"]), ("none/**/*.csv", []), ("x/a.csv/**", []),
        ("x/*/**/*.gz", ["x/y/z/c.csv.gz"]), ("x**/a.csv", ["x/a.csv"]), ("**/up/a.csv", ["x/y/up/a.csv"]),
    ]

    @Test func filesAreFoundAsAShellFindsThem() throws {
        for (pattern, expected) in Self.patterns {
            #expect(try FileGlob.matches("\(root)/\(pattern)") == expected.map { "\(root)/\($0)" }, "\(pattern)")
        }
    }

    @Test func directoriesHaveASlash() throws {
        #expect(try FileGlob.matches("\(root)/x/*") == ["a.csv", "link.csv", "y/"].map { "\(root)/x/\($0)" })
        #expect(try FileGlob.matches("\(root)/**/z") == ["\(root)/x/y/z/"])
    }

    @Test func aPatternIsToldFromAPath() {
        #expect(FileGlob.isPattern("a*") && FileGlob.isPattern("a?") && FileGlob.isPattern("[a]") && !FileGlob.isPattern("a/b.csv"))
    }
}
