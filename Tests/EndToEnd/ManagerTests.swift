import Foundation
import Kernel
import Testing

/// `millwright manager`: the same controllers on an API server that is not ours to run. Here that server is a `millwright up` told to run
/// no controllers; `hack/e2e-kubernetes` takes a real cluster.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct ManagerTests {
    @Test func theSameControllersWorkOnAnotherServer() throws {
        let server = try Installation("cluster")
        server.extraArguments = ["--without-controllers"]
        defer { server.tearDown() }
        try server.start()
        let crds = try server.millwright(["crds"])
        #expect(crds.status == 0 && crds.output.contains("kind: CustomResourceDefinition"))
        #expect(try server.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], input: crds.output).status == 0)

        let directory = "\(server.directory)/manager"
        let log = "\(server.directory)/manager.log"
        let manager = try BackgroundProcess(
            Installation.binary, ["manager", "--kubeconfig", server.kubeconfig, "--data-dir", directory, "--http-listen", "127.0.0.1:\(try Installation.freePort())"],
            log: log)
        defer { manager.signal(SIGKILL) }

        try server.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        do { try server.waitReady("line-1", in: "plant") } catch {
            throw NeverHappened(what: "\(error); the manager's log: \((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(3000) ?? "")", seconds: 0)
        }
        #expect(try server.answer(of: "line-1", in: "plant").contains("RUNNING"))
        #expect(try server.kubectl(["delete", "environment", "line-1", "-n", "plant", "--wait=true"]).status == 0)
        #expect(try Engine.containers("millwright.dev/namespace=plant", "millwright.dev/name=line-1", "millwright.dev/installation=\(try clusterID(server))").isEmpty)
        manager.signal(SIGTERM)
        try eventually("the manager ends") { !manager.isRunning }
        #expect(manager.status == 0)
        Engine.removeEverything(ofInstallation: try clusterID(server))
    }

    /// On a cluster the installation is the uid of kube-system.
    private func clusterID(_ server: Installation) throws -> String {
        try #require(try server.get("namespace", "kube-system")?["metadata"]?["uid"]?.string)
    }
}
