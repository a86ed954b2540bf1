import Compression
import Dataflow
import Delimited
import FileConnectors
import Kernel
import PipelineJobs
import PostgresLoad
import Resources
import RowSteps
import Rows
import TimeZoneDatabase

/// Makes of a worker's job what the engine runs: paths filled in and checked, source, steps, outputs, dead letters.
struct JobCompiler {
    let job: WorkerJob
    let spec: DataPipelineSpec
    let parameters: ParameterValues
    let rules: PathRules
    private let scope: PathScope
    private let timeZones = MachineTimeZones()

    init(_ job: WorkerJob) throws(PipelineProblem) {
        self.job = job
        do throws(InvalidResource) {
            spec = try DataPipelineSpec(job.spec)
            parameters = try ParameterValues(spec.parameters, given: job.parameters)
        } catch {
            throw PipelineProblem(.fatal, .configuration, what: "the pipeline's document can't be followed", why: "\(error)", fix: "Mend these fields")
        }
        let wrong = DocumentPaths.errors(spec, timeZones: timeZones)
        guard wrong.isEmpty else {
            throw PipelineProblem(
                .fatal, .configuration, what: "the pipeline's document can't be followed", why: wrong.map(\.description).joined(separator: "\n"),
                fix: "Mend what stands in ${ }, or declare the parameter")
        }
        scope = PathScope(spec.parameters, knowsRun: true, timeZones: timeZones)
        rules = PathRules(base: job.baseDirectory, prefixes: job.allowedPrefixes)
    }

    func filled(_ text: String, at path: String) throws(PipelineProblem) -> String {
        // Whole seconds: a path is for people.
        let run = PathScope.Run(id: job.runID, name: job.runName.isEmpty ? job.runID : job.runName, started: Timestamp(seconds: job.startMicroseconds / 1_000_000))
        let filled: String
        do throws(FieldError) { filled = try PathTemplate(text, scope, at: path).fill(PathScope.Values(parameters, pipeline: job.pipeline, run: run)) } catch {
            throw PipelineProblem(.fatal, .configuration, what: "\(error.path) can't be filled in", why: error.message, fix: "Mend the path, or give other parameters")
        }
        guard !filled.isEmpty, !filled.utf8.contains(0) else {
            throw PipelineProblem(
                .fatal, .configuration, what: "\(path) can't be filled in", why: "\(text) gives \(filled.isEmpty ? "an empty text" : "a text with a zero byte"), which is no path",
                fix: "Mend the path, or give other parameters")
        }
        return filled
    }

    // MARK: Source

    func inputs() throws(PipelineProblem) -> [String] {
        if !job.inputFiles.isEmpty {
            var paths: [String] = []
            for path in job.inputFiles { paths += try rules.inputs(path, standardInput: StandardStreams.input) }
            return paths
        }
        if let given = job.inputOverride { return try rules.inputs(given, standardInput: StandardStreams.input) }
        return try rules.inputs(try filled(spec.source.path, at: "spec.source.delimited.path"), standardInput: StandardStreams.input)
    }

    /// - Parameter columns: declared ones that the reader must know of: with a header all must be there.
    func readerOptions(_ source: DelimitedSource) -> ReaderOptions {
        var options = ReaderOptions(dialect: Self.dialect(source))
        options.columns = source.columns.map(\.name)
        options.encoding = TextEncoding(rawValue: source.encoding.rawValue) ?? .utf8
        options.compression = InputCompression(rawValue: source.compression.rawValue) ?? .automatic
        options.nullMarkers = source.nullMarkers
        options.raggedRows = source.raggedRows == .pad ? .pad : .fault
        options.rowLimit = Int(clamping: source.rowLimit.count)
        options.takesEmptyFiles = source.emptyFiles == .accept
        options.hashesSHA256 = spec.hashesSHA256
        return options
    }

    static func dialect(_ source: DelimitedSource) -> Dialect {
        Dialect(
            delimiter: source.delimiter.utf8.first ?? 0x2C, quote: source.quote.utf8.first, escape: source.escape?.utf8.first, escapeSequences: sequences(source.escapeSequences),
            comment: source.comment?.utf8.first, header: source.header, skipLines: source.skipLines, trim: Dialect.Trim(rawValue: source.trim.rawValue) ?? .none,
            lenientQuotes: source.lenientQuotes)
    }

    private static func sequences(_ given: DelimitedSource.EscapeSequences) -> EscapeSequences {
        switch given {
        case .literal: .literal
        case .cStyle: .cStyle
        }
    }

