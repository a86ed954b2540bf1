import Rows
import Testing

@testable import Delimited

/// Headers that repeat a name, and inputs without text: what the columns are called, and what a run can say about it.
@Suite struct HeaderTests {
    @Test(arguments: [
        (["a", "b"], ["a", "b"]),
        (["a", "a"], ["a", "a_2"]),
        (["a", "b", "a", "a", "b"], ["a", "b", "a_2", "a_3", "b_2"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["a_2", "a", "a", "a_2"], ["a_2", "a", "a_3", "a_2_2"]),
        (["a", "a_2", "a_2", "a"], ["a", "a_2", "a_2_2", "a_3"]),
        (["", "", "x", ""], ["", "_2", "x", "_3"]),
        (["A", "a"], ["A", "a"]),
        ([], []),
    ])
    func repeatedNamesGetNumbersThatAreFree(header: [String], names: [String]) {
        let found = ColumnNames.unique(header)
        #expect(found.names == names)
        #expect(Set(found.names).count == names.count)
        #expect(found.repeated.map(\.column) == header.indices.filter { header[$0] != names[$0] })
        #expect(found.repeated.allSatisfy { header[$0.column] == $0.name && names[$0.column] == $0.takenAs })
    }

    @Test(arguments: [(TextEncoding.utf16LittleEndian, "a\u{0},\u{0}b\u{0}\n\u{0}1\u{0},\u{0}2\u{0}"), (.utf16BigEndian, "\u{0}a\u{0},\u{0}b\u{0}\n\u{0}1\u{0},\u{0}2\u{0}\n")])
    func undeclaredUTF16IsToldByItsHeader(encoding: TextEncoding, bytes: String) throws {
        let scratch = try Scratch()
        let file = try scratch.file("utf16", bytes)
        let failure = #expect(throws: DelimitedError.self) { _ = try DelimitedReader(inputs: [file], options: ReaderOptions()) }
        #expect(failure.map { "\($0)".contains("declare encoding: \(encoding.rawValue)") } == true, "\(failure.map { "\($0)" } ?? "")")
        withExtendedLifetime(scratch) {}
    }

    @Test func thousandsOfColumnsOfOneNameAreNamed() {
        let found = ColumnNames.unique(Array(repeating: "x", count: 16_000))
        #expect(found.names.last == "x_16000")
        #expect(Set(found.names).count == 16_000)
    }

    @Test func aHeaderThatRepeatsANameIsReadAndTold() throws {
        let scratch = try Scratch()
        let first = try scratch.file("1", "id,\"id\",n,id\n1,2,3,4\n")
        let second = try scratch.file("2", "id,id,n,id\n5,6,7,8\n")
        var options = ReaderOptions()
        options.columns = ["id_3", "n"]
        let reader = try DelimitedReader(inputs: [first, second], options: options)
        #expect(reader.header == ["id", "id_2", "n", "id_3"])
        let batch = RowBatch(sourceColumns: 4)
        var rows: [[String?]] = []
        while try reader.read(into: batch) { rows.append((0..<4).map { batch.string(column: $0, row: 0) }) }
        #expect(rows == [["1", "2", "3", "4"], ["5", "6", "7", "8"]])
        #expect(reader.notices == [
            .repeatedName(file: first, column: 2, name: "id", takenAs: "id_2"), .repeatedName(file: first, column: 4, name: "id", takenAs: "id_3"),
        ])
    }

    @Test(arguments: [
        ("", true), ("\u{FEFF}", true), ("\n\r\n\n", false), ("# nothing yet\n", false), ("# nothing yet", false),
    ])
    func anInputWithoutTextIsToldFromOneWithoutRows(text: String, isEmpty: Bool) throws {
        let scratch = try Scratch()
        let file = try scratch.file("in", text)
        for hasHeader in [true, false] {
            let options = ReaderOptions(dialect: Dialect(comment: 0x23, header: hasHeader), columns: ["a", "b"])
            let reader = try DelimitedReader(inputs: [file], options: options)
            #expect(reader.notices == [isEmpty ? .empty(file: file) : .blank(file: file)])
            #expect(reader.header == ["a", "b"])
            #expect(try !reader.read(into: RowBatch(sourceColumns: 2)))
        }
    }

    @Test func anEmptyFileAmongOthersIsTold() throws {
        let scratch = try Scratch()
        let files = [try scratch.file("1", ""), try scratch.file("2", "a,a\n1,2\n"), try scratch.file("3", "\n"), try scratch.file("4", "a,a\n")]
        let reader = try DelimitedReader(inputs: files)
        let batch = RowBatch(sourceColumns: 2)
        var rows = 0
        while try reader.read(into: batch) { rows += batch.rowCount }
        #expect(rows == 1)
        #expect(reader.header == ["a", "a_2"])
        #expect(reader.notices == [.empty(file: files[0]), .repeatedName(file: files[0], column: 2, name: "a", takenAs: "a_2"), .blank(file: files[2])])
    }
}
