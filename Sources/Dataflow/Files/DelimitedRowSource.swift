import Dataflow
import Delimited
import Hashing
import Platform
import RowSteps
import Rows

/// Delimited files as the source of a run.
public final class DelimitedRowSource: RowSource {
    private let paths: [String]
    private let options: ReaderOptions
    private let batchBytes: Int
    private var reader: DelimitedReader?
    /// Others than the reading thread ask for it.
    private let progress = Locked<Int64>(0)
    private var rowsLeft: Int64?
    private var wasOpened = false
    /// What was known when it was closed.
    private var known: [InputSummary] = []
    private var knownNotices: [InputNotice] = []
    private var readBefore: Int64 = 0
    public private(set) var columns: [StepColumn] = []

    /// - Parameters:
    ///   - paths: files, or patterns of them: see `InputPaths`.
    ///   - rowLimit: stops after so many rows; nil: reads all.
    /// - Throws: when a pattern matches nothing.
    public init(paths: [String], options: ReaderOptions, batchBytes: Int = 256 << 10, rowLimit: Int64? = nil) throws(PipelineProblem) {
        self.options = options
        self.batchBytes = batchBytes
        rowsLeft = rowLimit
        var files: [String] = []
        do throws(DelimitedError) {
            for path in paths { files += try InputPaths.expand(path) }
        } catch { throw PipelineProblem(input: error) }
        self.paths = files
    }

    public var fileNames: [String] { paths.map(StandardStreams.shown) }
    public func fileName(_ index: Int) -> String { paths.indices.contains(index) ? StandardStreams.shown(paths[index]) : "" }
    public var bytesTotal: Int64? { reader?.bytesTotal }
    public var bytesRead: Int64 { reader?.bytesRead ?? readBefore }

    public func open(at position: [UInt8]?) throws(PipelineProblem) {
        let resumption = try position.map { bytes throws(PipelineProblem) in try Self.decode(bytes, paths: paths) }
        if paths.contains(StandardStreams.input) {
            guard !wasOpened, position == nil else {
                throw PipelineProblem(
                    .fatal, .input, what: "the input can't be read a second time", at: .init(file: StandardStreams.shown(StandardStreams.input)),
                    why: "what came from standard input is gone", fix: "Run the command again, with its input; a run that reads a file goes on by itself")
            }
            wasOpened = true
        }
        if let resumption, let limit = rowsLeft { rowsLeft = max(0, limit - (resumption.ordinal - 1)) }
        do throws(DelimitedError) {
            let reader = try DelimitedReader(inputs: paths, options: options, resumingAt: resumption, batchBytes: batchBytes)
            columns = reader.header.map { StepColumn($0) }
            self.reader = reader
            note(reader.bytesRead)
        } catch { throw PipelineProblem(input: error) }
    }

    public func read(into batch: RowBatch) throws(PipelineProblem) -> Bool {
        do throws(DelimitedError) { return try next(into: batch) } catch { throw PipelineProblem(input: error) }
    }

    func next(into batch: RowBatch) throws(DelimitedError) -> Bool {
        guard let reader else { return false }
        if rowsLeft == 0 {
            reader.clear(batch)
            return false
        }
        let hasRows = try reader.read(into: batch, rows: rowsLeft.map { Int(clamping: $0) } ?? .max)
        note(reader.bytesRead)
        if let left = rowsLeft { rowsLeft = left - Int64(batch.rowCount) }
        return hasRows
    }

    private func note(_ bytes: Int64) { progress.withLock { $0 = bytes } }

    public func position() throws(PipelineProblem) -> [UInt8] { Self.encode(reader?.position ?? ReaderPosition(), paths: paths) }

    /// The inputs read to their end with their hashes, and the others with the bytes that were read.
    public func inputs() -> [InputSummary] {
        guard let reader else { return known }
        let whole = reader.lineage
        var summaries = whole.map { InputSummary(path: StandardStreams.shown($0.path), bytes: $0.fingerprint.bytes, hash: XXH3.text($0.fingerprint.hash), sha256: $0.fingerprint.sha256Text) }
        if whole.count < paths.count, let part = reader.position.fingerprint { summaries.append(InputSummary(path: StandardStreams.shown(paths[whole.count]), bytes: part.bytes)) }
        return summaries
    }