    func source() throws(PipelineProblem) -> any RowSource {
        if let replay = job.replay { return try DeadLetterReplay.source(replay, job: job, options: readerOptions(spec.source)) }
        return try DelimitedRowSource(paths: try FixedInputs(job.workDirectory).paths { () throws(PipelineProblem) in try inputs() }, options: readerOptions(spec.source), rowLimit: job.rowLimit)
    }

    // MARK: Steps

    func pipelineJob(factories: [String: any RowStepFactory]) throws(PipelineProblem) -> PipelineJob {
        var tables: [String: LookupTable] = [:]
        var steps: [PipelineJob.Step] = []
        for (index, step) in spec.steps.enumerated() {
            if case .lookup(let lookup) = step.operation { tables[step.name] = try table(lookup, step: index) }
            steps.append(.init(name: step.name, Self.description(step)))
        }
        var fallbacks: [String: String] = [:]
        for output in spec.outputs { if let fallback = output.fallback { fallbacks[output.name] = fallback } }
        let policy = ErrorPolicy(rawValue: spec.errors.policy.rawValue) ?? .fail
        let budget = spec.errors.budget
        // Of dead letters a share says nothing: they are the rows that were bad.
        let isReplay = job.replay != nil
        var bounds = ErrorBudget(rows: budget.rows, hundredthsOfPercent: isReplay ? nil : budget.percent.map { Int64($0) * 100 }, window: Int64(budget.window))
        bounds.endsWhenNothingPasses = isReplay ? budget.percent != 100 : budget.rows == nil && budget.percent == nil
        var result = PipelineJob(
            runID: job.runID, startMicroseconds: job.startMicroseconds,
            columns: spec.source.columns.map {
                ColumnRule(
                    name: $0.name, type: Self.type($0.type), format: $0.format, required: $0.required, unique: $0.unique, constraint: $0.constraint,
                    onError: $0.onError.map(Self.policy))
            },
            steps: steps, factories: factories, tables: tables, policy: policy,
            budget: bounds, fallbacks: fallbacks,
            workDirectory: job.workDirectory)
        result.parameters = parameters.values.map { StepParameter($0.name, Self.type($0.type), $0.text) }
        result.seedID = job.seedID
        result.keepsCheckpointOfFailure = job.keepsCheckpointOfFailure
        result.timeZones = timeZones
        result.limits.threads = job.threads
        // Enough for one and a half million unique keys; what steps keep beyond it goes to the disk.
        result.limits.stepMemory = 64 << 20
        if job.checkpointsEveryBatch {
            result.checkpointInterval = .everyBatch
            result.limits.batchRows = 64
            result.limits.batchBytes = 4096
            // Little enough that steps which spill do.
            result.limits.stepMemory = 16 << 10
        }
        return result
    }

    static func type(_ type: Resources.ColumnType) -> Rows.ColumnType { Rows.ColumnType(rawValue: type.rawValue) ?? .string }

    static func policy(_ policy: CellPolicy) -> ErrorPolicy {
        switch policy {
        case .deadLetter: .deadLetter
        case .skip: .skip
        case .fail: .fail
        case .null: .null
        }
    }

    private static func missing(_ missing: LookupStep.Missing) -> LookupDescription.Missing {
        switch missing {
        case .null: .null
        case .deadLetter: .deadLetter
        case .fail: .fail
        }
    }

    static func scriptKind(_ step: String) -> String { "javascript:\(step)" }

    private static func description(_ step: PipelineStep) -> StepDescription {
        switch step.operation {
        case .javascript: .external(kind: scriptKind(step.name))
        case .filter(let expression): .filter(expression: expression)
        case .derive(let column, let expression, let type): .derive(column: column, expression: expression, type: type.map(Self.type))
        case .select(let columns): .select(columns: columns)
        case .rename(let columns): .rename(columns.map { ColumnRename(from: $0.old, to: $0.new) })
        case .cast(let columns):
            .cast(columns.map { ColumnRule(name: $0.name, type: Self.type($0.type), format: $0.format, onError: $0.onError.map(Self.policy)) })
        case .lookup(let lookup):
            .lookup(
                LookupDescription(
                    table: step.name, on: lookup.keys.map { .init(column: $0.row, tableColumn: $0.table) }, columns: lookup.columns,
                    missing: missing(lookup.missing)))
        case .split(let column, let delimiter, let into): .split(SplitDescription(column: column, delimiter: delimiter, into: into))
        case .deduplicate(let keys, let keep): .deduplicate(keys: keys, keep: Occurrence(rawValue: keep.rawValue) ?? .first)
        case .sort(let keys): .sort(keys.map { RowSteps.SortKey(column: $0.column, order: $0.order == .ascending ? .ascending : .descending) })
        case .aggregate(let groupBy, let columns):
            .aggregate(
                groupBy: groupBy, columns: columns.map { Aggregation(name: $0.name, function: Aggregation.Function(rawValue: $0.function.rawValue) ?? .count, of: $0.of) })
        }
    }

