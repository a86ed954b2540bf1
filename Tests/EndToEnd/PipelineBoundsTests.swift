import Foundation
import Kernel
import TestSupport
import Testing

/// Bad runs beside a good one on the whole of Millwright: theirs alone is what they break.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineBoundsTests {
    private static let rows = 60_000

    private func document(_ name: String, _ script: String, _ limits: String = "timeLimit: 500ms, memoryLimit: 64Mi") -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: \(name)}
        spec:
          source: {delimited: {path: in/rows.csv}}
          steps: [{name: script, javascript: {\(limits), columns: [id, name, total], source: '\(script)'}}]
          outputs: [{name: out, delimited: {path: out/\(name).csv}}]
          concurrencyPolicy: Allow
        ---
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipelineRun
        metadata: {name: \(name)}
        spec: {pipelineRef: {name: \(name)}}
        """
    }

    private func ofRootsDirectoryOnlyWhatIsLetInIsUsed(_ installation: Installation, _ root: String) throws {
        for path in [root, "\(root)/out"] { try #require(chown(path, 0, 0) == 0) }
        let script = "function transform(row) { return row }"
        try installation.apply(document("rooted", script))
        let refused = try installation.waitForRun("rooted", ["Failed", "Succeeded"])
        #expect(refused["phase"] == "Failed" && refused.text.contains("chown 65534:65534 \(root)/out") && refused.text.contains("--pipeline-user"), "\(refused.text)")
        try #require(chmod("\(root)/in/rows.csv", 0o600) == 0 && chmod("\(root)/out", 0o777) == 0)
        try installation.apply(Documents.run("unread", "rooted"))
        let unread = try installation.waitForRun("unread", ["Failed", "Succeeded"])
        #expect(unread["phase"] == "Failed" && unread.text.contains("chmod a+r \(root)/in/rows.csv"), "\(unread.text)")
        try #require(chmod("\(root)/in/rows.csv", 0o644) == 0)
        try installation.apply(Documents.run("let-in", "rooted"))
        let fine = try installation.waitForRun("let-in", ["Failed", "Succeeded"])
        var info = stat()
        #expect(fine["phase"] == "Succeeded" && stat("\(root)/out/rooted.csv", &info) == 0 && info.st_uid == Installation.worker && info.st_gid == Installation.worker, "\(fine.text)")
        // What Millwright makes itself belongs to the worker's user.
        try #require(try installation.kubectl(["create", "namespace", "fresh"]).status == 0)
        let other = document("fresh", script).replacingOccurrences(of: "metadata: {name: fresh}", with: "metadata: {name: fresh, namespace: fresh}")
        try installation.apply(other)
        try waitUntil("the namespace's directory is made") { stat("\(installation.dataDirectory)/pipelines/fresh", &info) == 0 && info.st_uid == Installation.worker }
        try waitUntil("the run there has ended") { ["Succeeded", "Failed"].contains(try installation.get("dpr", "fresh", "-n", "fresh")?["status"]?["phase"]?.string ?? "") && installation.workers.isEmpty }
    }

    @Test func badRunsHarmNobodyElse() throws {
        let installation = try Installation("bounds")
        defer { installation.tearDown() }
        try installation.start()
        let root = "\(installation.dataDirectory)/pipelines/default"
        try FileManager.default.createDirectory(atPath: "\(root)/in", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: "\(root)/out", withIntermediateDirectories: true)
        try ("id,name\n" + (0..<Self.rows).map { "\($0),name of \($0)\n" }.joined()).write(toFile: "\(root)/in/rows.csv", atomically: true, encoding: .utf8)
        // The directory's owner is whom workers become, when Millwright is root.
        let isRoot = geteuid() == 0, owner: uid_t = 64_242
        if isRoot {
            for path in [root, "\(root)/out"] { try #require(chown(path, owner, owner) == 0) }
        }
        let before = installation.processes
        let bad: [(name: String, script: String, reason: String, says: [String])] = [
            ("spins", "function transform(row) { for (;;) row.id.length }", "ScriptFailed", ["line 1", "500 ms", "timeLimit"]),
            ("grows", "function transform(row) { const all = []; for (;;) all.push(new Float64Array(1 << 18).fill(1)) }", "LimitExceeded", ["line 1", "64 MiB", "memoryLimit"]),
            ("fills", "function transform(row) { return new Uint8Array(2 ** 32 - 1).fill(1) }", "LimitExceeded", ["line 1", "64 MiB", "memoryLimit"]),
            ("stalls", "function transform(row) { return /^(?:(?:a|a)+)+$/.test(`${\"a\".repeat(60)}b`) }", "ScriptFailed", ["line 1", "500 ms", "timeLimit"]),
        ]
        let good = "function transform(row, ctx) { ctx.state.n = (ctx.state.n ?? 0) + 1; row.total = row.id * 2 + ctx.state.n; return row }"
        try installation.apply(([document("good", good)] + bad.map { document($0.name, $0.script) }).joined(separator: "\n---\n"))
        func status(_ run: String) throws -> JSON { try installation.get("dpr", run)?["status"] ?? [:] }
        func ends(_ run: String) throws -> JSON {
            do { try waitUntil("run \(run) has ended", seconds: 120) { ["Succeeded", "Failed"].contains(try status(run)["phase"]?.string ?? "") } } catch {
                throw NeverHappened(what: "run \(run) has ended: \(try status(run).text) \(try installation.get("dp", run)?["status"]?.text ?? "")", seconds: 120)
            }
            return try status(run)
        }
        let fine = try ends("good")
        #expect(fine["phase"] == "Succeeded" && fine["progress"]?["rowsWritten"]?.int == Int64(Self.rows), "\(fine.text)")
        let expected = "id,name,total\n" + (0..<Self.rows).map { "\($0),name of \($0),\($0 * 3 + 1)\n" }.joined()
        #expect(try String(contentsOfFile: "\(root)/out/good.csv", encoding: .utf8) == expected)
        for (name, _, reason, says) in bad {
            let ended = try ends(name)
            let ready = ended["conditions"]?.array?.first { $0["type"] == "Ready" }
            #expect(ended["phase"] == "Failed" && ready?["reason"]?.string == reason, "\(name): \(ended.text)")
            for word in says { #expect(ready?["message"]?.string?.contains(word) == true, "\(name) lacks \(word): \(ready?.text ?? "")") }
            #expect(!FileManager.default.fileExists(atPath: "\(root)/out/\(name).csv"))
            #expect((ended["attempts"]?.int ?? 0) == 1, "\(name) was tried again: \(ended.text)")
        }
        // The processes of the control plane are the same ones as before.
        #expect(installation.processes.prefix(before.count) == before[...], "\(before) \(installation.processes)")
        #expect(try installation.kubectl(["get", "--raw", "/readyz"]).status == 0)
        if isRoot {
            let limits = (fine["limits"]?.array ?? []).compactMap(\.string).joined(separator: "; ")
            #expect(limits.isEmpty || limits.contains("user \(owner)"), "\(limits)")
            var info = stat()
            #expect(stat("\(root)/out/good.csv", &info) == 0 && info.st_uid == owner, "the worker wrote as user \(info.st_uid)")
        }
        // A directory of root's means no worker that is root.
        if isRoot { try ofRootsDirectoryOnlyWhatIsLetInIsUsed(installation, root) }
        // No cgroup stays behind.
        let groups = try Shell.run("/usr/bin/find", ["/sys/fs/cgroup", "-maxdepth", "6", "-name", "millwright-worker-*"]).output.split(separator: "\n")
        for group in groups where installation.processes.contains(where: { group.contains("worker-\($0)-") }) { Issue.record("\(group) stays behind") }
        #expect(try installation.stop() == 0)
    }
}
