import Glibc
import Rows
import Testing

@testable import Delimited

/// Random texts, read by Python's csv module and by ours: no difference on well-formed ones, the same rows on all others, save those that are
/// faults; and what each writes the other reads as it was, in all modes of quoting that both have. How many: MILLWRIGHT_CSV_CASES (hack/soak has many); which: MILLWRIGHT_CSV_SEED.
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
        import csv, io, struct, sys
        csv.field_size_limit(1 << 30)
        folder = sys.argv[1]
        number = lambda value: struct.pack("<I", value)
        with open(folder + "/found", "wb") as out:
            for line in open(folder + "/list"):
                name, delimiter, quote, escape, trims, skipped = line.split()
                escaping = {} if escape == "0" else {"escapechar": chr(int(escape))}
                quoting = {"quoting": csv.QUOTE_NONE} if quote == "0" else {"quotechar": chr(int(quote)), "doublequote": True}
                with open(folder + "/" + name, "rb") as data:
                    for _ in range(int(skipped)): data.readline()
                    text = io.TextIOWrapper(data, newline="", encoding="utf-8")
                    rows = [row for row in csv.reader(text, delimiter=chr(int(delimiter)), skipinitialspace=trims == "1", **quoting, **escaping) if row]
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
            list += "t\(index) \(sample.dialect.delimiter) \(sample.dialect.quote ?? 0) \(sample.dialect.escape ?? 0) \(sample.dialect.trim == .leading ? 1 : 0) \(sample.dialect.skipLines)\n"
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

    static let pieces = ["a", "bc", "7", " ", "ü", "€", "😀", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\r", "'", "#", "-1.5", "lorem ipsum dolor", "", "\0", "\\", "^", "\\\\", "\\n"]

    /// Cells, quoted where they must be and sometimes where they needn't.
    static func wellFormed(_ generator: inout ScannerTests.Generator) -> Sample {
        let delimiter = [0x2C, 0x3B, 0x09, 0x7C].randomElement(using: &generator) ?? 0x2C
        let quote: UInt8 = Int.random(in: 0..<5, using: &generator) == 0 ? 0x27 : 0x22
        let escape: UInt8? = Int.random(in: 0..<2, using: &generator) == 0 ? nil : [0x5C, 0x5E].randomElement(using: &generator)
        let isUnquoted = escape != nil && Int.random(in: 0..<3, using: &generator) == 0
        var dialect = Dialect(delimiter: UInt8(delimiter), quote: isUnquoted ? nil : quote, escape: escape, header: false)
        if Int.random(in: 0..<3, using: &generator) == 0 { dialect.trim = .leading }
        dialect.skipLines = max(0, Int.random(in: -4...3, using: &generator))
        // To Python a tab is no blank.
        let pieces = dialect.trim != .none && delimiter != 0x09 ? pieces.filter { $0 != "\t" } : pieces
        let lineEnd = ["\n", "\r\n"].randomElement(using: &generator) ?? "\n"
        let eager = Int.random(in: 0..<4, using: &generator)
        let columns = Int.random(in: 1...8, using: &generator)
        var text: [UInt8] = []
        for _ in 0..<dialect.skipLines {
            for _ in 0..<Int.random(in: 0...4, using: &generator) { text += Array((pieces.randomElement(using: &generator) ?? "").utf8.filter { $0 != 0x0A }) }
            text += Array(lineEnd.utf8)
        }
        for row in 0..<Int.random(in: 0...30, using: &generator) {
            if row > 0 { text += Array((Int.random(in: 0..<8, using: &generator) == 0 ? "\n" : lineEnd).utf8) }
            for column in 0..<(Int.random(in: 0..<20, using: &generator) == 0 ? Int.random(in: 1...12, using: &generator) : columns) {
                if column > 0 { text.append(dialect.delimiter) }
                if dialect.trim != .none, Bool.random(using: &generator) { text += Array(repeating: 0x20, count: Int.random(in: 1...3, using: &generator)) }
                var cell: [UInt8] = []
                for _ in 0..<Int.random(in: 0...4, using: &generator) { cell += Array((pieces.randomElement(using: &generator) ?? "").utf8) }
                if let escape {
                    text += escaped(cell, dialect, escape, &generator, eager)
                    continue
                }
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

    /// A cell with an escape character before what needs it, and sometimes before what doesn't; quotes around it now and then.
    static func escaped(_ cell: [UInt8], _ dialect: Dialect, _ escape: UInt8, _ generator: inout ScannerTests.Generator, _ eager: Int) -> [UInt8] {
        let isQuoted = dialect.quote != nil && Int.random(in: 0..<4, using: &generator) <= eager
        var text: [UInt8] = []
        for byte in cell {
            let isSpecial = byte == escape || byte == dialect.quote || (!isQuoted && (byte == dialect.delimiter || byte == 0x0A || byte == 0x0D))
            // Only the first byte of a character can stand behind one.
            let isTaken = isSpecial || (byte < 0x80 && Int.random(in: 0..<20, using: &generator) == 0)
            if isTaken { text.append(byte == dialect.quote && isQuoted && Bool.random(using: &generator) ? byte : escape) }
            text.append(byte)
        }
        guard isQuoted, let quote = dialect.quote else { return text }
        return [quote] + text + [quote]
    }

    /// Anything at all, save a carriage return: to Python it always ends a row.
    static func messy(_ generator: inout ScannerTests.Generator) -> Sample {
        let alphabet = [Array("ab,\"\n".utf8), Array("a,\"\"\n\n".utf8), Array("aaaaaaa,,\"\n".utf8), Array("\",\n".utf8), Array("aé,;\" \n".utf8), Array("a\\,\"\n".utf8), Array("\\\\,a\n".utf8)].randomElement(using: &generator) ?? []
        let length = Int.random(in: 0...200, using: &generator)
        var text = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0x61 }
        // Half of a character is no text.
        text = Array(String(decoding: text, as: UTF8.self).utf8)
        let quote: UInt8? = Int.random(in: 0..<6, using: &generator) == 0 ? nil : 0x22
        let escape: UInt8? = text.contains(0x5C) ? 0x5C : nil
        // Behind one at the end Python sees a line end.
        if escape != nil { text += Array("x\n".utf8) }
        let trim: Dialect.Trim = Int.random(in: 0..<4, using: &generator) == 0 ? .leading : .none
        return Sample(text: text, dialect: Dialect(quote: quote, escape: escape, header: false, skipLines: max(0, Int.random(in: -4...2, using: &generator)), trim: trim))
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
                var (rows, isCut) = try Self.ours(sample, path: "\(scratch.path)/t\(index)", batchBytes: index % 2 == 0 ? 1024 : 1 << 16)
                // Behind a closing quote Python takes an escape character for text, so that the row may end elsewhere.
                if sample.dialect.escape != nil, let fault = rows.firstIndex(where: { $0 == nil }) {
                    rows.removeSubrange(fault...)
                    isCut = true
                }
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

    /// Rows of texts and nulls.
    static func rows(_ generator: inout ScannerTests.Generator, nulls: Bool) -> [[String?]] {
        let columns = Int.random(in: 2...6, using: &generator)
        return (0..<Int.random(in: 1...20, using: &generator)).map { _ in
            (0..<columns).map { _ in
                let cell = (0..<Int.random(in: 0...4, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
                return nulls && (cell.isEmpty || Int.random(in: 0..<8, using: &generator) == 0) ? nil : cell
            }
        }
    }

    /// What we write Python reads as it was: needed quotes, all quotes, none at all; doubled quotes and escape characters.
    @Test(.enabled(if: isAvailable))
    func pythonReadsWhatWeWrite() throws {
        var generator = ScannerTests.Generator(state: Self.seed ^ 3)
        let scratch = try Scratch()
        var samples: [Sample] = []
        var expected: [[[[UInt8]]]] = []
        for index in 0..<min(Self.cases, 4000) {
            let escape: UInt8? = index % 3 == 0 ? nil : index % 3 == 1 ? 0x5C : 0x5E
            let isUnquoted = escape != nil && index % 5 == 0
            let dialect = Dialect(
                delimiter: [0x2C, 0x09, 0x3B].randomElement(using: &generator) ?? 0x2C, quote: isUnquoted ? nil : index % 4 == 0 ? 0x27 : 0x22, escape: escape, header: false)
            var style = WritingStyle()
            style.quotesAll = !isUnquoted && index % 7 == 0
            style.endsLinesWithCRLF = index % 2 == 0
            let rows = Self.rows(&generator, nulls: true)
            let batch = ConformanceCase.batch(rows)
            let file = try OutputFile(path: "\(scratch.path)/out", id: "test")
            try file.open()
            try DelimitedWriter(file, dialect: dialect, style: style, columns: batch.columns.map { _ in OutputColumn("x") }).write(batch)
            try file.commit()
            samples.append(Sample(text: try WriterTests.contents(file.path), dialect: dialect))
            expected.append(rows.map { $0.map { Array(($0 ?? "").utf8) } })
        }
        let found = try Self.python(samples, in: scratch)
        for index in samples.indices {
            try #require(found[index] == expected[index], "\(String(decoding: samples[index].text, as: UTF8.self).debugDescription), \(samples[index].dialect)")
        }
    }

    /// Writes each file of rows it is given in every mode of quoting, with and without doubled quotes and an escape character.
    static let writing = """
        import csv, itertools, struct, sys
        folder = sys.argv[1]
        data = open(folder + "/rows", "rb").read()
        at = 0
        def number():
            global at
            at += 4
            return struct.unpack("<I", data[at - 4:at])[0]
        def cell():
            global at
            count = number()
            if count == 0xFFFFFFFF: return None
            at += count
            return data[at - count:at].decode("utf-8")
        texts = []
        while at < len(data): texts.append([[cell() for _ in range(number())] for _ in range(number())])
        modes = [(quoting, doubled, escape, quote) for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE) for doubled in (True, False)
                 for escape in (None, "\\\\", "^") for quote in ("\\"", "'")]
        modes = [m for m in modes if m[2] or (m[1] and m[0] != csv.QUOTE_NONE)]
        with open(folder + "/modes", "w") as list:
            for index, rows in enumerate(texts):
                quoting, doubled, escape, quote = modes[index % len(modes)]
                # With a line feed alone Python 3.11 doesn't quote carriage returns.
                end = "\\r\\n"
                delimiter = ",;\\t|"[index % 4]
                with open(f"{folder}/w{index}", "w", newline="", encoding="utf-8") as file:
                    csv.writer(file, delimiter=delimiter, quoting=quoting, doublequote=doubled, escapechar=escape, quotechar=quote, lineterminator=end).writerows(rows)
                list.write(f"{ord(delimiter)} {0 if quoting == csv.QUOTE_NONE else ord(quote)} {ord(escape) if escape else 0}\\n")

        """

    /// What Python writes we read as it was, whatever its mode.
    @Test(.enabled(if: isAvailable))
    func weReadWhatPythonWrites() throws {
        var generator = ScannerTests.Generator(state: Self.seed ^ 4)
        let scratch = try Scratch()
        func bytes(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
        let texts = (0..<min(Self.cases, 4000)).map { _ in Self.rows(&generator, nulls: false) }
        _ = try scratch.file("rows", texts.flatMap { rows in bytes(rows.count) + rows.flatMap { row in bytes(row.count) + row.flatMap { bytes(($0 ?? "").utf8.count) + Array(($0 ?? "").utf8) } } })
        let script = try scratch.file("write.py", Self.writing)
        try #require(system("python3 '\(script)' '\(scratch.path)'") == 0)
        let modes = try WriterTests.text(scratch.path + "/modes").split(separator: "\n").map { $0.split(separator: " ").compactMap { UInt8($0) } }
        try #require(modes.count == texts.count)
        for (index, mode) in modes.enumerated() {
            let dialect = Dialect(delimiter: mode[0], quote: mode[1] == 0 ? nil : mode[1], escape: mode[2] == 0 ? nil : mode[2], header: false)
            let read = try readAll(["\(scratch.path)/w\(index)"], ReaderOptions(dialect: dialect, nullMarkers: []), batchBytes: index % 2 == 0 ? 1024 : 1 << 16)
            let text = try WriterTests.text("\(scratch.path)/w\(index)")
            try #require(
                read.faults.isEmpty && read.cells.map { $0.map { Array(($0 ?? "").utf8) } } == texts[index].map { $0.map { Array(($0 ?? "").utf8) } },
                "\(text.debugDescription), \(dialect)")
        }
    }
}
