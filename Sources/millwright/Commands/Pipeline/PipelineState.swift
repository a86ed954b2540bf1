import Glibc
import Kernel
import PipelineJobs
import Platform
import TimeZoneDatabase

/// What a run without a server keeps beside its output until it has ended: who it is, its checkpoint, its spill files.
struct PipelineState {
    let directory: String

    /// - Parameter documents: the directory is beside the first file that the pipeline writes.
    init(_ arguments: Arguments, _ documents: PipelineDocuments) throws {
        let root = Files.resolved(arguments["root"] ?? ".") ?? "."
        var place = root
        if let output = arguments["output"] {
            place = Self.parent(of: PipelineJobOptions.absolute(output))
        } else if let path = documents.pipeline.outputs.lazy.compactMap(\.path).first, let filled = try Self.filled(path, arguments, documents) {
            place = Self.parent(of: filled.hasPrefix("/") ? filled : "\(root)/\(filled)")
        }
        directory = "\(place)/.\(documents.name).millwright"
    }

    /// nil for a path that every run has its own of: then the state is in the root, where the next start finds it.
    private static func filled(_ path: String, _ arguments: Arguments, _ documents: PipelineDocuments) throws -> String? {
        let parameters = try PipelineJobOptions.parameters(arguments, documents)
        let template: PathTemplate
        do throws(FieldError) { template = try PathTemplate(path, PathScope(documents.pipeline.parameters, knowsRun: false, timeZones: MachineTimeZones()), at: "spec.outputs") } catch { return nil }
        do throws(FieldError) { return try template.fill(PathScope.Values(parameters, pipeline: documents.name)) } catch {
            throw CommandFailure(ExitStatus.document, "\(error)")
        }
    }

    private static func parent(of path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return parts.isEmpty ? "." : parts.count == 1 ? "/" + (parts.first ?? "") : parts.joined(separator: "/")
    }

    var checkpoint: String { "\(directory)/checkpoint" }
    private var identity: String { "\(directory)/\(WorkerJob.identityName)" }

    /// The run that was interrupted here, if it can go on: the same pipeline, parameters and paths.
    func interrupted(_ fingerprint: String) -> (id: String, start: Timestamp)? {
        guard Files.exists(checkpoint), let known = read(), known["fingerprint"]?.string == fingerprint, let id = known["id"]?.string,
            let start = known["start"]?.string.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        return (id, start)
    }

    /// The job of a run that was left here and is not to go on.
    func leftBehind() -> WorkerJob? { read()?["job"].flatMap { WorkerJob($0) } }

    private func read() -> JSON? {
        guard Files.exists(identity) else { return nil }
        do { return try JSONParser.parse(try Files.read(identity)) } catch { return nil }
    }

    /// Writes who runs here; the worker syncs it before the first checkpoint. Database URLs, which may hold passwords, are left out.
    func begin(_ job: WorkerJob, fingerprint: String, start: Timestamp, as user: String?) throws {
        var plain = job
        plain.connections = [:]
        do throws(SystemError) {
            try Files.makeDirectory(directory, mode: 0o755)
            try Files.write(
                JSON.object(["id": .string(job.runID), "start": .string(start.text(fractionDigits: 6)), "fingerprint": .string(fingerprint), "job": plain.json]).bytes,
                to: identity, mode: 0o600, isDurable: false)
        } catch { throw CommandFailure(ExitStatus.failure, "\(error); the run keeps its checkpoint beside its output: make that directory writable\(user.map { " for \($0), or name another user with --pipeline-user" } ?? "")") }
    }

    /// Everything that is kept goes; nothing of it is the user's.
    func remove() {
        // First, and in one step: with it the run can go on, without it there is none.
        unlink(checkpoint)
        OpenDirectory.removeTree(directory)
    }
}
