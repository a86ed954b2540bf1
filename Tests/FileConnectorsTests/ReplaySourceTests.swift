import Dataflow
import Delimited
import Platform
import Rows
import TestSupport
import Testing

@testable import FileConnectors
@testable import RowSteps

/// Rows that a run rejected, read again: as they stood, and under the places that they had in their inputs.
@Suite struct ReplaySourceTests {
    private struct Letter {
        var file = "a.csv"
        var row: Int64
        var ordinal: Int64
        var byte: Int64
        var rule = "Constraint"
        var text: String
        var bytes: [UInt8]?
    }

    private static func write(_ letters: [Letter], _ path: String) throws -> String? {
        let file = try DeadLetterFile(path: path, runID: "r")
        try file.open(at: nil)
        let problem = PipelineProblem(.error, .data, what: "no", why: "because", fix: "Mend it")
        for letter in letters {
            try file.write(
                RowRejection(
                    file: 0, row: letter.row, ordinal: letter.ordinal, byte: letter.byte, rule: letter.rule, isKept: true, problem: problem, original: letter.bytes ?? Array(letter.text.utf8)),
                file: letter.file)
        }
        return try file.commit()?.hash
    }

    /// Each row as `file:row/ordinal@byte cells`; one that can't be read with its rule.
    private static func rows(_ source: ReplaySource, from position: [UInt8]? = nil, batches: Int = .max) throws -> [String] {
        try source.open(at: position)
        defer { source.close() }
        let batch = RowBatch(sourceColumns: source.columns.count, rows: 16)
        var found: [String] = []
        var left = batches
        while left > 0, try source.read(into: batch) {
            left -= 1
            for row in 0..<batch.rowCount {
                let place = "\(source.fileNames[batch.file(of: row)]):\(batch.rowNumber(row))/\(batch.ordinal(row))@\(batch.inputOffset(row))"
                if let fault = batch.faults.first(where: { $0.row == row }) { found.append("\(place) \(fault.reason.rule)") }
                else { found.append("\(place) " + (0..<batch.sourceColumnCount).map { batch.string(column: $0, row: row) ?? "null" }.joined(separator: "|")) }
            }
        }
        return found
    }

    @Test func rowsComeUnderTheirOwnPlaces() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = "\(directory.path)/dead.csv"
        let hash = try Self.write(
            [
                .init(row: 3, ordinal: 3, byte: 40, text: "1,\"two\nlines\""), .init(row: 7, ordinal: 7, byte: 90, rule: "UnterminatedQuote", text: "2,\"open"),
                .init(row: 8, ordinal: 8, byte: 99, text: "3,\"x\""), .init(row: 9, ordinal: 9, byte: 120, rule: "RowTooLong", text: "4,only the begi"),
                .init(file: "b.csv", row: 3, ordinal: 1003, byte: 7, text: "5,b"),
                // Two rows that a script made of one: it is taken once.
                .init(file: "b.csv", row: 3, ordinal: 1003, byte: 7, text: "5,b"), .init(file: "b.csv", row: 4, ordinal: 1004, byte: 13, text: "6"),
            ], path)
        func source(_ name: String, _ change: (inout ReaderOptions) -> Void = { _ in }, hash: String?) throws -> ReplaySource {
            var options = ReaderOptions()
            change(&options)
            return try ReplaySource(DeadLetterRows(path: path, hash: hash, columns: ["id", "text"]), options: options, directory: try directory.sub(name))
        }
        let expected = [
            "a.csv:3/3@40 1|two\nlines", "a.csv:7/7@90 UnterminatedQuote", "a.csv:8/8@99 3|x", "a.csv:9/9@120 RowTooLong", "b.csv:3/1003@7 5|b", "b.csv:4/1004@13 TooFewCells",
        ]
        let first = try source("first", hash: hash)
        #expect(try Self.rows(first) == expected)
        #expect(first.inputs().first?.path == path && first.inputs().first?.hash == hash && first.columns.map(\.name) == ["id", "text"])
        // By what the document says now: quotes mean nothing, short rows are filled up.
        let plain = try source("plain", { ($0.dialect.quote, $0.raggedRows) = (nil, .pad) }, hash: hash)
        #expect(try Self.rows(plain).suffix(3) == ["a.csv:9/9@120 RowTooLong", "b.csv:3/1003@7 5|b", "b.csv:4/1004@13 6|null"])
        #expect(try Self.rows(plain).contains("a.csv:7/7@90 2|\"open"))
        // Rows that are comments now are none, and take no other row's place.
        #expect(try Self.rows(try source("comment", { $0.dialect.comment = UInt8(ascii: "3") }, hash: hash)).contains("b.csv:3/1003@7 5|b"))

