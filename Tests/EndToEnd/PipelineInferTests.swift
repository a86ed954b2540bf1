import Foundation
import Kernel
import TestSupport
import Testing

/// `millwright pipeline infer` on files as they come: the document it writes runs as it is on that file, and no row is rejected by a wrong guess.
@Suite(.serialized) final class PipelineInferTests {
    private let directory = "/tmp/mwt-infer-\(UUID().uuidString.prefix(8).lowercased())"

    init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func millwright(_ arguments: [String]) throws -> ShellResult { try Shell.run(Installation.binary, ["pipeline"] + arguments) }

    struct File {
        var name: String
        var bytes: [UInt8]
        var rows: Int
        /// What the document must say, and must not.
        var says: [String]
        var not: [String]

        init(_ name: String, _ text: String, rows: Int, says: [String] = [], not: [String] = []) { self.init(name, Array(text.utf8), rows: rows, says: says, not: not) }
        init(_ name: String, _ bytes: [UInt8], rows: Int, says: [String] = [], not: [String] = []) { (self.name, self.bytes, self.rows, self.says, self.not) = (name, bytes, rows, says, not) }
    }

    private static func lines(_ header: String, _ count: Int, _ row: (Int) -> String) -> String { header + "\n" + (0..<count).map { row($0) + "\n" }.joined() }

