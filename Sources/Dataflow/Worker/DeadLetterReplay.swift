import Dataflow
import Delimited
import FileConnectors
import PipelineJobs
import Resources
import RowSteps
import Rows

/// The rows that an earlier run rejected, as the source of a run.
enum DeadLetterReplay {
    static func source(_ replay: WorkerJob.Replay, job: WorkerJob, options: ReaderOptions) throws(PipelineProblem) -> ReplaySource {
        var columns = replay.columns
        if columns.isEmpty {
            // That run didn't say: it was another release's, or ended before it read anything.
            do throws(DelimitedError) { columns = try DelimitedReader(inputs: [try firstFile(replay)], options: options).header } catch { throw PipelineProblem(input: error) }
        } else if options.dialect.header, let missing = options.columns.first(where: { !columns.contains($0) }) {
            throw PipelineProblem(
                .fatal, .configuration, what: "the rejected rows don't have the columns of the document", at: .init(file: replay.path, column: missing),
                why: "column \(missing) is declared now and was not in the input", fix: "Take it out of source.delimited.columns, or run the pipeline on an input that has it")
        }
        return try ReplaySource(
            DeadLetterRows(path: replay.path, hash: replay.hash, columns: columns, isUndecoded: replay.isUndecoded), options: options, directory: job.workDirectory)
    }

    /// The input that the first of the rows came from.
    private static func firstFile(_ replay: WorkerJob.Replay) throws(DelimitedError) -> String {
        let letters = try DelimitedReader(inputs: [replay.path], options: ReaderOptions(nullMarkers: [], rowLimit: 128 << 20))
        let batch = RowBatch(sourceColumns: letters.header.count)
        guard let file = letters.header.firstIndex(of: "file"), try letters.read(into: batch), let name = batch.string(column: file, row: 0) else {
            throw DelimitedError(.header, path: replay.path, "it has no column file, or no rows: it isn't a file of dead letters")
        }
        return name
    }
}