    /// The most bytes of text a lookup's table may hold.
    private static let tableLimit = 256 << 20

    private func table(_ lookup: LookupStep, step: Int) throws(PipelineProblem) -> LookupTable {
        let path = "spec.steps[\(step)].lookup.source.delimited.path"
        let source: DelimitedRowSource
        do throws(PipelineProblem) {
            source = try DelimitedRowSource(paths: try rules.inputs(try filled(lookup.source.path, at: path), standardInput: StandardStreams.input), options: readerOptions(lookup.source))
            try source.open(at: nil)
        } catch {
            var problem = error
            problem.what = "the table of lookup \(spec.steps[step].name) can't be used: \(error.what)"
            throw problem.at(step: spec.steps[step].name)
        }
        defer { source.close() }
        let names = source.columns.map(\.name)
        let batch = RowBatch(sourceColumns: names.count)
        var rows: [[String?]] = []
        var bytes = 0
        while try source.read(into: batch) {
            if let fault = batch.faults.first {
                throw PipelineProblem(
                    .fatal, .input, what: "the table of a lookup can't be read", at: .init(file: source.fileNames.first, row: batch.rowNumber(fault.row)), why: fault.reason.description,
                    fix: "Mend that row of the table")
            }
            for row in 0..<batch.rowCount {
                rows.append(names.indices.map { batch.string(column: $0, row: row) })
                bytes += Int(batch.rowEnds[row]) - Int(batch.rowStarts[row]) + 64
            }
            guard bytes <= Self.tableLimit else {
                throw PipelineProblem(
                    .fatal, .resource, what: "the table of a lookup is too large", at: .init(file: source.fileNames.first), why: "it has more than \(Self.tableLimit >> 20) MiB",
                    fix: "Leave columns and rows out that the lookup doesn't need")
            }
        }
        return LookupTable(columns: names, rows: rows)
    }

    // MARK: Outputs

    /// Numbers that steps compute are written with a comma where the document writes every decimal format with one: a column of `0,00` and
    /// its mean are read by the same people.
    var hasDecimalComma: Bool {
        var declared = spec.source.columns.map { ($0.type, $0.format) }
        for step in spec.steps {
            switch step.operation {
            case .cast(let columns): declared += columns.map { ($0.type, $0.format) }
            case .javascript(let script): declared += script.output.map { ($0.type, $0.format) }
            default: break
            }
        }
        var commas: [Bool] = []
        for case (let type, let format?) in declared where type == .decimal || type == .float {
            // `0` says nothing of a point.
            guard format.utf8.contains(0x2C) || format.utf8.contains(0x2E) else { continue }
            do throws(ValueFormat.Unusable) { commas.append(try ValueFormat(Self.type(type), format).hasDecimalComma) } catch { return false }
        }
        return !commas.isEmpty && !commas.contains(false)
    }

