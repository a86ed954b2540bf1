import Dataflow
import Delimited
import Kernel
import Platform
import RowSteps
import Rows

/// The rows of a file of dead letters, written out once so that a reader can go on from any of them: the rows as they stood, and an index of where
/// each stood in its input.
///
/// A row that has no end by itself, as its quote never closes, ends a file of the copy: what comes behind it must not become part of it.
struct DeadLetterCopy {
    /// Which of the copy's files, in order.
    var paths: [String]
    /// The inputs that the rows came from.
    var fileNames: [String]
    /// The dead letters themselves, for lineage.
    var inputs: [InputSummary]

    static let indexName = "replay.index"
    private static let summaryName = "replay.json"

    /// What an earlier process of the run wrote, else what is written now.
    static func make(_ replay: DeadLetterRows, options: ReaderOptions, directory: String) throws(PipelineProblem) -> DeadLetterCopy {
        let summary = "\(directory)/\(summaryName)"
        do throws(SystemError) { if Files.exists(summary), let known = parse(try Files.read(summary), directory) { return known } } catch { throw refused(summary, error) }
        let copy = try write(replay, options: options, directory: directory)
        do throws(SystemError) { try Files.write(copy.json.bytes, to: summary, mode: 0o600) } catch { throw refused(summary, error) }
        return copy
    }

    private static func path(_ directory: String, _ number: Int) -> String { "\(directory)/replay.\(number).txt" }

    // MARK: Writing

    private static func write(_ replay: DeadLetterRows, options: ReaderOptions, directory: String) throws(PipelineProblem) -> DeadLetterCopy {
        var plain = ReaderOptions(nullMarkers: [], rowLimit: CellRef.maximumLength / 2)
        plain.hashesSHA256 = options.hashesSHA256
        let letters = try DelimitedRowSource(paths: [replay.path], options: plain)
        try letters.open(at: nil)
        defer { letters.close() }
        let columns = try Columns(letters.columns.map(\.name), path: replay.path)
        let batch = RowBatch(sourceColumns: letters.columns.count)
        var copy = DeadLetterCopy(paths: [], fileNames: [], inputs: [])
        var numbers: [String: Int] = [:]
        // A row that became several may have been rejected more than once; it is taken once.
        var taken: Set<RowPlace> = []
        let scratch = TextScratch()
        do throws(DelimitedError) {
            let index = try OutputFile(path: "\(directory)/\(indexName)", id: "copy")
            try index.open()
            var file: OutputFile?
            while try read(letters, batch) {
                for row in 0..<batch.rowCount {
                    let name = batch.string(column: columns.file, row: row) ?? ""
                    let number = Int64(batch.string(column: columns.row, row: row) ?? "") ?? 0
                    let known = numbers[name] ?? copy.fileNames.count
                    if known == copy.fileNames.count {
                        numbers[name] = known
                        copy.fileNames.append(name)
                    }
                    guard taken.insert(RowPlace(file: known, number: number)).inserted else { continue }
                    let text = withExtendedLifetime(scratch) {
                        batch.text(batch.sourceCells(columns.original)[row], in: UnsafePointer(batch.bytes), scratch: scratch).map { Array($0) } ?? []
                    }
                    let target: OutputFile
                    if let file { target = file } else {
                        copy.paths.append(path(directory, copy.paths.count))
                        target = try OutputFile(path: path(directory, copy.paths.count - 1), id: "copy")
                        try target.open()
                        file = target
                    }
                    var entry = ReplayIndex.Entry(file: Int64(copy.paths.count - 1), start: target.bytesWritten)
                    let ordinal = columns.ordinal.flatMap { batch.string(column: $0, row: row) }.flatMap { Int64($0) }
                    entry.identity = RowIdentity(
                        file: known, number: number, ordinal: ordinal ?? number, offset: Int64(batch.string(column: columns.byte, row: row) ?? "") ?? 0)
                    // Of an overlong row only its beginning was kept: to take it for the whole row would be wrong.
                    if columns.rule.flatMap({ batch.string(column: $0, row: row) }) == RowFault.Reason.tooLong(limit: 0).rule { entry.cut = Int64(text.count) }
                    try index.append(entry.bytes)
                    let isOpen = options.dialect.leavesOpen(text)
                    try target.append(isOpen ? text : text + [0x0A])
                    if isOpen {
                        try target.commit()
                        file = nil
                    }
                }
            }
            try file?.commit()
            if copy.paths.isEmpty {
                copy.paths = [path(directory, 0)]
                let empty = try OutputFile(path: path(directory, 0), id: "copy")
                try empty.open()
                try empty.commit()
            }
            try index.commit()
        } catch { throw PipelineProblem(output: error) }
        copy.inputs = letters.inputs()
        if let hash = replay.hash, copy.inputs.first?.hash != hash {
            throw PipelineProblem(
                .fatal, .input, what: "the rows that the earlier run rejected are not there any more", at: .init(file: replay.path),
                why: "this file of dead letters is not the one that run wrote: another run, or somebody, has written it anew",
                fix: "Run the pipeline on all its rows. So that the dead letters of each run stay, put the run's name into errors.deadLetter.path: out/rejected-${ run.name }.csv")
        }
        return copy
    }

