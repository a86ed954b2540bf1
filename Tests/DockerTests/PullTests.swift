import Kernel
import TestSupport
import Testing

@testable import Docker

/// The real engine pulls from a registry on the loopback.
@Suite(.enabled(if: Capability.docker), .serialized) struct PullTests {
    @Test func aPullTellsItsProgressAndGivesADigest() async throws {
        try await EngineFixture.with(image: false) { engine in
            try await FakeRegistry.with(.serves, label: (EngineFixture.label, engine.prefix)) { registry in
                let reference = "\(registry.host)/\(engine.prefix):1"
                let steps = Recorder<EnginePullProgress>()
                try await engine.client.pullImage(reference, credentials: nil) { steps.add($0) }
                let image = try await engine.client.image(reference)
                #expect(image.labels[EngineFixture.label] == engine.prefix && image.tags == [reference])
                #expect(image.digests.count == 1 && image.digests.first?.hasPrefix("\(registry.host)/\(engine.prefix)@sha256:") == true)
                #expect(steps.all.contains { $0.status == "Pull complete" && !$0.layer.isEmpty })
                #expect(steps.all.contains { $0.status == "Downloading" && ($0.done?.count ?? 0) > 0 })
                // By digest, and again, does no harm.
                try await engine.client.pullImage(try #require(image.digests.first), credentials: nil) { _ in }
            }
        }
    }

    @Test func everyRefusalSaysWhatToDo() async throws {
        try await EngineFixture.with(image: false) { engine in
            func failure(_ behaviour: FakeRegistry.Behaviour, tag: String = "1", _ credentials: RegistryCredentials? = nil) async throws -> PullFailure? {
                var failure: PullFailure?
                try await FakeRegistry.with(behaviour, label: (EngineFixture.label, engine.prefix)) { registry in
                    let error = await #expect(throws: DockerError.self) {
                        try await engine.client.pullImage("\(registry.host)/\(engine.prefix):\(tag)", credentials: credentials) { _ in }
                    }
                    if case .pullFailed(_, let reason)? = error { failure = reason } else { Issue.record("\(String(describing: error))") }
                }
                return failure
            }
            let wrong = RegistryCredentials(server: "127.0.0.1", username: "jane", password: "wrong")
            let missing = try await failure(.serves, tag: "nope")
            guard case .notFound? = missing else { throw Unexpected("notFound was expected, \(String(describing: missing)) came") }
            for credentials in [nil, wrong] {
                let denied = try await failure(.asks(user: "jane", password: "right"), credentials)
                switch denied {
                case .accessDenied?, .notFound?: break  // the engine asks for a login, or hides what it can't see
                default: Issue.record("accessDenied was expected, \(String(describing: denied)) came")
                }
            }
            let limited = try await failure(.limits)
            guard case .rateLimited? = limited else { throw Unexpected("rateLimited was expected, \(String(describing: limited)) came") }
            // None of it is the engine's fault.
            #expect(engine.guards.snapshots.allSatisfy { $0.tally.failures == 0 })
        }
    }

    @Test func withTheRightCredentialsItIsLetIn() async throws {
        try await EngineFixture.with(image: false) { engine in
            try await FakeRegistry.with(.asks(user: "jane", password: "r1ght:/?"), label: (EngineFixture.label, engine.prefix)) { registry in
                let credentials = RegistryCredentials(server: registry.host, username: "jane", password: "r1ght:/?")
                try await engine.client.pullImage("\(registry.host)/\(engine.prefix):1", credentials: credentials) { _ in }
                #expect(try await engine.client.imageIfPresent("\(registry.host)/\(engine.prefix):1") != nil)
            }
        }
    }

    @Test func aRegistryThatIsAwayOrStallsIsNamed() async throws {
        try await EngineFixture.with(image: false) { engine in
            let port = try freePort()
            let away = await #expect(throws: DockerError.self) { try await engine.client.pullImage("127.0.0.1:\(port)/x:1", credentials: nil) { _ in } }
            guard case .pullFailed(_, .registryUnreachable)? = away else {
                throw Unexpected("registryUnreachable was expected, \(String(describing: away)) came")
            }
            #expect(away?.isTransient == true && away.map { "\($0)".contains("check the engine's network, DNS and proxy") } == true)
            try await FakeRegistry.with(.stalls, label: (EngineFixture.label, engine.prefix)) { registry in
                let error = await #expect(throws: DockerError.self) {
                    try await engine.client.within(.seconds(1)).pullImage("\(registry.host)/\(engine.prefix):1", credentials: nil) { _ in }
                }
                guard case .timeout? = error else { throw Unexpected("timeout was expected, \(String(describing: error)) came") }
            }
            let invalid = await #expect(throws: DockerError.self) { try await engine.client.pullImage("Not A Name", credentials: nil) { _ in } }
            guard case .pullFailed(_, .invalidReference)? = invalid else {
                throw Unexpected("invalidReference was expected, \(String(describing: invalid)) came")
            }
        }
    }
}

private struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
