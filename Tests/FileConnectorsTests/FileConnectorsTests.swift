import Compression
import Delimited
import Glibc
@testable import RowSteps
import Rows
import TestSupport
import Testing

@testable import FileConnectors

/// Files as the engine's source, outputs and dead letters: what it is told, and positions that survive a process.
@Suite struct FileConnectorsTests {
    static func contents(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0, "\(path) is not there")
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    /// Reads on from a position and writes on from one; a state after each batch. Stops after so many batches.
    static func run(
        _ paths: [String], _ outputs: [FileRowOutput], from states: (source: [UInt8], outputs: [[UInt8]])? = nil, batches: Int = .max
    ) throws -> [(source: [UInt8], outputs: [[UInt8]])] {
        let source = try DelimitedRowSource(paths: paths, options: ReaderOptions(), batchBytes: 4096)
        try source.open(at: states?.source)
        for (index, output) in outputs.enumerated() { try output.open(columns: source.columns, at: states?.outputs[index]) }
        let batch = RowBatch(sourceColumns: source.columns.count, bytes: 4096)
        var found: [(source: [UInt8], outputs: [[UInt8]])] = []
        while found.count < batches, try source.read(into: batch) {
            for output in outputs { try output.write(batch) }
            found.append((try source.position(), try outputs.map { try $0.flushForCheckpoint() }))
        }
        return found
    }

    static func outputs(_ directory: String) throws -> [FileRowOutput] {
        [
            try FileRowOutput(name: "csv", path: directory + "/o.csv", form: .delimited(.tsv), runID: "r-1"),
            try FileRowOutput(name: "json", path: directory + "/o.jsonl.zst", form: .jsonLines, compression: .zstd, runID: "r-1"),
            try FileRowOutput(name: "gzip", path: directory + "/o.csv.gz", form: .delimited(.csv), compression: .gzip, runID: "r-1"),
            try FileRowOutput(name: "wide", path: directory + "/wide.csv", form: .delimited(.csv, style(.utf16BigEndian)), runID: "r-1"),
            try FileRowOutput(name: "narrow", path: directory + "/narrow.csv.zst", form: .delimited(.csv, style(.windows1252)), compression: .zstd, runID: "r-1"),
        ]
    }

    static func style(_ encoding: TextEncoding) -> WritingStyle {
        var style = WritingStyle()
        style.encoding = encoding
        style.byteOrderMark = encoding.isWide
        return style
    }

