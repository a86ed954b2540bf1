import Compression
import Glibc
import Rows
import Testing

@testable import Delimited

/// What writers make of batches, and files that appear whole or not at all.
@Suite struct WriterTests {
    static func contents(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0, "\(path) is not there")
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    static func text(_ path: String) throws -> String { String(decoding: try contents(path), as: UTF8.self) }

    /// Reads a text and writes it with these columns.
    static func rewritten(
        _ text: String, _ options: ReaderOptions = ReaderOptions(), to dialect: Dialect = .csv, style: WritingStyle = WritingStyle(), columns: (RowBatch, [String]) -> [(String, Column, ValueFormat)]? = { _, _ in nil }
    ) throws -> String {
        let scratch = try Scratch()
        let reader = try DelimitedReader(inputs: [scratch.file("in", text)], options: options)
        let batch = RowBatch(sourceColumns: reader.header.count)
        let file = try OutputFile(path: scratch.path + "/out", id: "test")
        try file.open()
        var writer: DelimitedWriter?
        while try reader.read(into: batch) {
            let chosen = columns(batch, reader.header) ?? reader.header.enumerated().map { ($1, .source($0), ValueFormat(plain: .string)) }
            batch.columns = chosen.map(\.1)
            if writer == nil {
                writer = try DelimitedWriter(file, dialect: dialect, style: style, columns: chosen.map { OutputColumn($0.0, $0.2) })
                try writer?.writeHeader()
            }
            try writer?.write(batch)
        }
        try file.commit()
        return try Self.text(file.path)
    }

    static func source(_ indices: [Int]) -> (RowBatch, [String]) -> [(String, Column, ValueFormat)] {
        { _, header in indices.map { (header[$0], Column.source($0), ValueFormat(plain: .string)) } }
    }

    @Test func untouchedRowsAreWrittenAsTheyStood() throws {
        let text = "a,b,c\n1,\"x, \"\"y\"\"\n\",\n\"2\",, z \n"
        #expect(try Self.rewritten(text) == text)
        #expect(try Self.rewritten("a,b\n1,2") == "a,b\n1,2\n")
        #expect(try Self.rewritten("a,b\r\n1,2\r\n\r\n3,4\r\n") == "a,b\n1,2\n3,4\n")
        #expect(try Self.rewritten("a,b\n1,2\n\n3,4\n5\n6,7\n") == "a,b\n1,2\n3,4\n6,7\n")
    }

    @Test func columnsAreSelectedAndReordered() throws {
        let text = "a,b,c,d\n1,\"x,y\",3,4\n5,6,,8\r\n9,10,11,\"12\"\n"
        #expect(try Self.rewritten(text, columns: Self.source([1, 2])) == "b,c\n\"x,y\",3\n6,\n10,11\n")
        #expect(try Self.rewritten(text, columns: Self.source([3, 0, 1])) == "d,a,b\n4,1,\"x,y\"\n8,5,6\n\"12\",9,10\n")
        #expect(try Self.rewritten(text, columns: Self.source([2, 2])) == "c,c\n3,3\n,\n11,11\n")
    }

    @Test func aRowOfOneEmptyCellIsNoBlankLine() throws {
        #expect(try Self.rewritten("a,b\n1,\n2,\"\"\n3,x\n", columns: Self.source([1])) == "b\n\"\"\n\"\"\nx\n")
    }

    @Test func paddedRowsAreWrittenWhole() throws {
        var options = ReaderOptions()
        options.raggedRows = .pad
        #expect(try Self.rewritten("a,b,c\n1\n1,2,3,4\n5,6,7\n", options) == "a,b,c\n1,,\n1,2,3\n5,6,7\n")
    }

    @Test func anotherDialectQuotesAnew() throws {
        let text = "a,b,c\n1;2,\"x,y\",\"\"\n,\"q\"\"\",\"t\tu\"\n"
        #expect(try Self.rewritten(text, to: Dialect(delimiter: 0x3B)) == "a;b;c\n\"1;2\";x,y;\"\"\n;\"q\"\"\";t\tu\n")
        #expect(try Self.rewritten(text, to: .tsv) == "a\tb\tc\n1;2\tx,y\t\"\"\n\t\"q\"\"\"\t\"t\tu\"\n")
        #expect(try Self.rewritten(text, to: Dialect(quote: 0x27)) == "a,b,c\n1;2,'x,y',''\n,q\",t\tu\n")
        #expect(try Self.rewritten("a,b\n#x,#y\n", to: Dialect(comment: 0x23)) == "a,b\n\"#x\",#y\n")
        #expect(try Self.rewritten("a b,c\n\"x\",\n", to: Dialect(delimiter: 0x7C, quote: nil)) == "a b|c\nx|\n")
        #expect(throws: DelimitedError.self) { try Self.rewritten("a,b\nx|y,z\n", to: Dialect(delimiter: 0x7C, quote: nil)) }
    }