    /// What is remarkable about the inputs opened so far and no error: columns of one name, files without text. File names as people know them.
    public var notices: [InputNotice] {
        (reader?.notices ?? knownNotices).map { notice in
            switch notice {
            case .repeatedName(let file, let column, let name, let takenAs): .repeatedName(file: StandardStreams.shown(file), column: column, name: name, takenAs: takenAs)
            case .oneColumn(let file, let name, let delimiter): .oneColumn(file: StandardStreams.shown(file), name: name, delimiter: delimiter)
            case .empty(let file): .empty(file: StandardStreams.shown(file))
            case .blank(let file): .blank(file: StandardStreams.shown(file))
            }
        }
    }

    public var warnings: [PipelineProblem] {
        let notices = notices
        let names = notices.compactMap { notice -> (file: String, text: String)? in
            if case .repeatedName(let file, _, _, _) = notice { (file, notice.description) } else { nil }
        }
        var warnings: [PipelineProblem] = []
        if let first = names.first {
            warnings.append(
                PipelineProblem(
                    .warning, .data, what: "columns of the input have the same name", at: .init(file: first.file),
                    why: names.prefix(10).map(\.text).joined(separator: "; ") + (names.count > 10 ? "; and so on for \(names.count - 10) more" : ""),
                    fix: "Use the new names in steps, expressions and scripts, or give the columns names of their own in the file"))
        }
        for case .oneColumn(let file, _, let delimiter) in notices {
            warnings.append(
                PipelineProblem(
                    .warning, .configuration, what: "the input is read as one column", at: .init(file: file), why: notices.first { if case .oneColumn = $0 { true } else { false } }?.description ?? "",
                    fix: "Set delimiter: \"\(delimiter)\" under source.delimited; where it really is one column, declare that in columns"))
        }
        for case .empty(let file) in notices { warnings.append(Self.rowless(file, "it has no text at all")) }
        for case .blank(let file) in notices { warnings.append(Self.rowless(file, "it has only blank lines and comments")) }
        return warnings
    }

    private static func rowless(_ file: String, _ why: String) -> PipelineProblem {
        PipelineProblem(.warning, .data, what: "an input has no rows", at: .init(file: file), why: why, fix: "Look at what writes it, if it should have some")
    }

    public func close() {
        (known, knownNotices, readBefore) = (inputs(), reader?.notices ?? knownNotices, bytesRead)
        reader = nil
    }

    // MARK: positions as bytes

    private static func encode(_ position: ReaderPosition, paths: [String]) -> [UInt8] {
        var writer = StateWriter()
        writer.put(2)
        writer.put(paths.count)
        for path in paths { writer.put(path) }
        writer.put(position.file)
        writer.put(position.offset)
        writer.put(position.rowNumber)
        writer.put(position.ordinal)
        writer.put(position.fingerprint != nil)
        for fingerprint in (position.fingerprint.map { [$0] } ?? []) + position.finished {
            writer.put(fingerprint.bytes)
            writer.put(Int64(bitPattern: fingerprint.hash))
            writer.put(fingerprint.sha256 ?? [])
        }
        return writer.bytes
    }

    private static func decode(_ bytes: [UInt8], paths: [String]) throws(PipelineProblem) -> ReaderPosition {
        var reader = StateReader(bytes)
        do throws(StateReader.Malformed) {
            guard try reader.int() == 2 else { throw StateReader.Malformed() }
            var names: [String] = []
            for _ in 0..<(try reader.count()) { names.append(try reader.text()) }
            var position = ReaderPosition(file: try reader.int(), offset: try reader.int64(), rowNumber: try reader.int64(), ordinal: try reader.int64())
            let isOpen = try reader.bool()
            func fingerprint() throws(StateReader.Malformed) -> ReaderPosition.Fingerprint {
                var fingerprint = ReaderPosition.Fingerprint(bytes: try reader.int64(), hash: UInt64(bitPattern: try reader.int64()))
                let sha256 = try reader.data()
                if !sha256.isEmpty { fingerprint.sha256 = sha256 }
                return fingerprint
            }
            if isOpen { position.fingerprint = try fingerprint() }
            while !reader.isAtEnd { position.finished.append(try fingerprint()) }
            guard position.file >= 0, position.offset >= 0, position.rowNumber > 0, position.ordinal > 0 else { throw StateReader.Malformed() }
            if names != paths {
                throw StateReader.Malformed()
            }
            return position
        } catch {
            throw PipelineProblem(
                .fatal, .checkpoint, what: "the checkpoint's place in the input can't be used",
                why: "it is damaged, of another version, or the files that the path means have changed since", fix: "Start the run anew")
        }
    }
}
