import Glibc
import Guards
import Kernel
import Platform
import Resilience
import TestSupport
import Testing

@testable import Docker

/// Breakers that open and close within a test.
private let quick: GuardRegistry.Defaults = { _ in BreakerSettings(minimumCalls: 10, openFor: .milliseconds(300)) }

/// Against an engine of one's own, which goes away and comes back.
@Suite(.enabled(if: Capability.privateDocker), .serialized) struct OutageTests {
    @Test func anEngineThatIsStoppedOpensTheBreakerAndIsFoundAgain() async throws {
        try await PrivateEngine.with { own in
            try await EngineFixture.with(own.endpoint, defaults: quick, image: false) { engine in
                try await engine.client.ping()
                try await own.stop(SIGKILL)
                for _ in 0..<20 {
                    let error = await #expect(throws: DockerError.self) { _ = try await engine.client.containers(.none) }
                    if case .refused? = error { break }
                    guard case .unreachable(_, _)? = error else {
                        Issue.record("unreachable was expected, \(String(describing: error)) came")
                        return
                    }
                }
                let snapshot = try #require(engine.guards.snapshots.first { $0.key.name == "docker.local.Read" })
                #expect(snapshot.phase == .open)
                #expect(snapshot.lastError.contains("can't be reached") && snapshot.lastError.contains("systemctl status docker"))
                let error = await #expect(throws: DockerError.self) { _ = try await engine.client.containers(.none) }
                #expect(error?.retryAfter != nil && error?.isTransient == true)

                try await own.start()
                try await eventually("the breaker is closed again") {
                    do {
                        _ = try await engine.client.containers(.none)
                    } catch let error as DockerError {
                        guard error.isTransient else { throw error }
                    }
                    return engine.guards.snapshots.first { $0.key.operation == .read }?.phase == .closed
                }
            }
        }
    }

    /// Who asks again when a refusal says so makes a bounded number of calls, however long the engine is away.
    @Test func whileTheEngineIsAwayCallsAreFew() async throws {
        try await EngineFixture.withoutEngine(defaults: GuardRegistry.standardDefaults) { engine in
            for _ in 0..<5000 {
                await #expect(throws: DockerError.self) { _ = try await engine.client.containers(.none) }
            }
            let labels = [("dependency", "docker"), ("target", "local"), ("operation", "Read")]
            #expect(engine.metrics.value("millwright_guard_calls_total", labels + [("outcome", "failure")]) == 3)
            // All but the first, which failed with its retry, and the second's first attempt, the third failure.
            #expect(engine.metrics.value("millwright_guard_rejected_total", labels + [("reason", "open")]) == 4999)
        }
    }

    @Test func anEngineThatHangsMeetsTheDeadlines() async throws {
        try await PrivateEngine.with { own in
            try await EngineFixture.with(own.endpoint, defaults: quick, image: false) { engine in
                let client = engine.client.within(.milliseconds(150))
                _ = try await engine.client.createVolume(name: engine.prefix, labels: engine.labels)
                own.hang()
                let read = await #expect(throws: DockerError.self) { _ = try await client.containers(.none) }
                guard case .timeout? = read else {
                    Issue.record("timeout was expected, \(String(describing: read)) came")
                    return
                }
                #expect(read.map { "\($0)".contains("didn't answer") } == true)
                let write = await #expect(throws: DockerError.self) { try await client.removeVolume(engine.prefix) }
                switch write {
                // Without a version agreed on, nothing that changes anything was sent.
                case .outcomeUnknown?, .timeout?: break
                default: Issue.record("outcomeUnknown or timeout was expected, \(String(describing: write)) came")
                }
                let stream = await #expect(throws: DockerError.self) { _ = try await client.events(since: nil, filters: .none) }
                #expect(stream?.isTransient == true)
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<12 { group.addTask { await #expect(throws: DockerError.self) { _ = try await client.networks(.none) } } }
                }
                #expect(engine.guards.snapshots.first { $0.key.operation == .read }?.phase == .open)
                own.goOn()
                try await eventually("the breaker is closed again") {
                    do {
                        _ = try await engine.client.networks(.none)
                    } catch let error as DockerError {
                        guard error.isTransient else { throw error }
                    }
                    return engine.guards.snapshots.first { $0.key.operation == .read }?.phase == .closed
                }
            }
        }
    }

    @Test func aWriteToAHungEngineHasAnUnknownOutcome() async throws {
        try await PrivateEngine.with { own in
            try await EngineFixture.with(own.endpoint, image: false) { engine in
                try await engine.client.ping()
                own.hang()
                let error = await #expect(throws: DockerError.self) {
                    _ = try await engine.client.within(.milliseconds(150)).createVolume(name: engine.prefix, labels: engine.labels)
                }
                guard case .outcomeUnknown? = error else {
                    Issue.record("outcomeUnknown was expected, \(String(describing: error)) came")
                    return
                }
                own.goOn()
                // It was in the engine's queue, and was done unless the engine saw first that the caller had left: what "unknown"
                // means. Made again under its name there is one, whichever it was.
                try await eventually("the engine takes it again") {
                    do {
                        _ = try await engine.client.createVolume(name: engine.prefix, labels: engine.labels)
                        return true
                    } catch let error as DockerError {
                        guard error.isTransient else { throw error }
                        return false
                    }
                }
                #expect(try await engine.client.volumes(engine.mine).map(\.name) == [engine.prefix])
            }
        }
    }

    @Test func noEventIsMissedWhileTheStreamWasLost() async throws {
        let deadlines = DockerDeadlines(all: .milliseconds(500), heartbeat: .milliseconds(50))
        try await PrivateEngine.with { own in
            try await EngineFixture.with(own.endpoint, deadlines: deadlines, defaults: quick, image: false) { engine in
                let patient = engine.client.within(.seconds(30))
                let (events, losses, subscriptions) = (Recorder<EngineEvent>(), Recorder<DockerError>(), Recorder<Timestamp?>())
                let since = try await patient.info().time
                let task = Task {
                    var since = since
                    while !Task.isCancelled {
                        do throws(DockerError) {
                            let stream = try await engine.client.events(since: since, filters: EngineFilters(others: ["type": ["volume"]]))
                            defer { stream.cancel() }
                            subscriptions.add(since)
                            while let event = try await stream.next() {
                                since = event.time
                                events.add(event)
                            }
                        } catch {
                            losses.add(error)
                        }
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                }
                defer { task.cancel() }
                func created() -> [String] { events.all.filter { $0.action == "create" }.map(\.id) }
                try await eventually("it is subscribed") { !subscriptions.all.isEmpty }
                try await eventually("the first event comes") {
                    _ = try? await patient.createVolume(name: "\(engine.prefix)-1", labels: engine.labels)
                    return created().contains("\(engine.prefix)-1")
                }

                // Silence is no loss as long as the engine answers.
                let pings = [("dependency", "docker"), ("target", "local"), ("operation", "Read"), ("outcome", "success")]
                let before = engine.metrics.value("millwright_guard_calls_total", pings) ?? 0
                try await eventually("it was asked some times") { (engine.metrics.value("millwright_guard_calls_total", pings) ?? 0) > before + 5 }
                let lossesBefore = losses.all.count

                own.hang()
                try await eventually("the loss is noticed") { losses.all.count > lossesBefore }
                let writer = Task { try await patient.createVolume(name: "\(engine.prefix)-2", labels: engine.labels) }
                own.goOn()
                _ = try? await writer.value  // its own breaker may be open; what counts is the event
                try await eventually("the volume of the gap is there") {
                    _ = try? await patient.createVolume(name: "\(engine.prefix)-2", labels: engine.labels)
                    return created().contains("\(engine.prefix)-2")
                }

                try await own.stop()
                let count = subscriptions.all.count
                try await own.start()
                try await eventually("it is subscribed after the restart") { subscriptions.all.count > count }
                try await eventually("the event after the restart comes") {
                    _ = try? await patient.createVolume(name: "\(engine.prefix)-3", labels: engine.labels)
                    return created().contains("\(engine.prefix)-3")
                }
                task.cancel()
                await task.value
            }
        }
    }

    @Test func overTCPWithCertificates() async throws {
        let port = try freePort()
        try await PrivateEngine.with(overTCP: { directory in
            try Certificates.make(in: directory)
            return [
                "--host", "tcp://127.0.0.1:\(port)", "--tlsverify", "--tlscacert", "\(directory)/ca.pem", "--tlscert", "\(directory)/server.pem",
                "--tlskey", "\(directory)/server-key.pem",
            ]
        }) { own in
            let environment = ["DOCKER_CERT_PATH": own.directory]
            try await EngineFixture.with("tcp://127.0.0.1:\(port)", environment: environment, image: false) { engine in
                #expect(try await engine.client.info().version.isEmpty == false)
                _ = try await engine.client.createVolume(name: engine.prefix, labels: engine.labels)
                let events = try await engine.client.events(since: Timestamp(seconds: 0), filters: .none)
                #expect(try await events.next() != nil)
                events.cancel()

                func refusal(_ tls: DockerEndpoint.TLS?) async throws -> DockerError? {
                    let client = DockerClient(
                        target: "other", endpoint: DockerEndpoint(address: .tcp(host: "127.0.0.1", port: port), tls: tls), loop: engine.loop,
                        guards: GuardRegistry())
                    return await #expect(throws: DockerError.self) { try await client.ping() }
                }
                let right = try #require(try DockerEndpoint("tcp://127.0.0.1:\(port)", environment: environment).tls)
                var anonymous = right
                (anonymous.certificate, anonymous.key) = (nil, nil)
                var distrustful = right
                distrustful.authority = right.certificate
                for tls in [anonymous, distrustful, nil] {
                    let error = try await refusal(tls)
                    switch error {
                    case .unreachable?, .unauthorized?, .badRequest?: break
                    default: Issue.record("a refusal was expected, \(String(describing: error)) came")
                    }
                    #expect(error.map { !"\($0)".contains("PRIVATE KEY") } == true)
                }
            }
        }
    }
}
