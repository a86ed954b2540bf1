import Dataflow
import Delimited
import FileConnectors
import Glibc
import PipelineJobs
import Platform
import Resources
import RowSteps
import Rows

/// The dead letters of an earlier run as a source: their rows as they stood, below the header of the file they came from.
enum DeadLetterReplay {
    static func source(_ path: String, job: WorkerJob, spec: DataPipelineSpec, options: ReaderOptions) throws(PipelineProblem) -> any RowSource {
        let copy = "\(job.workDirectory)/replay.txt"
        if !Files.exists(copy) { try write(copy, from: path, spec: spec, options: options) }
        var plain = options
        plain.encoding = .utf8
        plain.compression = .none
        return try DelimitedRowSource(paths: [copy], options: plain)
    }

    private static func write(_ copy: String, from path: String, spec: DataPipelineSpec, options: ReaderOptions) throws(PipelineProblem) {
        var bytes: [UInt8] = []
        do throws(DelimitedError) {
            let reader = try DelimitedReader(inputs: [path], options: ReaderOptions(nullMarkers: [], rowLimit: 128 << 20))
            guard let original = reader.header.firstIndex(of: "original"), let file = reader.header.firstIndex(of: "file") else {
                throw DelimitedError(.header, path: path, "it has no columns file and original: it isn't a file of dead letters")
            }
            let batch = RowBatch(sourceColumns: reader.header.count)
            let scratch = TextScratch()
            var needsHeader = spec.source.header
            while try reader.read(into: batch) {
                for row in 0..<batch.rowCount {
                    if needsHeader {
                        needsHeader = false
                        try header(of: batch.string(column: file, row: row) ?? "", options, into: &bytes)
                    }
                    withExtendedLifetime(scratch) {
                        if let text = batch.text(batch.sourceCells(original)[row], in: UnsafePointer(batch.bytes), scratch: scratch) { bytes.append(contentsOf: text) }
                    }
                    bytes.append(0x0A)
                }
            }
        } catch { throw PipelineProblem(input: error) }
        do throws(SystemError) { try Files.write(bytes, to: copy, mode: 0o600) } catch {
            throw PipelineProblem(.fatal, .resource, what: "the dead letters can't be prepared", at: .init(file: copy), why: "\(error)", fix: "Free space, then run again", isTransient: true)
        }
    }

    private static func header(of file: String, _ options: ReaderOptions, into bytes: inout [UInt8]) throws(DelimitedError) {
        let names = try DelimitedReader(inputs: [file], options: options).header
        let (delimiter, quote, escape) = (options.dialect.delimiter, options.dialect.quote, options.dialect.escape)
        for (index, name) in names.enumerated() {
            if index > 0 { bytes.append(delimiter) }
            let text = Array(name.utf8)
            guard let quote else {
                for byte in text { bytes += escape.map { byte == delimiter || byte == 0x0A || byte == 0x0D || byte == $0 ? [$0, byte] : [byte] } ?? [byte] }
                continue
            }
            bytes.append(quote)
            for byte in text { bytes += byte == quote || byte == escape ? [byte, byte] : [byte] }
            bytes.append(quote)
        }
        bytes.append(0x0A)
    }
}
