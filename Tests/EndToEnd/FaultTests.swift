import Foundation
import Kernel
import TestSupport
import Testing

/// What it depends on goes away and comes back; nobody helps.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct FaultTests {
    /// Each before Millwrights of its own, at the same time: most of it is waiting for deadlines and breakers of an engine that says nothing. What the others
    /// wait for hangs on no one else's time.
    @Test func whatItDependsOnGoesAwayAndComesBack() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for mode in [EngineProxy.Mode.refuse, .hang] { group.addTask { try Self.goesAwayAndComesBack(mode) } }
            group.addTask {
                try Self.postgresIsKilledAndNothingAcknowledgedIsLost()
                for signal in [SIGILL, SIGSEGV] { try Self.aTrapInTheControlPlaneLosesNothing(signal: signal) }
            }
            try await group.waitForAll()
        }
    }

    private static func goesAwayAndComesBack(_ mode: EngineProxy.Mode) throws {
        let installation = try Installation("engine-away-\(mode)")
        let proxy = try EngineProxy(path: "\(installation.directory)/engine.sock")
        defer {
            proxy.set(.pass)
            installation.tearDown()
            proxy.close()
        }
        installation.dockerHost = proxy.host
        try installation.start()
        try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        try installation.waitReady("line-1", in: "plant")

        proxy.set(mode)
        try installation.apply(Documents.environment("line-1", namespace: "plant", env: "[{name: SITE, value: hamburg}]"))
        try waitUntil("the condition says that the engine is away, and what to do", seconds: 150) {
            guard let guarded = try installation.condition("Guarded", of: "line-1", in: "plant") else { return false }
            return guarded.status == .true && !guarded.message.isEmpty
        }
        // Others go on: the API answers and takes writes.
        try installation.apply(Documents.namespace("other"))
        #expect(try installation.kubectl(["create", "configmap", "c", "-n", "other", "--from-literal=a=b"]).status == 0)

        // No hot loop: under two calls a second to an engine that is away.
        proxy.killAtWrite(nil)
        usleep(10_000_000)  // an observation of ten seconds
        #expect(proxy.requests.count < 20, "\(proxy.requests.count) calls in 10 s: \(proxy.requests)")

        proxy.set(.pass)
        try installation.waitReady("line-1", in: "plant", seconds: 150)
        #expect(try installation.millwright(["exec", "line-1", "-n", "plant", "--", "env"]).output.contains("SITE=hamburg"))
    }

    private static func postgresIsKilledAndNothingAcknowledgedIsLost() throws {
        let installation = try Installation("postgres")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant"))
        var acknowledged: [String] = []
        for round in 0..<3 {
            let victim = try #require(installation.child(named: "postgres"), "the private PostgreSQL is a child")
            for number in 0..<6 {
                if number == 3 { kill(victim, SIGKILL) }
                let name = "c-\(round)-\(number)"
                if try installation.kubectl(["create", "configmap", name, "-n", "plant", "--from-literal=a=b"], seconds: 90).status == 0 { acknowledged.append(name) }
            }
            try waitUntil("it serves again by itself", seconds: 60) { try installation.kubectl(["create", "configmap", "after-\(round)", "-n", "plant"]).status == 0 }
        }
        #expect(acknowledged.count >= 9, "\(acknowledged)")
        installation.killHard()
        try installation.start()
        for name in acknowledged { #expect(try installation.get("configmap", name, "-n", "plant") != nil, "\(name) was acknowledged") }
    }

    private static func aTrapInTheControlPlaneLosesNothing(signal: Int32) throws {
        let installation = try Installation("trap")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        try installation.waitReady("line-1", in: "plant")
        let before = try installation.container(of: "line-1", in: "plant")
        let serve = try #require(installation.child(named: "serve"))
        kill(serve, signal)
        try waitUntil("another process serves") { installation.child(named: "serve").map { $0 != serve } ?? false }
        try installation.waitUntilReady()
        try installation.apply(Documents.environment("line-2", namespace: "plant"))
        try installation.waitReady("line-2", in: "plant")
        #expect(try installation.container(of: "line-1", in: "plant") == before, "the container was left alone")
        #expect(installation.process?.isRunning == true, "the supervisor lives")
    }
}
