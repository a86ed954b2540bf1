import Foundation
import Kernel
import TestSupport
import Testing

/// What the README promises, on the real binary with a real PostgreSQL, Docker engine and kubectl.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct QuickstartTests {
    @Test func anEnvironmentIsAppliedRunsAndGoes() throws {
        let installation = try Installation("quickstart")
        defer { installation.tearDown() }
        try installation.start()

        let applied = try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        #expect(applied.output.contains("environment.millwright.dev/line-1 created"))
        try installation.waitReady("line-1", in: "plant")
        #expect(try installation.answer(of: "line-1", in: "plant") == #"{"state":"RUNNING"}"#)

        for kubectl in Capability.kubectls {
            let table = try installation.kubectl(["get", "environments", "-n", "plant"], path: kubectl)
            #expect(table.status == 0, "\(kubectl): \(table.all)")
            let lines = table.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("NAME") && lines[0].contains("READY"), "\(table.output)")
            #expect(lines.allSatisfy { $0.count <= 110 }, "a table is read in a terminal: \(table.output)")
            let described = try installation.kubectl(["describe", "env", "line-1", "-n", "plant"], path: kubectl)
            #expect(described.status == 0 && described.output.contains("Conditions:") && described.output.contains("Events:"), "\(described.all)")
            // kubectl says "configured" when defaults were added inside a list; what counts is that nothing was written.
            let version = try installation.get("environment", "line-1", "-n", "plant")?["metadata"]?["resourceVersion"]
            #expect(try installation.kubectl(["apply", "-f", "-"], input: Documents.environment("line-1", namespace: "plant"), path: kubectl).status == 0)
            #expect(try installation.get("environment", "line-1", "-n", "plant")?["metadata"]?["resourceVersion"] == version)
        }

        let logs = try installation.millwright(["logs", "line-1", "-n", "plant"])
        #expect(logs.status == 0, "\(logs.all)")
        let exec = try installation.millwright(["exec", "line-1", "-n", "plant", "--", "cat", "/www/StatusPing"])
        #expect(exec.status == 0 && exec.output.contains("RUNNING"), "\(exec.all)")
        #expect(try installation.millwright(["exec", "line-1", "-n", "plant", "--", "sh", "-c", "exit 7"]).status == 7)

        let settled = try installation.millwright(["plan", "environment/line-1", "-n", "plant"])
        #expect(settled.status == 0, "\(settled.all)")
        let before = try installation.container(of: "line-1", in: "plant")
        let change = try installation.millwright(
            ["plan", "-f", "-"], input: Documents.environment("line-1", namespace: "plant", env: "[{name: SITE, value: hamburg}]"))
        #expect(change.status == 2 && change.output.contains("SITE"), "\(change.all)")
        #expect(try installation.container(of: "line-1", in: "plant") == before, "a plan changes nothing")
        // What the file says no longer is planned as removed, and a namespace that comes with the file needn't be there.
        let without = Documents.environment("line-1", namespace: "plant")
            .replacing("  volumeMounts:\n  - {name: data, mountPath: /data}\n", with: "")
        let removal = try installation.millwright(["plan", "-f", "-"], input: without)
        #expect(removal.status == 2 && removal.output.contains("mount /data removed"), "\(removal.all)")
        // Likewise for what was applied on the server.
        #expect(try installation.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], input: Documents.environment("line-2", namespace: "plant")).status == 0)
        let second = without.replacing("line-1", with: "line-2")
        try installation.waitReady("line-2", in: "plant")
        let served = try installation.millwright(["plan", "-f", "-"], input: second)
        #expect(served.status == 2 && served.output.contains("mount /data removed"), "\(served.all)")
        #expect(try installation.kubectl(["delete", "environment", "line-2", "-n", "plant", "--wait=true"]).status == 0)
        let fresh = try installation.millwright(["plan", "-f", "-"], input: Documents.namespace("new") + Documents.environment("line-1", namespace: "new"))
        #expect(fresh.status == 2 && fresh.output.contains("Environment new/line-1"), "\(fresh.all)")

        let volumes = try Engine.volumes("millwright.dev/installation=\(installation.installationID ?? "?")").count
        #expect(volumes == 2)
        let deleted = try installation.kubectl(["delete", "environment", "line-1", "-n", "plant", "--wait=true"])
        #expect(deleted.status == 0, "\(deleted.all)")
        #expect(try installation.containers(of: "line-1", in: "plant").isEmpty)
        #expect(try Engine.volumes("millwright.dev/installation=\(installation.installationID ?? "?")").count == 2, "data survives the deletion")
        #expect(try installation.stop() == 0)
    }

    @Test func environmentsOfANamespaceReachOneAnotherByName() throws {
        let installation = try Installation("names")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(
            Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant") + Documents.environment("line-2", namespace: "plant"))
        try installation.waitReady("line-1", in: "plant")
        try installation.waitReady("line-2", in: "plant")
        let answer = try installation.millwright(["exec", "line-1", "-n", "plant", "--", "wget", "-q", "-O", "-", "http://line-2:8088/StatusPing"])
        #expect(answer.status == 0 && answer.output.contains("RUNNING"), "\(answer.all)")
    }

    @Test func everySampleIsAccepted() throws {
        let installation = try Installation("samples")
        defer { installation.tearDown() }
        try installation.start()
        let files = try FileManager.default.subpathsOfDirectory(atPath: "manifests").filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(files.count >= 3)
        // Namespaces first; a sample may stand in a folder before the one that makes its namespace.
        for file in files { _ = try installation.kubectl(["apply", "--validate=false", "-f", "manifests/\(file)"]) }
        for file in files {
            let applied = try installation.kubectl(["apply", "--server-side", "--dry-run=server", "-f", "manifests/\(file)", "--force-conflicts"])
            #expect(applied.status == 0, "\(file): \(applied.all)")
        }
    }
}