    private static func style(_ change: (inout WritingStyle) -> Void) -> WritingStyle {
        var style = WritingStyle()
        change(&style)
        return style
    }

    @Test func linesEndAsAsked() throws {
        let crlf = Self.style { $0.endsLinesWithCRLF = true }
        let text = "a,b,c\n1,\"x\ny\",3\r\n4,5,6"
        #expect(try Self.rewritten(text, style: crlf) == "a,b,c\r\n1,\"x\ny\",3\r\n4,5,6\r\n")
        #expect(try Self.rewritten(text, style: crlf, columns: Self.source([2, 0])) == "c,a\r\n3,1\r\n6,4\r\n")
        #expect(try Self.rewritten(text, to: Dialect(delimiter: 0x3B), style: crlf) == "a;b;c\r\n1;\"x\ny\";3\r\n4;5;6\r\n")
        // Many rows: every way over the end of a buffer.
        let many = "k,v\n" + (0..<60_000).map { "\($0),\(String(repeating: "z", count: $0 % 23))\n" }.joined()
        let expected = many.split(separator: "\n").map { $0 + "\r\n" }.joined()
        #expect(try Self.rewritten(many, style: crlf) == expected)
    }

    @Test func nullsHaveATextOfTheirOwn() throws {
        let style = Self.style { $0.nullMarker = "NULL" }
        let text = "a,b,c\n,\"\",NULL\n\"NULL\",x,\n"
        var options = ReaderOptions()
        #expect(try Self.rewritten(text, options, style: style) == "a,b,c\nNULL,\"\",\"NULL\"\n\"NULL\",x,NULL\n")
        options.nullMarkers = ["NULL"]
        #expect(try Self.rewritten(text, options, style: style) == "a,b,c\n,\"\",NULL\n\"NULL\",x,\n")
        options.nullMarkers = [""]
        #expect(try Self.rewritten("a,b\n1,\n", options, style: style, columns: Self.source([1])) == "b\nNULL\n")
        let values = try Self.rewritten("a\n1\n2\n", style: style) { batch, _ in
            let whole = ColumnValues<Int64>(capacity: batch.rowCapacity)
            whole.set(5, at: 1)
            let text = TextColumn(capacity: batch.rowCapacity)
            text.set("NULL", at: 0)
            text.setNull(at: 1)
            return [("n", .integer(whole), ValueFormat(plain: .integer)), ("t", .text(text), ValueFormat(plain: .string))]
        }
        #expect(values == "n,t\nNULL,\"NULL\"\n5,NULL\n")
        #expect(throws: DelimitedError.self) { try Self.rewritten(text, style: Self.style { $0.nullMarker = "a,b" }) }
    }

    @Test func everythingIsQuotedWhereThatIsAsked() throws {
        let style = Self.style { $0.quotesAll = true }
        #expect(try Self.rewritten("a,b,c\n1,\"x \"\"y\"\"\",\n", style: style) == "\"a\",\"b\",\"c\"\n\"1\",\"x \"\"y\"\"\",\n")
        #expect(try Self.rewritten("a;b\n1;\"x,\"\n", ReaderOptions(dialect: Dialect(delimiter: 0x3B)), style: style) == "\"a\",\"b\"\n\"1\",\"x,\"\n")
        let values = try Self.rewritten("a\n1\n", style: style) { batch, _ in
            let whole = ColumnValues<Int64>(capacity: batch.rowCapacity)
            whole.set(5, at: 0)
            return [("n", .integer(whole), ValueFormat(plain: .integer)), ("a", .source(0), ValueFormat(plain: .string))]
        }
        #expect(values == "\"n\",\"a\"\n\"5\",\"1\"\n")
        #expect(throws: DelimitedError.self) { try Self.rewritten("a\n1\n", to: Dialect(quote: nil), style: style) }
    }

    @Test func aByteOrderMarkComesFirst() throws {
        #expect(try Array(Self.rewritten("a,b\n1,2\n", style: Self.style { $0.byteOrderMark = true }).utf8) == [0xEF, 0xBB, 0xBF] + Array("a,b\n1,2\n".utf8))
        #expect(try Self.rewritten("1,2\n", ReaderOptions(dialect: Dialect(header: false)), to: Dialect(header: false), style: Self.style { $0.byteOrderMark = true }).utf8.count == 7)
    }

