import Glibc
import Rows
import Testing

@testable import Delimited

/// Random texts, read by Python's csv module and by ours: no difference on well-formed ones, the same rows on all others, save those that are
/// faults. How many: MILLWRIGHT_CSV_CASES (hack/soak has many); which: MILLWRIGHT_CSV_SEED.
@Suite struct PythonDifferenceTests {
    static let cases = getenv("MILLWRIGHT_CSV_CASES").flatMap { Int(String(cString: $0)) } ?? 300
    static let seed = getenv("MILLWRIGHT_CSV_SEED").flatMap { UInt64(String(cString: $0)) } ?? 20_261_120
    static let batch = 2000

    /// Whether the tests run: a missing Python is told, and fails them where MILLWRIGHT_REQUIRE asks for it.
    static let isAvailable: Bool = {
        if system("python3 -c 'import csv' >/dev/null 2>&1") == 0 { return true }
        let required = (getenv("MILLWRIGHT_REQUIRE").map { String(cString: $0) } ?? "").split(separator: ",").contains("python")
        if !required { print("skipped: comparison with Python's csv module, as there is no python3 with it") }
        return required
    }()

    /// Reads every text of a list and writes what it found: counts and lengths as four bytes, little endian.
    static let script = """
        import csv, struct, sys
        csv.field_size_limit(1 << 30)
        folder = sys.argv[1]
        number = lambda value: struct.pack("<I", value)
        with open(folder + "/found", "wb") as out:
            for line in open(folder + "/list"):
                name, delimiter, quote = line.split()
                quoting = {"quoting": csv.QUOTE_NONE} if quote == "0" else {"quotechar": chr(int(quote)), "doublequote": True}
                with open(folder + "/" + name, newline="", encoding="utf-8") as text:
                    rows = [row for row in csv.reader(text, delimiter=chr(int(delimiter)), **quoting) if row]
                out.write(number(len(rows)))
                for row in rows:
                    out.write(number(len(row)))
                    for cell in row:
                        data = cell.encode("utf-8")
                        out.write(number(len(data)) + data)

        """

    struct Sample {
        var text: [UInt8]
        var dialect: Dialect
    }

    /// What Python reads from each.
    static func python(_ samples: [Sample], in scratch: Scratch) throws -> [[[[UInt8]]]] {
        var list = ""
        for (index, sample) in samples.enumerated() {
            _ = try scratch.file("t\(index)", sample.text)
            list += "t\(index) \(sample.dialect.delimiter) \(sample.dialect.quote ?? 0)\n"
        }
        _ = try scratch.file("list", list)
        let script = try scratch.file("read.py", Self.script)
        try #require(system("python3 '\(script)' '\(scratch.path)'") == 0)
        let bytes = try WriterTests.contents(scratch.path + "/found")
        var at = 0
        func number() throws -> Int {
            try #require(at + 4 <= bytes.count)
            defer { at += 4 }
            return Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
        }
        return try samples.map { _ in
            try (0..<number()).map { _ in
                try (0..<number()).map { _ in
                    let count = try number()
                    defer { at += count }
                    return Array(bytes[at..<at + count])
                }
            }
        }
    }

    /// The rows as we read them: by row the cells, or nil for a fault; and whether a quote that never closes ended the comparison.
    static func ours(_ sample: Sample, path: String, batchBytes: Int) throws -> (rows: [[[UInt8]]?], isCut: Bool) {
        var options = ReaderOptions(dialect: sample.dialect, columns: (0..<64).map { "c\($0)" })
        options.raggedRows = .pad
        options.nullMarkers = []
        let reader = try DelimitedReader(inputs: [path], options: options, batchBytes: batchBytes)
        let batch = RowBatch(sourceColumns: 64, rows: 64, bytes: batchBytes)
        var rows: [[[UInt8]]?] = []
        let scratch = TextScratch()
        while try reader.read(into: batch) {
            let faults = Set(batch.faults.map(\.row))
            if batch.faults.contains(where: { $0.reason == .unterminatedQuote }) {
                let first = batch.faults.first { $0.reason == .unterminatedQuote }?.row ?? 0
                for row in 0..<first { rows.append(faults.contains(row) ? nil : cells(batch, row, scratch)) }
                return (rows, true)
            }
            for row in 0..<batch.rowCount { rows.append(faults.contains(row) ? nil : cells(batch, row, scratch)) }
        }
        return (rows, false)
    }

    private static func cells(_ batch: RowBatch, _ row: Int, _ scratch: TextScratch) -> [[UInt8]] {
        var cells: [[UInt8]] = []
        for column in 0..<batch.sourceColumnCount {
            guard let text = batch.text(batch.sourceCells(column)[row], in: UnsafePointer(batch.bytes), scratch: scratch) else { break }
            cells.append(Array(text))
        }
        return cells
    }

