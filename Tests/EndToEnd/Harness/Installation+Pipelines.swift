import Foundation
import Glibc
import Kernel
import TestSupport

/// Pipelines of an installation: files, documents, runs, and what can be seen of them.
extension Installation {
    /// Of namespace default.
    var pipelineDirectory: String { "\(dataDirectory)/pipelines/default" }

    /// Whom the worker becomes when nothing else says so.
    static let worker: uid_t = 65534

    /// As Millwright would make it: given to whom the worker becomes.
    func makePipelineDirectory() throws {
        guard !FileManager.default.fileExists(atPath: pipelineDirectory) else { return }
        try FileManager.default.createDirectory(atPath: pipelineDirectory, withIntermediateDirectories: true)
        guard geteuid() != 0 || chown(pipelineDirectory, Self.worker, Self.worker) == 0 else { throw NeverHappened(what: "\(pipelineDirectory) is given away", seconds: 0) }
    }

    func writeInput(_ name: String, _ text: String) throws {
        try makePipelineDirectory()
        let path = "\(pipelineDirectory)/\(name)"
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// A pipe in place of an input file: a run that reads it is under way as long as the test wants, and gets rows when the test writes them.
    func makeGate(_ name: String) throws -> Gate {
        try makePipelineDirectory()
        let path = "\(pipelineDirectory)/\(name)"
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        guard mkfifo(path, 0o644) == 0 else { throw NeverHappened(what: "\(path) is made", seconds: 0) }
        // For reading as well: so opening doesn't wait for a reader.
        let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw NeverHappened(what: "\(path) opens", seconds: 0) }
        return Gate(descriptor)
    }

    /// The test's end of the pipe. What nobody reads is kept, so that a run that went wrong keeps no test waiting.
    final class Gate {
        private let descriptor: Int32
        private var pending: [UInt8] = []

        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }

        func write(_ text: String) {
            pending += Array(text.utf8)
            let count = Glibc.write(descriptor, pending, pending.count)
            if count > 0 { pending.removeFirst(count) }
        }
    }

    func output(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(pipelineDirectory)/\(name)") }

    /// What is in a directory, hidden files included: those of runs under way, or left behind.
    func files(_ directory: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: "\(pipelineDirectory)/\(directory)")) ?? []).sorted() }

    /// Bytes of the hidden file of a run under way, whatever its name.
    func hiddenBytes(_ directory: String, containing name: String) -> Int {
        files(directory).filter { $0.hasPrefix(".") && $0.contains(name) }.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(pipelineDirectory)/\(directory)/\(file)")
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    func phase(ofRun run: String) throws -> String? { try get("dpr", run)?["status"]?["phase"]?.string }

    func runCondition(_ type: String, of run: String) throws -> Condition? { try get("dpr", run)?["status"]?["conditions"]?.array?.compactMap { Condition($0) }[type] }

    @discardableResult
    func waitForRun(_ run: String, _ phases: Set<String>, seconds: Int = 60) throws -> JSON {
        var status: JSON?
        do {
            try waitUntil("run \(run) is \(phases.sorted().joined(separator: " or "))", seconds: seconds) {
                status = try get("dpr", run)?["status"]
                return phases.contains(status?["phase"]?.string ?? "")
            }
        } catch let error as NeverHappened {
            throw NeverHappened(what: "\(error.what); it is \(status?.text ?? "gone"); the log ends: \(log.suffix(3000))", seconds: error.seconds)
        }
        return status ?? [:]
    }

    func patchRun(_ run: String, _ spec: String) throws {
        let result = try kubectl(["patch", "dpr", run, "--type", "merge", "-p", #"{"spec":\#(spec)}"#])
        guard result.status == 0 else { throw NeverHappened(what: "run \(run) can be patched: \(result.all)", seconds: 0) }
    }

    /// The workers of this installation.
    var workers: [Int32] {
        processes.filter { pid in ((try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? "").contains("pipeline-worker") }
    }

    /// Metrics, read as a service account that may do just that.
    func metrics() throws -> String {
        let token = "\(directory)/metrics.token"
        if !FileManager.default.fileExists(atPath: token) {
            for words in [
                ["create", "serviceaccount", "scraper"], ["create", "clusterrole", "metrics", "--verb=get", "--non-resource-url=/metrics"],
                ["create", "clusterrolebinding", "metrics", "--clusterrole=metrics", "--serviceaccount=default:scraper"],
            ] { try kubectl(words) }
            try kubectl(["create", "token", "scraper", "--audience", "millwright"]).output.trimmingCharacters(in: .whitespacesAndNewlines).write(toFile: token, atomically: true, encoding: .utf8)
        }
        let bearer = try String(contentsOfFile: token, encoding: .utf8)
        return try Shell.run("/usr/bin/curl", ["-sk", "-m", "10", "-H", "Authorization: Bearer \(bearer)", "https://127.0.0.1:\(httpPort)/metrics"]).output
    }
}

extension Documents {
    static func run(_ name: String, _ pipeline: String, _ more: String = "", labels: String = "") -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipelineRun
        metadata: {name: \(name), labels: {\(labels)}}
        spec: {pipelineRef: {name: \(pipeline)}\(more)}
        ---

        """
    }

    /// A pipeline from `in/NAME.csv` to `out/NAME.csv` that takes some time for each row, and whose result hangs on every row before.
    ///
    /// - Parameters:
    ///   - input: the default of parameter `from`: the name of the file in `in`. A gate is given by the run alone: else the look at the pipeline would read of it.
    ///   - toil: turns of a loop for each row: a thousand are a few microseconds.
    static func slowPipeline(_ name: String, input: String? = nil, toil: Int, more: String = "") -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: \(name)}
        spec:
          parameters: [{name: to, type: string, default: \(name)}, {name: from, type: string, default: \(input ?? name)}]
          source: {delimited: {path: "in/${ parameters.from }.csv", columns: [{name: id, type: integer}]}}
          steps:
          - name: sum
            javascript:
              columns: [id, sum]
              source: |
                function transform(row, ctx) {
                  let x = row.id
                  for (let i = 0; i < \(toil); i++) x = (x * 31 + i) % 1000003
                  ctx.state.sum = ((ctx.state.sum || 0) + x) % 1000003
                  row.sum = ctx.state.sum
                  return row
                }
          outputs: [{name: out, delimited: {path: "out/${ parameters.to }.csv"}}]
        \(more)
        ---

        """
    }

    /// Rows for it.
    static func rows(_ range: Range<Int>) -> String { "id,name\n" + range.map { "\($0),\"row, number \($0)\"\n" }.joined() }
}