    @Test func computedCellsAreQuotedOnlyWhereTheyMustBe() throws {
        let texts: [String?] = ["plain", "a,b", "say \"x\"", "two\nlines", "", nil, " blank ", "cr\r", "ü€"]
        let written = try Self.rewritten("a,b\n" + String(repeating: "1,2\n", count: texts.count)) { batch, _ in
            let column = TextColumn(capacity: batch.rowCapacity, source: 1)
            for (row, text) in texts.enumerated() { if let text { column.set(text, at: row) } else { column.setNull(at: row) } }
            return [("t", .text(column), ValueFormat(plain: .string)), ("a", .source(0), ValueFormat(plain: .string))]
        }
        #expect(written == "t,a\nplain,1\n\"a,b\",1\n\"say \"\"x\"\"\",1\n\"two\nlines\",1\n\"\",1\n,1\n blank ,1\n\"cr\r\",1\nü€,1\n")
    }

    @Test func valuesAreWrittenByTheirFormats() throws {
        let comma = try ValueFormat(.decimal, "#.##0,00")
        let written = try Self.rewritten("a\n1\n2\n") { batch, _ in
            let whole = ColumnValues<Int64>(capacity: batch.rowCapacity)
            whole.set(-7, at: 0)
            let price = ColumnValues<Decimal>(capacity: batch.rowCapacity)
            price.set(Decimal(coefficient: 1_234_567, scale: 3) ?? .zero, at: 0)
            price.set(Decimal(5), at: 1)
            let kept = ColumnValues<Int64>(capacity: batch.rowCapacity, source: 0)
            kept.set(1, at: 0)
            kept.set(2, at: 1)
            return [("w", .integer(whole), ValueFormat(plain: .integer)), ("p", .decimal(price), comma), ("k", .integer(kept), ValueFormat(plain: .integer))]
        }
        #expect(written == "w,p,k\n-7,\"1.234,57\",1\n,\"5,00\",2\n")
    }

