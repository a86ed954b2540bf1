import Foundation
import Kernel
import TestSupport

/// Pipelines of an installation: files, documents, runs, and what can be seen of them.
extension Installation {
    /// Of namespace default.
    var pipelineDirectory: String { "\(dataDirectory)/pipelines/default" }

    func writeInput(_ name: String, _ text: String) throws {
        let path = "\(pipelineDirectory)/\(name)"
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
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
            try eventually("run \(run) is \(phases.sorted().joined(separator: " or "))", seconds: seconds) {
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
            try kubectl(["create", "token", "scraper"]).output.trimmingCharacters(in: .whitespacesAndNewlines).write(toFile: token, atomically: true, encoding: .utf8)
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

    /// A pipeline from `in/NAME.csv` (or `input`) to `out/NAME.csv` that takes some time for each row, and whose result hangs on every row before.
    ///
    /// - Parameter toil: turns of a loop for each row: a thousand are a few microseconds.
    static func slowPipeline(_ name: String, input: String? = nil, toil: Int, more: String = "") -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: \(name)}
        spec:
          parameters: [{name: to, type: string, default: \(name)}]
          source: {delimited: {path: \(input ?? "in/\(name).csv"), columns: [{name: id, type: integer}]}}
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
