import Foundation
import Kernel
import TestSupport
import Testing

/// Starting, stopping, and living beside others.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct LifecycleTests {
    @Test func stopsInOrderAndLeavesContainersRunning() throws {
        let installation = try Installation("stop")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        try installation.waitReady("line-1", in: "plant")
        let before = try #require(try installation.container(of: "line-1", in: "plant"))
        let all = installation.processes
        #expect(all.count >= 3, "supervisor, control plane, PostgreSQL: \(all)")
        #expect(try installation.stop() == 0)
        try waitUntil("all its processes have ended") { all.allSatisfy { kill($0, 0) != 0 } }
        #expect(try Engine.inspect(container: before)?["State"]?["Running"] == true)

        try installation.start()
        try installation.waitReady("line-1", in: "plant")
        #expect(try installation.container(of: "line-1", in: "plant") == before)
    }

    @Test func aSecondOneOnTheSameDirectoryIsRefused() throws {
        let installation = try Installation("second")
        defer { installation.tearDown() }
        try installation.start()
        let second = try Shell.run(Installation.binary, installation.upArguments)
        #expect(second.status == 78)
        #expect(second.all.contains("another Millwright") && second.all.contains("--data-dir"), "\(second.all)")
        #expect(try installation.kubectl(["get", "--raw", "/readyz"]).status == 0)
    }

    @Test(arguments: ["ca.key", "tokens.key", "admin.key", "encryption.key"]) func aKeyThatOthersMayReadIsRefused(_ name: String) throws {
        let installation = try Installation("keys")
        defer { installation.tearDown() }
        let keys = installation.dataDirectory + "/keys"
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        for file in ["ca.key", "ca.crt", "admin.key", "admin.crt", "tokens.key", "encryption.key"] {
            let isPair = ["ca", "admin"].contains { name.hasPrefix($0) && file.hasPrefix($0) }
            guard file == name || isPair else { continue }
            #expect(FileManager.default.createFile(atPath: "\(keys)/\(file)", contents: Data("x".utf8), attributes: [.posixPermissions: file == name ? 0o644 : 0o600]))
        }
        let refused = try Shell.run(Installation.binary, installation.upArguments)
        #expect(refused.status == 78)
        #expect(refused.all.contains("\(keys)/\(name) (mode 0644)") && refused.all.contains("chmod 600 \(keys)/\(name)"), "\(refused.all)")
    }

    @Test(arguments: ["ca.key", "ca.crt", "tokens.key"]) func aDamagedKeyIsNamedWithItsFile(_ name: String) throws {
        let installation = try Installation("damaged")
        defer { installation.tearDown() }
        try installation.start()
        try installation.stop()
        let path = "\(installation.dataDirectory)/keys/\(name)"
        try Data("-----BEGIN NOTHING-----\n".utf8).write(to: URL(fileURLWithPath: path))
        let refused = try Shell.run(Installation.binary, installation.upArguments)
        #expect(refused.status == 78)
        #expect(refused.all.contains("\(path) is damaged") && refused.all.contains("Put a good copy back"), "\(refused.all)")
    }

    @Test func aContainerThatLostItsObjectIsAnOrphanOfItsOwnInstallation() throws {
        let installation = try Installation("lost")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        try installation.waitReady("line-1", in: "plant")
        let kept = try #require(try installation.container(of: "line-1", in: "plant"))
        let id = try #require(installation.installationID)
        let labels: JSON = [
            "app.kubernetes.io/managed-by": "millwright", "millwright.dev/installation": .string(id), "millwright.dev/kind": "Environment",
            "millwright.dev/namespace": "plant", "millwright.dev/name": "lost", "millwright.dev/uid": "00000000-0000-0000-0000-000000000000",
        ]
        let name = "mwt-lost-\(id.prefix(8))"
        let made = try Engine.call("POST", "/containers/create?name=\(name)", body: JSON.object(["Image": "millwright-demo:1", "Labels": labels]).text)
        #expect(made.status == 201, "\(made)")
        let listed = try installation.millwright(["orphans"])
        #expect(listed.output.contains(name) && listed.output.contains("its object is gone") && !listed.output.contains("plant.line-1-0"), "\(listed.all)")
        let removed = try installation.millwright(["orphans", "--installation", id, "--remove", "--yes"])
        #expect(removed.status == 0 && removed.output.contains("removed 1"), "\(removed.all)")
        #expect(try installation.container(of: "line-1", in: "plant") == kept, "what has its object stays")
        #expect(try installation.stop() == 0)
        let silent = try installation.millwright(["orphans"])
        #expect(silent.all.contains("no server of it answers"), "\(silent.all)")
    }

    @Test func aPortInUseIsSaidClearly() throws {
        let installation = try Installation("port")
        defer { installation.tearDown() }
        try installation.start()
        var arguments = installation.upArguments
        arguments[2] = "\(installation.directory)/other"
        let second = try Shell.run(Installation.binary, arguments)
        #expect(second.status == 78)
        #expect(second.all.contains("\(installation.port)") && second.all.contains("--listen"), "\(second.all)")
    }

    @Test func twoInstallationsOnOneEngineLeaveEachOtherAlone() throws {
        let first = try Installation("one")
        let second = try Installation("two")
        defer {
            first.tearDown()
            second.tearDown()
        }
        for installation in [first, second] {
            try installation.start()
            try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        }
        try first.waitReady("line-1", in: "plant")
        try second.waitReady("line-1", in: "plant")
        let kept = try #require(try second.container(of: "line-1", in: "plant"))
        #expect(try first.container(of: "line-1", in: "plant") != kept)
        #expect(try first.kubectl(["delete", "namespace", "plant", "--wait=true"], seconds: 120).status == 0)
        #expect(try first.containers(of: "line-1", in: "plant").isEmpty)
        #expect(try second.container(of: "line-1", in: "plant") == kept)
        #expect(try second.answer(of: "line-1", in: "plant").contains("RUNNING"))
    }

    @Test func aWrongCommandLineIsExplained() throws {
        let cases: [([String], String)] = [
            (["upp"], "did you mean 'up'"), (["up", "--data-dirr", "/tmp/x"], "did you mean '--data-dir'"), (["up", "--listen", "nonsense"], "ADDRESS:PORT"),
            (["up", "--database-url", "postgresql://a:secret@localhost/x"], "MILLWRIGHT_DATABASE_URL"), (["plan"], "millwright plan"),
            (["up", "--target", "x"], "NAME=docker:URL"), (["up", "--data-dir", ""], "names no directory"),
        ]
        for (arguments, expected) in cases {
            let result = try Shell.run(Installation.binary, arguments)
            #expect(result.status == 64 && result.errors.contains(expected), "\(arguments): \(result.all)")
            #expect(!result.all.contains("secret"))
        }
        for command in ["up", "manager", "plan", "logs", "exec", "orphans", "doctor", "version", "crds"] {
            let help = try Shell.run(Installation.binary, [command, "--help"])
            #expect(help.status == 0 && help.output.contains("usage: millwright \(command)"), "\(help.all)")
        }
    }
}