    @Test func jsonLinesKeepTypes() throws {
        let scratch = try Scratch()
        let reader = try DelimitedReader(inputs: [scratch.file("in", "n,s\n007,\"a \"\"b\"\"\t\u{1}\\\"\n,ü\n")])
        let batch = RowBatch(sourceColumns: 2)
        let file = try OutputFile(path: scratch.path + "/out", id: "test")
        try file.open()
        let columns = ["n", "s", "d", "f", "t", "x", "s"]
        let writer = JSONLinesWriter(file, columns: columns.map { OutputColumn($0) })
        while try reader.read(into: batch) {
            let n = ColumnValues<Int64>(capacity: 4096, source: 0)
            n.set(7, at: 0)
            let d = ColumnValues<Decimal>(capacity: 4096)
            d.set(Decimal(coefficient: 450, scale: 2) ?? .zero, at: 0)
            let f = ColumnValues<Double>(capacity: 4096)
            f.set(0.1, at: 0)
            f.set(.infinity, at: 1)
            let t = ColumnValues<Int64>(capacity: 4096)
            t.set(0, at: 0)
            let x = ColumnValues<Bool>(capacity: 4096)
            x.set(true, at: 0)
            batch.columns = [.integer(n), .source(1), .decimal(d), .float(f), .timestamp(t), .boolean(x), .source(1)]
            try writer.write(batch)
        }
        try file.commit()
        #expect(
            try Self.text(file.path) == """
                {"n":7,"s":"a \\"b\\"\\t\\u0001\\\\","d":4.50,"f":0.1,"t":"1970-01-01T00:00:00Z","x":true,"s_2":"a \\"b\\"\\t\\u0001\\\\"}
                {"n":null,"s":"ü","d":null,"f":null,"t":null,"x":null,"s_2":"ü"}

                """)
    }

    @Test func nothingIsVisibleBeforeTheCommit() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/out.csv"
        let file = try OutputFile(path: path, id: "run/1")
        try file.open()
        try file.append("half")
        _ = try file.flush()
        #expect(access(path, F_OK) != 0)
        file.abort()
        #expect(access(file.temporary, F_OK) != 0)
        try file.open()
        try file.append("whole")
        let first = try file.commit()
        #expect(try Self.text(path) == "whole")
        #expect(access(file.temporary, F_OK) != 0)
        #expect(try file.commit() == first)
    }

    /// Rows of many lengths, some larger than a buffer.
    static func largeText() -> String {
        var generator = ScannerTests.Generator(state: 7)
        var text = "id,value,note\n"
        for row in 0..<9000 {
            let note = String(repeating: "lorem ipsum ", count: Int.random(in: 0...12, using: &generator)) + String(generator.next(), radix: 36)
            text += "\(row),\(Int.random(in: 0...99999, using: &generator)),\(row % 3000 == 7 ? String(repeating: note, count: 4000) : note)\n"
        }
        return text
    }

    /// Writes the whole input, and keeps the position and the file's bytes after each batch.
    static func write(
        _ input: String, to path: String, compression: CompressionFormat?, batchBytes: Int = 40_000
    ) throws -> (states: [(reader: ReaderPosition, output: OutputPosition)], bytes: [UInt8]) {
        let reader = try DelimitedReader(inputs: [input], batchBytes: batchBytes)
        let batch = RowBatch(sourceColumns: 3, bytes: batchBytes)
        let file = try OutputFile(path: path, id: "run", compression: compression)
        try file.open()
        let writer = try DelimitedWriter(file, dialect: .csv, columns: ["note", "id", "value"].map { OutputColumn($0) })
        try writer.writeHeader()
        var states: [(reader: ReaderPosition, output: OutputPosition)] = []
        while try reader.read(into: batch) {
            batch.columns = [.source(2), .source(0), .source(1)]
            try writer.write(batch)
            states.append((reader.position, try file.flush()))
        }
        try file.commit()
        return (states, try Self.contents(path))
    }

    @Test(arguments: [CompressionFormat?.none, .gzip, .zstd])
    func aRunKilledAnywhereWritesTheSameBytes(compression: CompressionFormat?) throws {
        let scratch = try Scratch()
        let input = try scratch.file("in.csv", Self.largeText())
        let path = scratch.path + "/out"
        let (states, whole) = try Self.write(input, to: path, compression: compression)
        #expect(states.count > 10)
        let temporary = try OutputFile(path: path, id: "run").temporary
        var generator = ScannerTests.Generator(state: 3)
        for (index, state) in states.enumerated() where index % 4 == 0 || index > states.count - 3 {
            // What a kill leaves: everything up to the checkpoint, and any part of what came behind it, or something torn.
            unlink(path)
            let behind = Int.random(in: 0...(whole.count - Int(state.output.bytes)), using: &generator)
            var left = Array(whole[..<(Int(state.output.bytes) + behind)])
            if index % 2 == 0, behind > 0 { left[left.count - 1] ^= 0xFF }
            _ = try scratch.file(String(temporary.dropFirst(scratch.path.utf8.count + 1)), left)

            let reader = try DelimitedReader(inputs: [input], resumingAt: state.reader, batchBytes: 33_000)
            let batch = RowBatch(sourceColumns: 3, bytes: 33_000)
            let file = try OutputFile(path: path, id: "run", compression: compression)
            try file.open(at: state.output)
            let writer = try DelimitedWriter(file, dialect: .csv, columns: ["note", "id", "value"].map { OutputColumn($0) })
            while try reader.read(into: batch) {
                batch.columns = [.source(2), .source(0), .source(1)]
                try writer.write(batch)
            }
            let last = try file.flush()
            let committed = try file.commit()
            #expect(try Self.contents(path) == whole, "from state \(index)")
            // A crash between renaming and saying so.
            let again = try OutputFile(path: path, id: "run", compression: compression)
            try again.open(at: last)
            #expect(try again.commit() == committed)
            if try Self.contents(path) != whole { return }
        }
    }

    @Test func whatWasWrittenMustStillBeThere() throws {
        let scratch = try Scratch()
        let file = try OutputFile(path: scratch.path + "/out", id: "run")
        try file.open()
        try file.append("0123456789")
        let position = try file.flush()
        file.suspend()
        let short = try scratch.file(".out.run.partial", "01234")
        #expect(throws: DelimitedError.self) { try OutputFile(path: scratch.path + "/out", id: "run").open(at: position) }
        _ = try scratch.file(".out.run.partial", "012345678x")
        #expect(throws: DelimitedError.self) { try OutputFile(path: scratch.path + "/out", id: "run").open(at: position) }
        unlink(short)
        #expect(throws: DelimitedError.self) { try OutputFile(path: scratch.path + "/out", id: "run").open(at: position) }
    }

    @Test func refusalsSayWhatToDo() throws {
        let scratch = try Scratch()
        for path in ["\(scratch.path)/none/out", "/dev/full/out", "/proc/out"] {
            let error = #expect(throws: DelimitedError.self) {
                let file = try OutputFile(path: path, id: "run")
                try file.open()
            }
            #expect(error?.category == .system)
            #expect(error?.message.contains("make the directory") == true)
        }
    }

    @Test(arguments: CompressionFormat.allCases)
    func compressedFilesAreReadByTheOrdinaryTools(format: CompressionFormat) throws {
        let scratch = try Scratch()
        let input = try scratch.file("in.csv", Self.largeText())
        let path = scratch.path + "/out.\(format == .gzip ? "gz" : "zst")"
        _ = try Self.write(input, to: path, compression: format)
        let plain = scratch.path + "/plain"
        _ = try Self.write(input, to: plain, compression: nil)
        let code = system("\(format == .gzip ? "gzip" : "zstd") -dc \(path) 2>/dev/null | cmp -s - \(plain)")
        #expect(code == 0, "is the command line tool of \(format.rawValue) installed?")
        #expect(try readAll([path]).cells == readAll([plain]).cells)
    }
}
