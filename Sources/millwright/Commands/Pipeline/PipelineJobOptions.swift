import Glibc
import Kernel
import PipelineJobs
import Platform
import Resources

/// What the pipeline commands have in common: the job for the worker, from the documents and the options.
enum PipelineJobOptions {
    static let options: [OptionSpec] = [
        .value("set", "NAME=VALUE", repeats: true, "A value for a parameter of the pipeline."),
        .value("input", "FILE", "Reads this in place of source.delimited.path: a file, a glob in quotes, or - for standard input."),
        .value("output", "FILE", "Writes this in place of the first output's path; - for standard output."),
        .value("root", "DIR", "What relative paths of the document are below. Default: the current directory"),
        .value("threads", "N", "Threads for steps that don't depend on other rows. Default: the machine's cores, at most 8"),
        .value("pipeline-user", "USER[:GROUP]", "As root: whom the worker becomes, who reads and writes the files; names or numbers. Default: who called sudo, else the owner of --root"),
    ]

    /// Rows go to this command's standard output.
    static func writesStandardOutput(_ job: WorkerJob, _ documents: PipelineDocuments) -> Bool {
        documents.pipeline.outputs.enumerated().contains { index, output in (index == 0 ? job.outputOverride : nil) ?? output.path == "-" }
    }

    static func parameters(_ arguments: Arguments, _ documents: PipelineDocuments) throws -> ParameterValues {
        var given: [String: String] = [:]
        for text in arguments.all("set") {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { throw CommandFailure(ExitStatus.usage, "--set: '\(text)' is not NAME=VALUE") }
            given[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        do throws(InvalidResource) { return try ParameterValues(documents.pipeline.parameters, given: given) } catch {
            throw CommandFailure(ExitStatus.usage, error.errors.map(\.description).joined(separator: "; ") + "; give values with --set NAME=VALUE")
        }
    }

    static func job(_ arguments: Arguments, _ documents: PipelineDocuments, runID: String, start: Timestamp, workDirectory: String) throws -> WorkerJob {
        let root = arguments["root"] ?? "."
        guard let base = Files.resolved(root), Files.isDirectory(base) else { throw CommandFailure(ExitStatus.usage, "--root: there is no directory '\(root)'") }
        let parameters = try parameters(arguments, documents)
        var job = WorkerJob(
            runID: runID, pipeline: documents.name, startMicroseconds: start.seconds * 1_000_000 + Int64(start.nanoseconds / 1000), spec: documents.spec,
            baseDirectory: base, workDirectory: workDirectory)
        for value in parameters.values { job.parameters[value.name] = value.text }
        job.texts = documents.texts
        job.connections = documents.connections
        // Given on the command line they are relative to where the command stands.
        job.inputOverride = arguments["input"].map { ["-", "/dev/stdin", "/dev/fd/0"].contains($0) ? "-" : absolute($0) }
        job.outputOverride = arguments["output"].map { ["-", "/dev/stdout", "/dev/fd/1"].contains($0) ? "-" : absolute($0) }
        job.threads = try threads(arguments["threads"])
        let limits = WorkerJob.Limits(documents.pipeline, threads: job.threads)
        job.limits.scripts = limits.scripts
        // Without scripts nothing grows that isn't bounded by itself, and making the group costs time.
        if limits.scripts > 0 { job.limits.group = limits.group }
        return job
    }

    static func threads(_ text: String?) throws -> Int {
        guard let text else { return max(1, min(8, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))) }
        guard let count = Int(text), (1...64).contains(count) else { throw CommandFailure(ExitStatus.usage, "--threads: '\(text)' is not a number from 1 to 64") }
        return count
    }

    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }
}