    private static let files: [File] = {
        let german = lines("Größe;Preis;Tag;Nr", 60) { "\($0),5;1.\(100 + $0),25;\(10 + $0 % 20).03.2026;00\($0)" }
        let wide = lines((0..<300).map { "c\($0)" }.joined(separator: ","), 20) { row in (0..<300).map { "\($0 * row)" }.joined(separator: ",") }
        return [
            File("german", german, rows: 60, says: ["delimiter: ;", "0,0", "#.##0,00", "dd.MM.yyyy"], not: ["name: Nr\n          type"]),
            File("latin-1", german.unicodeScalars.map { UInt8($0.value) }, rows: 60, says: ["windows-1252"]),
            File("latin-1 far down", Array(lines("a,b", 3000) { "\($0),plain text of some length" }.utf8) + Array("3000,gr".utf8) + [0xFC] + Array("n\n".utf8), rows: 3001, says: ["windows-1252"]),
            File("utf-16 with mark", [0xFF, 0xFE] + german.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, rows: 60, says: ["utf-16"]),
            File("utf-8 with mark", [0xEF, 0xBB, 0xBF] + Array(german.utf8), rows: 60, says: ["name: Größe"], not: ["encoding"]),
            File("day first", lines("d", 40) { "\(1 + $0 % 28)/01/2026" }, rows: 40, says: ["d/M/yyyy"]),
            File("ambiguous days", lines("n,d", 12) { "\($0),0\(1 + $0 % 9)/0\(1 + $0 % 9)/2026" }, rows: 12, says: ["MM/dd/yyyy"]),
            File("leading zeros", lines("id,zip", 30) { "00\($0),0\(1000 + $0)" }, rows: 30, not: ["type: integer"]),
            File("markers", lines("a,b,c", 60) { "\($0 % 7 == 0 ? "NA" : "\($0)"),\($0 % 5 == 0 ? "-" : $0 % 5 == 1 ? "?" : "x"),\($0 % 9 == 0 ? "NULL" : "1.5")" }, rows: 60, says: ["- NA", "- \"NULL\""]),
            File("markers of another column", lines("a,b", 60) { "\($0 % 7 == 0 ? "-" : "\($0)"),\($0 % 3 == 0 ? "-" : $0 % 3 == 1 ? "N/A" : "x")" }, rows: 60),
            File("quoted empty numbers", lines("\"a\",\"b\"", 40) { "\"\($0)\",\"\($0 % 4 == 0 ? "" : "\($0)")\"" }, rows: 40, says: ["type: integer"]),
            File("quoted empty words", lines("a,b", 100) { "\($0),\($0 % 4 == 0 ? "\"\"" : "yes it is")" }, rows: 100),
            File("quoted marker", lines("a,b", 80) { "\($0 % 8 == 0 ? "NA" : "\($0)"),\($0 % 4 == 0 ? "\"NA\"" : "word")" }, rows: 80),
            File("without header", lines("7,1.5,2026-01-01", 30) { "\($0),2.5,2026-01-02" }, rows: 31, says: ["header: false", "column1"]),
            File("years as names", lines("plant,2025,2026", 20) { "\($0),\($0 * 2),\($0 * 3)" }, rows: 20, says: ["name: \"2025\""], not: ["header: false"]),
            File("one column of sentences", lines("note", 30) { $0 % 3 == 0 ? "one, two; and three" : "plain" }, rows: 30),
            File("one column of times", lines("time", 30) { "12:\(10 + $0)" }, rows: 30),
            File("one column of decimals", lines("wert", 30) { "\($0),5" }, rows: 30, says: ["0,0"]),
            File("one column, a comma far down", lines("note", 4000) { $0 == 3900 ? "here, there" : "some plain words of a line that is long enough to fill the sample soon: \(String(repeating: "x", count: 20)) \($0)" }, rows: 4000),
            File("only a header", "a,b,c\n", rows: 0),
            File("wide", wide, rows: 20, says: ["name: c299"]),
            File("names twice and none", lines("a,,a,b,", 20) { "\($0),x,\($0)y,2,z" }, rows: 20, not: ["name: \"\""]),
            File("negative before an exponent", lines("n", 30) { $0 == 0 ? "-5.5" : $0 == 20 ? "1e5" : "\($0).5" }, rows: 30, says: ["type: float"], not: ["self >"]),
            File("quotes that mean nothing", lines("size\tname", 40) { "\($0)\t\"\($0) inch\" disk" }, rows: 40, says: ["quote: \"\""]),
            File("short rows", lines("a,b,c", 40) { $0 % 3 == 0 ? "\($0),x" : "\($0),x,y" }, rows: 40, says: ["raggedRows: Pad"]),
            File("comments", "# made by hand\n" + lines("a,b", 20) { "\($0),x" }, rows: 20, says: ["comment: '#'"]),
            File("many words", lines("a,status", 200) { "\($0),\($0 % 2 == 0 ? "it's \\ \"\"ok\"\"" : "no")" }, rows: 200),
            File("thousands or decimals", lines("a;n", 20) { "x;\($0),\(100 + $0)" }, rows: 20),
            File("booleans", lines("a,b,c", 30) { "\($0 % 2 == 0 ? "yes" : "no"),\($0 % 2 == 0 ? "TRUE" : "false"),\($0 % 2)" }, rows: 30, says: ["type: boolean"]),
            File("long numbers", lines("a,b", 25) { "9999999999999999999\($0),1234567890123456789012345678901234567890.\($0)" }, rows: 25),
            File("minus nought", lines("a", 25) { $0 == 0 ? "-0" : $0 == 1 ? "0" : "\($0)" }, rows: 25),
        ]
    }()

    @Test func theDocumentRunsOnItsFileWithoutARejectedRow() throws {
        for file in Self.files {
            // A name that a path would take for an expression and a pattern.
            let path = "\(directory)/${x} [\(file.name)].csv"
            try Data(file.bytes).write(to: URL(fileURLWithPath: path))
            let inferred = try millwright(["infer", path, "--output", "\(directory)/out.csv"])
            #expect(inferred.status == 0, "\(file.name): \(inferred.all)")
            for words in file.says { #expect(inferred.output.contains(words), "\(file.name) doesn't say \(words): \(inferred.all)") }
            for words in file.not { #expect(!inferred.output.contains(words), "\(file.name) says \(words): \(inferred.all)") }
            try inferred.output.write(toFile: "\(directory)/inferred.yaml", atomically: true, encoding: .utf8)
            let run = try millwright(["run", "-f", "\(directory)/inferred.yaml", "--format", "json"])
            let rows = try JSONParser.parse(run.output)["rows"]
            #expect(run.status == 0 && rows?["rowsRead"]?.int == Int64(file.rows) && rows?["rowsDeadLettered"] == 0, "\(file.name): \(run.all.prefix(1500))\n\(inferred.output.prefix(1500))")
        }
    }

    @Test func whatIsNoTableIsSaid() throws {
        for (name, text, words) in [("empty", "", "it is empty"), ("mac", "a,b\r1,2\r3,4\r", "tr '")] {
            let path = "\(directory)/\(name).csv"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let result = try millwright(["infer", path])
            #expect(result.status == 1 && result.all.contains(words), "\(result.all)")
        }
        #expect(try millwright(["infer", "\(directory)/none.csv"]).all.contains("No such file"))
        // Rules that later rows may break are left out.
        let path = "\(directory)/later.csv"
        try Self.lines("a,b", 300) { "\($0),\($0 < 200 ? "x" : "")" }.write(toFile: path, atomically: true, encoding: .utf8)
        let part = try millwright(["infer", path, "--rows", "100"])
        #expect(part.status == 0 && !part.output.contains("required") && !part.output.contains("unique") && part.all.contains("were left out"), "\(part.all)")
    }

    /// What comes by a pipe is looked at as well, and the document then reads standard input.
    @Test(arguments: ["-", "/dev/stdin"]) func aPipeIsLookedAt(_ name: String) throws {
        let inferred = try Shell.run(Installation.binary, ["pipeline", "infer", name], input: Self.lines("a,b", 20) { "\($0),x" })
        #expect(inferred.status == 0 && inferred.output.contains("path: '-'") && inferred.output.contains("all 20 rows of standard input look like"), "\(inferred.all)")
        let empty = try Shell.run("/bin/sh", ["-c", "'\(Installation.binary)' pipeline infer \(name) </dev/null"])
        #expect(empty.status == 1 && empty.all.contains("standard input: it is empty"), "\(empty.all)")
        let piped = try Shell.run("/bin/sh", ["-c", "printf 'a;b\\n1;x\\n' | '\(Installation.binary)' pipeline infer \(name)"])
        #expect(piped.status == 0 && piped.output.contains("the only row of standard input looks like"), "\(piped.all)")
    }

    /// The order in which people write a document, nothing in it that says nothing, and an output written as the input is.
    @Test func theDocumentReadsAsIfWrittenByHand() throws {
        let path = "\(directory)/order.csv"
        try Self.lines("Nr;Preis", 60) { "\($0 + 1);\($0),5" }.write(toFile: path, atomically: true, encoding: .utf8)
        let inferred = try millwright(["infer", path])
        let keys = ["apiVersion:", "kind:", "metadata:", "spec:", "source:", "path:", "delimiter: ;", "columns:", "- name: Nr", "type: integer", "required: true", "outputs:", "- name: rows", "delimiter: ;", "errors:"]
        var rest = inferred.output[...]
        for key in keys {
            let found = try #require(rest.range(of: key), "\(key) comes too early or not at all: \(inferred.output)")
            rest = rest[found.upperBound...]
        }
        #expect(!inferred.output.contains("steps"), "\(inferred.output)")
    }

    @Test func aFactIsSaidOnce() throws {
        let path = "\(directory)/faults.csv"
        try Self.lines("a,b,c", 200) { $0 == 77 ? "1,2" : "\($0),x,y" }.write(toFile: path, atomically: true, encoding: .utf8)
        let inferred = try millwright(["infer", path])
        #expect(inferred.all.components(separatedBy: "fit the dialect").count == 2 && inferred.all.contains("1 of 200"), "\(inferred.all)")
    }
}
