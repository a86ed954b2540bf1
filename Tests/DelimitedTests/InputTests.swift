import Compression
import Glibc
import Rows
import Testing

@testable import Delimited

/// Encodings, compression, several files, and going on in the middle.
@Suite struct InputTests {
    static let text = "name,größe\n\"Jürgen; €\",1\n\"zwei\nZeilen\",2\nŠtěpán?,3\n"
    static let expected: [[String?]] = [["Jürgen; €", "1"], ["zwei\nZeilen", "2"], ["Štěpán?", "3"]]

    static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] { text.utf16.flatMap { bigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] } }

    static let encodings: [(String, [UInt8], TextEncoding)] = [
        ("UTF-8", Array(text.utf8), .utf8), ("UTF-8 with mark", [0xEF, 0xBB, 0xBF] + Array(text.utf8), .utf8), ("a UTF-8 mark outweighs", [0xEF, 0xBB, 0xBF] + Array(text.utf8), .latin1),
        ("UTF-16LE with mark", [0xFF, 0xFE] + utf16(text, bigEndian: false), .utf8), ("UTF-16BE with mark", [0xFE, 0xFF] + utf16(text, bigEndian: true), .utf16),
        ("UTF-16LE declared", utf16(text, bigEndian: false), .utf16LittleEndian), ("UTF-16BE declared", utf16(text, bigEndian: true), .utf16BigEndian),
        ("UTF-16 without mark", utf16(text, bigEndian: false), .utf16),
    ]

    @Test(arguments: encodings)
    func encodingsBecomeUTF8(name: String, bytes: [UInt8], encoding: TextEncoding) throws {
        let scratch = try Scratch()
        for batchBytes in [1024, 1 << 18] {
            let read = try readAll([scratch.file("in", bytes)], ReaderOptions(encoding: encoding), batchBytes: batchBytes)
            #expect(read.header == ["name", "größe"])
            #expect(read.cells == Self.expected)
            // Offsets are places in the file as it came.
            let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? 2 : 0
            let wide = name.hasPrefix("UTF-16")
            let header = wide ? "name,größe\n".utf16.count * 2 : "name,größe\n".utf8.count
            #expect(read.rows.first?.offset == Int64(mark + header))
        }
    }

    @Test func singleByteEncodings() throws {
        let scratch = try Scratch()
        // € and Š are 0x80 and 0x8A in Windows-1252; in Latin-1 those are control characters.
        let bytes: [UInt8] = Array("a,b\n".utf8) + [0x80, 0x2C, 0xFC, 0x0A] + [0x8A, 0x2C, 0x81, 0x0A]
        let path = try scratch.file("in", bytes)
        let windows = try readAll([path], ReaderOptions(encoding: .windows1252))
        #expect(windows.cells == [["€", "ü"], ["Š", "\u{81}"]])
        #expect(windows.rows.map(\.offset) == [4, 8])
        #expect(try readAll([path], ReaderOptions(encoding: .latin1)).cells == [["\u{80}", "ü"], ["\u{8A}", "\u{81}"]])
    }

    @Test func everyCharacterSurvivesUTF16() throws {
        let scratch = try Scratch()
        var text = "c\n"
        for code in stride(from: 0x20, through: 0x10FFFF, by: 61) {
            guard let scalar = Unicode.Scalar(UInt32(code)), scalar != "\"", scalar != "," else { continue }
            text.unicodeScalars.append(scalar)
            text += "\n"
        }
        let plain = try readText(text)
        let read = try readAll([scratch.file("in", [0xFE, 0xFF] + Self.utf16(text, bigEndian: true))], batchBytes: 3000)
        #expect(read.cells.count > 15_000)
        #expect(read.cells == plain.cells)
    }

    @Test func brokenUTF16IsAFaultOfItsRow() throws {
        let scratch = try Scratch()
        let bytes = Self.utf16("a\nx", bigEndian: false) + [0x00, 0xD8] + Self.utf16("\nok\nlast", bigEndian: false) + [0x41]
        let read = try readAll([scratch.file("in", bytes)], ReaderOptions(encoding: .utf16))
        #expect(read.cells == [["ok"]])
        #expect(read.faults.map(\.reason) == [.invalidText, .invalidText])
        #expect(read.rows.map(\.offset) == [4 + 6])
    }

    static func packed(_ bytes: [UInt8], _ format: CompressionFormat, frames: Int) throws -> [UInt8] {
        let compressor = try FrameCompressor(format)
        var result: [UInt8] = []
        for frame in 0..<frames {
            let part = Array(bytes[(bytes.count * frame / frames)..<(bytes.count * (frame + 1) / frames)])
            result += try part.withUnsafeBytes { Array(try compressor.frame(of: $0)) }
        }
        return result
    }

    @Test(arguments: CompressionFormat.allCases)
    func compressedFilesAreKnownByTheirFirstBytes(format: CompressionFormat) throws {
        let scratch = try Scratch()
        let text = Array(WriterTests.largeText().utf8)
        let plain = try readAll([scratch.file("plain", text)])
        for frames in [1, 5] {
            let packed = try Self.packed(text, format, frames: frames)
            #expect(try readAll([scratch.file("in", packed)]) == plain)
            let cut = try scratch.file("cut", Array(packed.dropLast(5)))
            let error = #expect(throws: DelimitedError.self) { try readAll([cut]) }
            #expect(error?.category == .damaged)
            var damaged = packed
            damaged[packed.count / 2] ^= 0x55
            let path = try scratch.file("damaged", damaged)
            #expect(throws: DelimitedError.self) { try readAll([path]) }
        }
    }

    @Test func severalFilesAreOneInput() throws {
        let scratch = try Scratch()
        for (name, rows) in [("b-10.csv", "3\n4\n"), ("b-2.csv", "5\n"), ("a.csv", "1\n2"), ("c.txt", "x\n")] { _ = try scratch.file(name, "n\n" + rows) }
        #expect(mkdir(scratch.path + "/dir.csv", 0o700) == 0)
        let paths = try InputPaths.expand(scratch.path + "/*.csv")
        #expect(paths.map { $0.split(separator: "/").last.map(String.init) } == ["a.csv", "b-10.csv", "b-2.csv"])
        let read = try readAll(paths)
        #expect(read.cells == [["1"], ["2"], ["3"], ["4"], ["5"]])
        #expect(read.rows.map(\.number) == [1, 2, 1, 2, 1])
        #expect(try InputPaths.expand(scratch.path + "/[ab]*0.csv").count == 1)
        #expect(throws: DelimitedError.self) { try InputPaths.expand(scratch.path + "/z*.csv") }
        // A file whose name looks like a pattern is that file.
        _ = try scratch.file("[1].csv", "n\n9\n")
        #expect(try readAll(try InputPaths.expand(scratch.path + "/[1].csv")).cells == [["9"]])
    }

    @Test func filesWithOtherColumnsAreRefused() throws {
        let scratch = try Scratch()
        let paths = [try scratch.file("1", "a,b\n1,2\n"), try scratch.file("2", "b,a\n1,2\n")]
        let error = #expect(throws: DelimitedError.self) { try readAll(paths) }
        #expect(error?.category == .header)
        // One without any row has no columns to differ.
        #expect(try readAll([paths[0], scratch.file("3", ""), paths[0]]).cells.count == 2)
    }

    @Test func emptyFilesAmongOthersHaveTheirColumns() throws {
        let scratch = try Scratch()
        let paths = [try scratch.file("1", ""), try scratch.file("2", "a,b\n1,2\n"), try scratch.file("3", "\n"), try scratch.file("4", "a,b\n3,4\n")]
        let whole = try readAll(paths, ReaderOptions(columns: ["b"]))
        #expect(whole.header == ["a", "b"])
        #expect(whole.cells == [["1", "2"], ["3", "4"]])
        // Also when the reading goes on in an empty one.
        for file in 0..<4 {
            let rest = try readAll(paths, from: ReaderPosition(file: file, ordinal: 1, finished: (0..<file).map { _ in .init(bytes: 0, hash: 0) }))
            #expect(rest.header == ["a", "b"])
            #expect(rest.rows == Array(whole.rows.suffix(file < 2 ? 2 : 1)))
        }
        #expect(try readAll([paths[0], paths[2]], ReaderOptions(columns: ["b"])).header == ["b"])
    }

    @Test(arguments: ["plain", "gzip", "zstd", "utf16", "windows-1252"])
    func goingOnAtAnyBatchGivesTheRest(form: String) throws {
        let scratch = try Scratch()
        let text = "id,value,note\n" + (0..<1500).map { "\($0),\($0 * 7 % 1000)\($0 % 50 == 0 ? "" : ",lorem \"\"ipsum")\n" }.joined()
        var options = ReaderOptions()
        options.raggedRows = .pad
        var bytes = Array(text.utf8)
        switch form {
        case "gzip": bytes = try Self.packed(bytes, .gzip, frames: 3)
        case "zstd": bytes = try Self.packed(bytes, .zstd, frames: 3)
        case "utf16":
            bytes = Self.utf16(text.replacing("lorem", with: "l😀rém"), bigEndian: false)
            options.encoding = .utf16
        case "windows-1252": (bytes, options.encoding) = (text.replacing("lorem", with: "lor\u{E9}m").unicodeScalars.map { UInt8($0.value) }, .windows1252)
        default: break
        }
        let paths = [try scratch.file("1", bytes), try scratch.file("2", bytes)]
        let whole = try readAll(paths, options)
        let reader = try DelimitedReader(inputs: paths, options: options, batchBytes: 2000)
        let batch = RowBatch(sourceColumns: reader.header.count, bytes: 2000)
        var positions: [ReaderPosition] = [reader.position]
        while try reader.read(into: batch) { positions.append(reader.position) }
        #expect(positions.count > 10)
        #expect(reader.lineage.count == 2 && reader.lineage[0].fingerprint == reader.lineage[1].fingerprint)
        for position in positions.enumerated().filter({ $0.offset % 5 == 0 }).map(\.element) + positions.suffix(1) {
            let rest = try readAll(paths, options, from: position)
            #expect(rest.rows == Array(whole.rows[Int(position.ordinal - 1)...]))
            #expect(rest.header == whole.header)
            let again = try DelimitedReader(inputs: paths, options: options, resumingAt: position)
            while try again.read(into: batch) {}
            // The hash of a file is that of all its bytes, wherever the reading went on.
            #expect(again.lineage.map(\.fingerprint) == reader.lineage.map(\.fingerprint))
        }
    }

    @Test func rowsStopWhereTheyAreTold() throws {
        let scratch = try Scratch()
        let reader = try DelimitedReader(inputs: [scratch.file("in", "n\n" + (1...100).map { "\($0)\n" }.joined())])
        let batch = RowBatch(sourceColumns: 1)
        var counts: [Int] = []
        while try reader.read(into: batch, rows: 33) { counts.append(batch.rowCount) }
        #expect(counts == [33, 33, 33, 1])
    }

    @Test func aChangedInputIsNoticedWhenGoingOn() throws {
        let scratch = try Scratch()
        let text = "n\n" + (1...5000).map { "\($0)\n" }.joined()
        let path = try scratch.file("in", text)
        let reader = try DelimitedReader(inputs: [path], batchBytes: 4096)
        let batch = RowBatch(sourceColumns: 1, bytes: 4096)
        for _ in 0..<3 { _ = try reader.read(into: batch) }
        let position = reader.position
        for changed in ["m" + String(text.dropFirst()), String(text.prefix(3000)), String(text.prefix(100)), ""] {
            _ = try scratch.file("in", changed)
            let error = #expect(throws: DelimitedError.self) { try readAll([path], from: position) }
            #expect(error.map { [.changed, .header].contains($0.category) } == true)
        }
        // What grew behind the checkpoint is read.
        _ = try scratch.file("in", text + "5001\n")
        #expect(try readAll([path], from: position).rows.last?.cells == ["5001"])
    }

    @Test func refusalsSayWhatToDo() throws {
        let scratch = try Scratch()
        for (path, category) in [(scratch.path + "/none.csv", DelimitedError.Category.notFound), (scratch.path, .denied)] {
            let error = #expect(throws: DelimitedError.self) { try DelimitedReader(inputs: [path]) }
            #expect(error?.category == category && error?.path == path)
        }
        var options = ReaderOptions(dialect: Dialect(delimiter: 0x0A))
        #expect(throws: DelimitedError.self) { try readText("a", options) }
        options = ReaderOptions()
        options.columnLimit = 3
        #expect(throws: DelimitedError.self) { try readText("a,b,c,d\n", options) }
        #expect(throws: DelimitedError.self) { try DelimitedReader(inputs: []) }
    }
}
