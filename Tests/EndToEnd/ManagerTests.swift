import Foundation
import Kernel
import TestSupport
import Testing

/// `millwright manager`: the same controllers on an API server that is not ours to run. Here that server is a `millwright up` told to run
/// no controllers, or the Kubernetes that MILLWRIGHT_TEST_KUBECONFIG gives (`hack/e2e-kubernetes`).
@Suite(.serialized, .enabled(if: Capability.allThere)) struct ManagerTests {
    @Test func theSameControllersWorkOnAnotherServer() throws {
        let server = try Installation("cluster")
        server.extraArguments = ["--without-controllers"]
        server.givenKubeconfig = ProcessInfo.processInfo.environment["MILLWRIGHT_TEST_KUBECONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let namespace = server.givenKubeconfig == nil ? "plant" : "mwt-\(UUID().uuidString.prefix(8).lowercased())"
        defer { server.tearDown() }
        try server.start()
        let had = try server.kubectl(["get", "namespaces,customresourcedefinitions", "-o", "name"]).output.split(separator: "\n").map(String.init)
        try #require(server.givenKubeconfig == nil || !had.contains { $0.hasSuffix(".millwright.dev") }, "a Millwright is installed on the given server; give one that can be thrown away")
        defer {
            // A server of our own goes whole.
            if server.givenKubeconfig != nil {
                let now = (try? server.kubectl(["get", "namespaces,customresourcedefinitions", "-o", "name"]).output) ?? ""
                for name in now.split(separator: "\n").map(String.init) where !had.contains(name) {
                    guard name.contains("millwright") || name.hasSuffix("/\(namespace)") else { continue }
                    _ = try? server.kubectl(["delete", name, "--wait=false"])
                }
            }
        }
        let crds = try server.millwright(["crds"])
        #expect(crds.status == 0 && crds.output.contains("kind: CustomResourceDefinition"))
        #expect(try server.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], input: crds.output).status == 0)

        let directory = "\(server.directory)/manager"
        let log = "\(server.directory)/manager.log"
        let manager = try BackgroundProcess(
            Installation.binary, ["manager", "--kubeconfig", server.kubeconfig, "--data-dir", directory, "--http-listen", "127.0.0.1:\(try Installation.freePort())"],
            log: log)
        defer { manager.signal(SIGKILL) }

        try server.apply(Documents.namespace(namespace) + Documents.environment("line-1", namespace: namespace))
        do { try server.waitReady("line-1", in: namespace) } catch {
            throw NeverHappened(what: "\(error); the manager's log: \((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(3000) ?? "")", seconds: 0)
        }
        #expect(try server.answer(of: "line-1", in: namespace).contains("RUNNING"))
        try commandsAskAsServiceAccountsAndByTokens(server, namespace)
        #expect(try server.kubectl(["delete", "environment", "line-1", "-n", namespace, "--wait=true"]).status == 0)
        #expect(try Engine.containers("millwright.dev/namespace=\(namespace)", "millwright.dev/name=line-1", "millwright.dev/installation=\(try clusterID(server))").isEmpty)
        manager.signal(SIGTERM)
        try waitUntil("the manager ends") { !manager.isRunning }
        #expect(manager.status == 0)
        Engine.removeEverything(ofInstallation: try clusterID(server))
    }

    /// Readiness is the API server's too: what balances load must not send anybody to a manager that can do nothing.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["MILLWRIGHT_TEST_KUBECONFIG"] == nil, "a given server isn't ours to stop"))
    func aManagerIsNotReadyWhileItsServerIsAway() throws {
        let server = try Installation("away")
        server.extraArguments = ["--without-controllers"]
        defer { server.tearDown() }
        try server.start()
        try #require(try server.kubectl(["apply", "--server-side", "-f", "-"], input: try server.millwright(["crds"]).output).status == 0)
        let port = try Installation.freePort()
        let manager = try BackgroundProcess(
            Installation.binary,
            ["manager", "--kubeconfig", server.kubeconfig, "--data-dir", "\(server.directory)/manager", "--http-listen", "127.0.0.1:\(port)"],
            log: "\(server.directory)/manager.log")
        defer { manager.killTree() }
        func readiness() throws -> String {
            try Shell.run("/usr/bin/curl", ["-sk", "-m", "10", "-w", " %{http_code}", "https://127.0.0.1:\(port)/readyz"]).output
        }
        try waitUntil("the manager is ready") { try readiness() == "ok\n 200" }
        server.killHard()
        var said = ""
        try waitUntil("the manager is not ready") {
            said = try readiness()
            return said.hasSuffix(" 503")
        }
        let problem = try JSONParser.parse(String(said.dropLast(4)))
        #expect(problem["title"] == "not ready" && problem["detail"]?.string?.isEmpty == false && problem["fix"]?.string?.contains("doctor") == true, "\(said)")
        #expect(try Shell.run("/usr/bin/curl", ["-sk", "-m", "10", "https://127.0.0.1:\(port)/healthz"]).output == "ok\n", "it is alive")
        try server.start()
        try waitUntil("the manager is ready again") { try readiness() == "ok\n 200" }
        // On a cluster the installation is the uid of kube-system.
        Engine.removeEverything(ofInstallation: try clusterID(server))
    }

    /// The manager's port takes tokens alone, and the cluster says what their owners may.
    private func commandsAskAsServiceAccountsAndByTokens(_ server: Installation, _ namespace: String) throws {
        func kubectl(_ words: String...) throws -> ShellResult {
            let result = try server.kubectl(words + ["-n", namespace])
            #expect(result.status == 0, "\(words): \(result.all)")
            return result
        }
        for name in ["operator", "nobody"] { _ = try kubectl("create", "serviceaccount", name) }
        _ = try kubectl("create", "role", "logs", "--verb=get", "--resource=environments.millwright.dev/log,environments.millwright.dev")
        _ = try kubectl("create", "role", "exec", "--verb=create", "--resource=environments.millwright.dev/exec")
        for role in ["logs", "exec"] { _ = try kubectl("create", "rolebinding", role, "--role=\(role)", "--serviceaccount=\(namespace):operator") }
        let token = "\(server.directory)/operator.token"
        try kubectl("create", "token", "operator", "--audience", "millwright").output.write(toFile: token, atomically: true, encoding: .utf8)
        let foreign = "\(server.directory)/foreign.token"
        try kubectl("create", "token", "operator", "--audience", "elsewhere").output.write(toFile: foreign, atomically: true, encoding: .utf8)
        let plain = "\(server.directory)/plain.token"
        try kubectl("create", "token", "operator").output.write(toFile: plain, atomically: true, encoding: .utf8)

        let changed = Documents.environment("line-1", namespace: namespace, env: "[{name: PLANT, value: north}]")
        func all(_ who: [String]) throws -> (logs: ShellResult, exec: ShellResult, plan: ShellResult) {
            let there = ["-n", namespace] + who
            return (
                try server.millwright(["logs", "line-1"] + there), try server.millwright(["exec", "line-1"] + there + ["--", "echo", "here I am"]),
                try server.millwright(["plan", "-f", "-"] + there, input: changed)
            )
        }
        for who in [["--service-account", "operator"], ["--token-file", token]] {
            let told = try all(who)
            #expect(told.logs.status == 0 && told.logs.errors.isEmpty, "\(who): \(told.logs.all)")
            #expect(told.exec.status == 0 && told.exec.output == "here I am\n", "\(who): \(told.exec.all)")
            #expect(told.plan.output.contains("line-1") && told.plan.errors.isEmpty, "\(who): \(told.plan.all)")
        }
        for (who, reason) in [
            (["--service-account", "nobody"], "system:serviceaccount:\(namespace):nobody"),
            (["--service-account", "ghost"], "ghost"), (["--token-file", foreign], "audience 'millwright'"), (["--token-file", plain], "audience 'millwright'"),
            (["--token-file", "/nonexistent/token"], "/nonexistent/token"),
        ] as [([String], String)] {
            let told = try all(who)
            for refused in [told.logs, told.exec, told.plan] {
                #expect(refused.status != 0 && refused.errors.contains(reason), "\(who): \(refused.all)")
                #expect(!refused.all.contains("here I am"), "\(who)")
            }
        }
        let both = try server.millwright(["logs", "line-1", "-n", namespace, "--service-account", "operator", "--token-file", token])
        #expect(both.status == 64 && both.errors.contains("exclude each other"), "\(both.all)")
    }

    /// On a cluster the installation is the uid of kube-system.
    private func clusterID(_ server: Installation) throws -> String {
        try #require(try server.get("namespace", "kube-system")?["metadata"]?["uid"]?.string)
    }
}