    static let pieces = ["a", "bc", "7", " ", "ü", "€", "😀", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\r", "'", "#", "-1.5", "lorem ipsum dolor", "", "\0"]

    /// Cells, quoted where they must be and sometimes where they needn't.
    static func wellFormed(_ generator: inout ScannerTests.Generator) -> Sample {
        let delimiter = [0x2C, 0x3B, 0x09, 0x7C].randomElement(using: &generator) ?? 0x2C
        let quote: UInt8 = Int.random(in: 0..<5, using: &generator) == 0 ? 0x27 : 0x22
        let dialect = Dialect(delimiter: UInt8(delimiter), quote: quote, header: false)
        let lineEnd = ["\n", "\r\n"].randomElement(using: &generator) ?? "\n"
        let eager = Int.random(in: 0..<4, using: &generator)
        let columns = Int.random(in: 1...8, using: &generator)
        var text: [UInt8] = []
        for row in 0..<Int.random(in: 0...30, using: &generator) {
            if row > 0 { text += Array((Int.random(in: 0..<8, using: &generator) == 0 ? "\n" : lineEnd).utf8) }
            for column in 0..<(Int.random(in: 0..<20, using: &generator) == 0 ? Int.random(in: 1...12, using: &generator) : columns) {
                if column > 0 { text.append(dialect.delimiter) }
                var cell: [UInt8] = []
                for _ in 0..<Int.random(in: 0...4, using: &generator) { cell += Array((pieces.randomElement(using: &generator) ?? "").utf8) }
                let mustQuote = cell.contains { [dialect.delimiter, quote, 0x0A, 0x0D].contains($0) }
                if mustQuote || Int.random(in: 0..<4, using: &generator) < eager {
                    text += [quote] + cell.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
                } else {
                    text += cell
                }
            }
        }
        if Bool.random(using: &generator) { text += Array(lineEnd.utf8) }
        return Sample(text: text, dialect: dialect)
    }

    /// Anything at all, save a carriage return: to Python it always ends a row.
    static func messy(_ generator: inout ScannerTests.Generator) -> Sample {
        let alphabet = [Array("ab,\"\n".utf8), Array("a,\"\"\n\n".utf8), Array("aaaaaaa,,\"\n".utf8), Array("\",\n".utf8), Array("aé,;\" \n".utf8)].randomElement(using: &generator) ?? []
        let length = Int.random(in: 0...200, using: &generator)
        var text = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0x61 }
        // Half of a character is no text.
        text = Array(String(decoding: text, as: UTF8.self).utf8)
        let quote: UInt8? = Int.random(in: 0..<6, using: &generator) == 0 ? nil : 0x22
        return Sample(text: text, dialect: Dialect(quote: quote, header: false))
    }

    @Test(.enabled(if: isAvailable), arguments: [true, false])
    func bothReadTheSame(isWellFormed: Bool) throws {
        var generator = ScannerTests.Generator(state: Self.seed ^ (isWellFormed ? 1 : 2))
        var done = 0
        var compared = 0
        while done < Self.cases {
            let scratch = try Scratch()
            let samples = (0..<min(Self.batch, Self.cases - done)).map { _ in isWellFormed ? Self.wellFormed(&generator) : Self.messy(&generator) }
            let expected = try Self.python(samples, in: scratch)
            for (index, sample) in samples.enumerated() {
                let (rows, isCut) = try Self.ours(sample, path: "\(scratch.path)/t\(index)", batchBytes: index % 2 == 0 ? 1024 : 1 << 16)
                let named: Comment = "case \(done + index) of seed \(Self.seed): \(String(decoding: sample.text, as: UTF8.self).debugDescription), \(sample.dialect)"
                if isWellFormed { try #require(!isCut && !rows.contains { $0 == nil }, named) }
                if isCut { try #require(rows.count < expected[index].count, named) } else { try #require(rows.count == expected[index].count, named) }
                for (row, theirs) in zip(rows, expected[index]) {
                    guard let row else { continue }
                    try #require(row == theirs, named)
                    compared += 1
                }
            }
            done += samples.count
        }
        #expect(compared > Self.cases)
    }

    /// What we write Python reads as it was.
    @Test(.enabled(if: isAvailable))
    func pythonReadsWhatWeWrite() throws {
        var generator = ScannerTests.Generator(state: Self.seed ^ 3)
        let scratch = try Scratch()
        var samples: [Sample] = []
        var expected: [[[[UInt8]]]] = []
        for index in 0..<min(Self.cases, 2000) {
            let dialect = Dialect(delimiter: [0x2C, 0x09, 0x3B].randomElement(using: &generator) ?? 0x2C, quote: index % 4 == 0 ? 0x27 : 0x22, header: false)
            let columns = Int.random(in: 1...6, using: &generator)
            let batch = RowBatch(sourceColumns: 0, rows: 64, bytes: 64)
            batch.rowCount = Int.random(in: 1...20, using: &generator)
            let texts = (0..<columns).map { _ in TextColumn(capacity: 64) }
            batch.columns = texts.map { .text($0) }
            var rows: [[[UInt8]]] = []
            for row in 0..<batch.rowCount {
                rows.append(
                    texts.map { column in
                        let cell = (0..<Int.random(in: 0...4, using: &generator)).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
                        if cell.isEmpty, Bool.random(using: &generator) { column.setNull(at: row) } else { column.set(cell, at: row) }
                        return Array(cell.utf8)
                    })
            }
            let file = try OutputFile(path: "\(scratch.path)/out", id: "test")
            try file.open()
            try DelimitedWriter(file, dialect: dialect, columns: texts.map { _ in OutputColumn("x") }).write(batch)
            try file.commit()
            samples.append(Sample(text: try WriterTests.contents(file.path), dialect: dialect))
            expected.append(rows)
        }
        let found = try Self.python(samples, in: scratch)
        for index in samples.indices {
            try #require(found[index] == expected[index], "\(String(decoding: samples[index].text, as: UTF8.self).debugDescription)")
        }
    }
}