    @Test func aRunContinuedFromAnyCheckpointWritesTheSameFiles() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        for file in 1...2 {
            try Self.write("id,text\n" + (0..<1200).map { "\($0),\"line \(file)-\($0), \"\"ü€\"\"\"\n" }.joined(), to: directory.path + "/in-\(file).csv")
        }
        let paths = [directory.path + "/in-*.csv"]
        let whole = try Self.outputs(directory.path)
        let states = try Self.run(paths, whole)
        #expect(states.count > 10)
        let summaries = try whole.map { try $0.commit() }
        #expect(summaries.map(\.rows) == [2400, 2400, 2400, 2400, 2400])
        let expected = try summaries.map { try Self.bytes($0.path) }
        #expect(String(decoding: expected[0], as: UTF8.self).hasPrefix("id\ttext\n0\t\"line 1-0, \"\"ü€\"\"\"\n"))
        #expect(expected[3].prefix(6) == [0xFE, 0xFF, 0, 0x69, 0, 0x64])
        for stop in stride(from: 1, to: states.count, by: 4) {
            for path in summaries.map(\.path) { unlink(path) }
            let first = try Self.outputs(directory.path)
            let state = try #require(try Self.run(paths, first, batches: stop).last)
            // More was written behind the checkpoint when the process died.
            first.forEach { $0.suspend() }
            let second = try Self.outputs(directory.path)
            let rest = try Self.run(paths, second, from: state)
            let last = try #require(rest.last)
            #expect(try second.map { try $0.commit() } == summaries)
            #expect(try summaries.map { try Self.bytes($0.path) } == expected, "stopped after \(stop) batches")
            // The process died between committing and saying so.
            let third = try Self.outputs(directory.path)
            #expect(try zip(third, last.outputs).map { try $0.recoverCommit(at: $1) } == summaries)
        }
    }

    @Test func damagedPositionsAreProblemsNotTraps() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try Self.write("a\n1\n", to: directory.path + "/in.csv")
        let outputs = [try FileRowOutput(name: "o", path: directory.path + "/o.csv", form: .delimited(.csv), runID: "r")]
        let state = try #require(try Self.run([directory.path + "/in.csv"], outputs).last)
        for length in 0..<state.source.count {
            let source = try DelimitedRowSource(paths: [directory.path + "/in.csv"], options: ReaderOptions())
            #expect(throws: PipelineProblem.self) { try source.open(at: Array(state.source.prefix(length))) }
        }
        for length in 0..<state.outputs[0].count {
            #expect(throws: PipelineProblem.self) { try outputs[0].open(columns: [], at: Array(state.outputs[0].prefix(length))) }
        }
        // The same position, other files.
        try Self.write("a\n1\n", to: directory.path + "/in2.csv")
        let other = try DelimitedRowSource(paths: [directory.path + "/in*.csv"], options: ReaderOptions())
        let problem = #expect(throws: PipelineProblem.self) { try other.open(at: state.source) }
        #expect(problem?.category == .checkpoint)
    }

    @Test func theSourceSaysWhatItRead() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try Self.write("a,b\n1,2\n3,4\n", to: directory.path + "/in.csv")
        let source = try DelimitedRowSource(paths: [directory.path + "/in.csv"], options: ReaderOptions(), rowLimit: 1)
        try source.open(at: nil)
        #expect(source.columns == [StepColumn("a"), StepColumn("b")])
        #expect(source.bytesTotal == 12)
        let batch = RowBatch(sourceColumns: 2)
        #expect(try source.read(into: batch) && batch.rowCount == 1)
        #expect(try !source.read(into: batch) && batch.rowCount == 0)
        #expect(source.inputs().map(\.bytes) == [12])
        let all = try DelimitedRowSource(paths: [directory.path + "/in.csv"], options: ReaderOptions())
        try all.open(at: nil)
        while try all.read(into: batch) {}
        #expect(all.bytesRead == 12)
        #expect(all.inputs().first?.hash?.hasPrefix("xxh3:") == true)
    }

    @Test func problemsSayWhereAndWhatToDo() throws {
        let missing = #expect(throws: PipelineProblem.self) { try DelimitedRowSource(paths: ["/nowhere/*.csv"], options: ReaderOptions()) }
        #expect(missing?.category == .input && missing?.place.file == "/nowhere/*.csv" && missing?.fix.isEmpty == false)
        let output = try FileRowOutput(name: "o", path: "/nowhere/o.csv", form: .delimited(.csv), runID: "r")
        let refused = #expect(throws: PipelineProblem.self) { try output.open(columns: [StepColumn("a")], at: nil) }
        #expect(refused?.category == .output && refused?.isTransient == true)
        let format = #expect(throws: PipelineProblem.self) { try output.open(columns: [StepColumn("a", .date, format: "yyyy-QQ")], at: nil) }
        #expect(format?.category == .configuration && format?.place.column == "a")
    }

    @Test func deadLettersKeepTheRowAsItStood() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path + "/rejected.csv"
        let problem = PipelineProblem(.error, .data, what: "column qty is not an integer", at: .init(column: "qty"), why: "found \"x, y\"", fix: "Mend it")
        func rejection(_ row: Int64) -> RowRejection {
            RowRejection(file: 0, row: row, ordinal: row, byte: row * 10, rule: "Type", isKept: true, problem: problem, original: Array("\(row),\"x, y\"".utf8))
        }
        let first = try DeadLetterFile(path: path, runID: "r")
        try first.open(at: nil)
        try first.write(rejection(1), file: "in.csv")
        let position = try first.flushForCheckpoint()
        try first.write(rejection(9), file: "in.csv")
        first.suspend()
        let second = try DeadLetterFile(path: path, runID: "r")
        try second.open(at: position)
        try second.write(rejection(2), file: "in.csv")
        let last = try second.flushForCheckpoint()
        let summary = try second.commit()
        #expect(summary?.rows == 2)
        let reader = try DelimitedReader(inputs: [path])
        #expect(reader.header == DeadLetterFile.columns)
        let batch = RowBatch(sourceColumns: reader.header.count)
        #expect(try reader.read(into: batch))
        #expect((0..<batch.rowCount).map { batch.string(column: 9, row: $0) } == ["1,\"x, y\"", "2,\"x, y\""])
        #expect((0..<10).map { batch.string(column: $0, row: 1) }.prefix(6) == ["in.csv", "2", "2", "20", "qty", "Type"])
        #expect(try DeadLetterFile(path: path, runID: "r").recoverCommit(at: last) == summary)

        let none = try DeadLetterFile(path: directory.path + "/none.csv", runID: "r")
        try none.open(at: nil)
        #expect(try none.commit() == nil)
        #expect(access(directory.path + "/none.csv", F_OK) != 0)
    }

    /// What sha256sum prints.
    static func sha256(_ path: String) throws -> String {
        let sums = path + ".sum"
        try #require(system("sha256sum '\(path)' > '\(sums)'") == 0)
        return "sha256:" + String(try contents(sums).prefix(64))
    }

    @Test func sha256OfInputsAndOutputsWhereItIsAskedFor() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        for file in 1...2 { try Self.write("id,text\n" + (0..<1500).map { "\($0),line \(file)-\($0)\n" }.joined(), to: directory.path + "/in-\(file).csv") }
        var options = ReaderOptions()
        options.hashesSHA256 = true
        func source() throws -> DelimitedRowSource { try DelimitedRowSource(paths: [directory.path + "/in-*.csv"], options: options, batchBytes: 4096) }
        func output() throws -> FileRowOutput { try FileRowOutput(name: "o", path: directory.path + "/o.csv.gz", form: .delimited(.csv), compression: .gzip, runID: "r", sha256: true) }
        let expected = [try Self.sha256(directory.path + "/in-1.csv"), try Self.sha256(directory.path + "/in-2.csv")]
        // Stopped in the first file, in the second, and after the last row: the sums are of the whole files all the same.
        for stop in [2, 8, Int.max] {
            var state: (source: [UInt8], output: [UInt8])?
            let first = try source(), out = try output()
            try first.open(at: nil)
            try out.open(columns: first.columns, at: nil)
            let batch = RowBatch(sourceColumns: 2, bytes: 4096)
            var batches = 0
            while batches < stop, try first.read(into: batch) {
                try out.write(batch)
                state = (try first.position(), try out.flushForCheckpoint())
                batches += 1
            }
            out.suspend()
            let second = try source(), continued = try output()
            try second.open(at: state?.source)
            try continued.open(columns: second.columns, at: state?.output)
            while try second.read(into: batch) { try continued.write(batch) }
            let position = try continued.flushForCheckpoint()
            let summary = try continued.commit()
            #expect(second.inputs().map(\.sha256) == expected)
            #expect(summary.sha256 == (try Self.sha256(summary.path)))
            // Renamed by a process that then died.
            #expect(try output().recoverCommit(at: position).sha256 == summary.sha256)
            unlink(summary.path)
        }
        let plain = try DelimitedRowSource(paths: [directory.path + "/in-1.csv"], options: ReaderOptions())
        try plain.open(at: nil)
        let batch = RowBatch(sourceColumns: 2)
        while try plain.read(into: batch) {}
        #expect(plain.inputs().map(\.sha256) == [nil])
    }
}