    /// The reader's own problem is thrown as it is: only what is written here is an output.
    private static func read(_ letters: DelimitedRowSource, _ batch: RowBatch) throws(DelimitedError) -> Bool { try letters.next(into: batch) }

    private struct RowPlace: Hashable {
        var file: Int
        var number: Int64
    }

    /// Where the columns of the dead letters are.
    private struct Columns {
        var file: Int, row: Int, byte: Int, original: Int
        var ordinal: Int?, rule: Int?

        init(_ names: [String], path: String) throws(PipelineProblem) {
            guard let file = names.firstIndex(of: "file"), let row = names.firstIndex(of: "row"), let byte = names.firstIndex(of: "byte"),
                let original = names.firstIndex(of: "original")
            else {
                throw PipelineProblem(
                    .fatal, .input, what: "the dead letters can't be read", at: .init(file: path), why: "it has no columns file, row, byte and original: it isn't a file of dead letters",
                    fix: "Put the file back that the earlier run wrote, or run the pipeline on all its rows")
            }
            (self.file, self.row, self.byte, self.original) = (file, row, byte, original)
            (ordinal, rule) = (names.firstIndex(of: "ordinal"), names.firstIndex(of: "rule"))
        }
    }

    // MARK: As JSON

    private var json: JSON { ["copies": JSON(paths.count), "files": JSON(fileNames), "inputs": .array(inputs.map(\.json))] }

    private static func parse(_ bytes: [UInt8], _ directory: String) -> DeadLetterCopy? {
        let json: JSON
        do throws(JSONError) { json = try JSONParser.parse(bytes) } catch { return nil }
        guard let count = json["copies"]?.int.flatMap({ Int(exactly: $0) }), count > 0, let names = json["files"]?.array else { return nil }
        return DeadLetterCopy(
            paths: (0..<count).map { path(directory, $0) }, fileNames: names.compactMap(\.string),
            inputs: (json["inputs"]?.array ?? []).map {
                InputSummary(path: $0["path"]?.string ?? "", bytes: $0["bytes"]?.int ?? 0, hash: $0["hash"]?.string, sha256: $0["sha256"]?.string)
            })
    }

    private static func refused(_ path: String, _ error: SystemError) -> PipelineProblem {
        PipelineProblem(.fatal, .resource, what: "the dead letters can't be prepared", at: .init(file: path), why: "\(error)", fix: "Free space, then run again", isTransient: true)
    }
}

extension OutputFile {
    fileprivate func append(_ bytes: [UInt8]) throws(DelimitedError) {
        // A closure that throws would lose the error's type.
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        defer { room.deallocate() }
        room.copyBytes(from: bytes)
        try append(UnsafeRawBufferPointer(rebasing: room[..<bytes.count]))
    }
}