        // Another run has written over it: said in words, whatever of it might have been usable. A run that took its copy goes on.
        try FileConnectorsTests.write("file,row,byte,rule,original\n", to: path)
        #expect(try Self.rows(try source("first", hash: hash)) == expected)
        #expect(throws: PipelineProblem.self) { try source("late", hash: hash) }
    }

    /// From any position, in a process of its own, the same rows.
    @Test func readFromAnyPositionTheRowsAreTheSame() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = "\(directory.path)/dead.csv"
        var letters: [Letter] = []
        for row: Int64 in 1...500 {
            letters.append(Letter(file: row > 300 ? "b.csv" : "a.csv", row: row * 3, ordinal: row * 5, byte: row * 11, text: row % 90 == 0 ? "\(row),\"x" : "\(row),ä\(row)"))
        }
        _ = try Self.write(letters, path)
        func source() throws -> ReplaySource { try ReplaySource(DeadLetterRows(path: path, columns: ["id", "text"]), options: ReaderOptions(), directory: directory.path) }
        let whole = try Self.rows(try source())
        #expect(whole.count == 500 && whole[0] == "a.csv:3/5@11 1|ä1" && whole[499] == "b.csv:1500/2500@5500 500|ä500")
        let reader = try source()
        try reader.open(at: nil)
        let batch = RowBatch(sourceColumns: 2, rows: 16)
        var done = 0
        while try reader.read(into: batch) {
            done += batch.rowCount
            #expect(try Self.rows(try source(), from: try reader.position()) == Array(whole[done...]), "after \(done) rows")
        }
        #expect(done == 500)
    }

    /// Bytes that were no UTF-8 are read in the encoding that is declared now; what was decoded already is not decoded twice.
    @Test func theEncodingThatIsDeclaredNowHoldsForBytesOfTheInput() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let raw = "\(directory.path)/raw.csv", decoded = "\(directory.path)/decoded.csv"
        _ = try Self.write([.init(row: 1, ordinal: 1, byte: 0, rule: "InvalidText", text: "", bytes: [0x31, 0x2C, 0xE4]), .init(row: 2, ordinal: 2, byte: 4, text: "2,b")], raw)
        _ = try Self.write([.init(row: 1, ordinal: 1, byte: 0, text: "1,ä")], decoded)
        var options = ReaderOptions()
        options.encoding = .windows1252
        let bytes = try ReplaySource(DeadLetterRows(path: raw, columns: ["id", "text"], isUndecoded: true), options: options, directory: try directory.sub("raw"))
        #expect(try Self.rows(bytes) == ["a.csv:1/1@0 1|ä", "a.csv:2/2@4 2|b"])
        let text = try ReplaySource(DeadLetterRows(path: decoded, columns: ["id", "text"]), options: options, directory: try directory.sub("decoded"))
        #expect(try Self.rows(text) == ["a.csv:1/1@0 1|ä"])
    }
}

extension TemporaryDirectory {
    fileprivate func sub(_ name: String) throws -> String {
        try Files.makeDirectory("\(path)/\(name)", mode: 0o700)
        return "\(path)/\(name)"
    }
}