    func outputs(inputOffset: @escaping () -> Int64) throws(PipelineProblem) -> [any RowOutput] {
        var result: [any RowOutput] = []
        for (index, output) in spec.outputs.enumerated() {
            let at = "spec.outputs[\(index)].\(output.sinkName).path"
            switch output.sink {
            case .delimited(let file):
                let path = try rules.output(try path(of: file.path, index, at))
                let dialect = Dialect(
                    delimiter: file.delimiter.utf8.first ?? 0x2C, quote: file.quote.utf8.first, escape: file.escape?.utf8.first, escapeSequences: Self.sequences(file.escapeSequences),
                    header: file.header)
                var style = WritingStyle()
                style.endsLinesWithCRLF = file.lineEnd == .crlf
                style.quotesAll = file.quoting == .all
                style.nullMarker = file.nullMarker
                style.encoding = TextEncoding(rawValue: file.encoding.rawValue) ?? .utf8
                style.byteOrderMark = file.byteOrderMark
                result.append(try FileRowOutput(name: output.name, path: path, form: .delimited(dialect, style), compression: Self.compression(file.compression, path), runID: job.runID, sha256: spec.hashesSHA256, hasDecimalComma: hasDecimalComma))
            case .jsonLines(let file):
                let path = try rules.output(try path(of: file.path, index, at))
                result.append(try FileRowOutput(name: output.name, path: path, form: .jsonLines, compression: Self.compression(file.compression, path), runID: job.runID, sha256: spec.hashesSHA256))
            case .postgresql(let table):
                guard let url = job.connections[table.connectionSecret] else {
                    throw PipelineProblem(
                        .fatal, .configuration, what: "output \(output.name) has no connection", why: "Secret \(table.connectionSecret) with key url isn't known here",
                        fix: "Apply the Secret; for 'millwright pipeline run' put it into the file of -f, or set the variable MILLWRIGHT_CONNECTION_\(Self.variable(table.connectionSecret)) to the URL")
                }
                let mode: TableLoad.Mode = switch table.mode {
                case .append: .append
                case .replace: .replace
                case .upsert: .upsert(keys: table.keys)
                }
                result.append(
                    TableRowOutput(
                        name: output.name, url: url, target: .init(schema: table.schema, table: table.table, mode: mode), runID: job.runID,
                        settled: job.settledLoads, inputOffset: inputOffset))
            }
        }
        return result
    }

    /// Refuses a run that would write one file twice, or over what it reads.
    ///
    /// - Parameter inputs: the files of the source.
    func checkPathsApart(inputs: [String]) throws(PipelineProblem) {
        var known: [String: String] = [:]
        for input in inputs { known[PathRules.real(input)] = "is read by source.delimited" }
        for (index, step) in spec.steps.enumerated() {
            guard case .lookup(let lookup) = step.operation else { continue }
            let path = try filled(lookup.source.path, at: "spec.steps[\(index)].lookup.source.delimited.path")
            known[PathRules.real(rules.absolute(path))] = "is read by step \(step.name)"
        }
        var written: [(field: String, words: String, path: String)] = []
        for (index, output) in spec.outputs.enumerated() {
            guard let text = output.path else { continue }
            let field = "spec.outputs[\(index)].\(output.sinkName).path"
            written.append((field, "is written by output \(output.name)", try path(of: text, index, field)))
        }
        if let text = spec.errors.deadLetterPath {
            written.append(("spec.errors.deadLetter.path", "is written by the dead letters", suffixed(try filled(text, at: "spec.errors.deadLetter.path"))))
        }
        for (field, words, path) in written where path != "-" {
            let whole = try rules.place(path)
            let real = PathRules.real(whole)
            if let other = known[real] {
                throw PipelineProblem(
                    .fatal, .configuration, what: "\(field) is a file that is used already", at: .init(file: whole), why: "the same file \(other)",
                    fix: other.hasPrefix("is read") ? "Write to another file or directory: one that the source's path doesn't match" : "Give each output a file of its own")
            }
            known[real] = words
        }
    }

    private func path(of text: String, _ index: Int, _ at: String) throws(PipelineProblem) -> String {
        if index == 0, let given = job.outputOverride { return given }
        return suffixed(try filled(text, at: at))
    }

    /// `out/orders.csv.gz` becomes `out/orders.SUFFIX.csv.gz`.
    private func suffixed(_ path: String) -> String {
        guard let suffix = job.outputSuffix else { return path }
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[slash...].dropFirst().firstIndex(of: ".") else { return "\(path).\(suffix)" }
        return "\(path[..<dot]).\(suffix)\(path[dot...])"
    }

    /// The variable's part that stands for a Secret's name.
    public static func variable(_ secret: String) -> String {
        String(secret.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func compression(_ wanted: OutputCompression, _ path: String) -> CompressionFormat? {
        switch wanted {
        case .none: nil
        case .gzip: .gzip
        case .zstd: .zstd
        case .auto: path.hasSuffix(".gz") ? .gzip : path.hasSuffix(".zst") ? .zstd : nil
        }
    }

    func deadLetters() throws(PipelineProblem) -> (any DeadLetterSink)? {
        guard let path = spec.errors.deadLetterPath else { return nil }
        return try DeadLetterFile(path: try rules.output(suffixed(try filled(path, at: "spec.errors.deadLetter.path"))), runID: job.runID, sha256: spec.hashesSHA256)
    }
}
