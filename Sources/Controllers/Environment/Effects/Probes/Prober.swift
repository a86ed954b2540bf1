import Docker
import EnvironmentPlan
import Kernel
import Platform
import Reconciliation
import Resources

/// Asks the probes of all running containers, each in its own time, and wakes an Environment when what they come to changes.
///
/// What runs is told by the observer; a run of a container that is no longer told of is forgotten. At rest a probe costs one request
/// of the network, or one exec of the engine.
final class Prober: Sendable {
    private struct Entry {
        var subject: ProbeSubject
        var state: ProbeState
        /// Unlike any other's: a task that finds another one here ends.
        var ticket: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var nextTicket: UInt64 = 0
    }

    private let state = Locked(State())
    private let engines: [String: any ContainerEngine]
    private let transport: any ProbeTransport
    private let clocks: any WaitingClocks
    private let wake: @Sendable (NamespacedName) -> Void
    private let starts: AsyncStream<(String, UInt64)>
    private let starting: AsyncStream<(String, UInt64)>.Continuation

    /// - Parameter wake: called when the readiness or health of one of the object's containers changed; must not block.
    init(
        engines: [String: any ContainerEngine], transport: any ProbeTransport, clocks: any WaitingClocks,
        wake: @escaping @Sendable (NamespacedName) -> Void
    ) {
        self.engines = engines
        self.transport = transport
        self.clocks = clocks
        self.wake = wake
        (starts, starting) = AsyncStream.makeStream(of: (String, UInt64).self)
    }

    /// Sees to it that this run of the container is asked, with the probes as they are now.
    func watch(_ inspection: EngineContainer, _ container: ObservedContainer, _ desired: DesiredEnvironment, target: EnvironmentTarget) {
        guard let subject = ProbeSubject(inspection, container, desired, target: target) else {
            state.withLock { $0.entries[inspection.id] = nil }
            return
        }
        let ago = container.started.map { max(clocks.now - $0, .zero) } ?? .zero
        let now = clocks.monotonic
        let ticket = state.withLock { state -> UInt64? in
            if state.entries[inspection.id]?.subject == subject { return nil }
            state.nextTicket += 1
            state.entries[inspection.id] = Entry(
                subject: subject,
                state: ProbeState(
                    startup: subject.startup, readiness: subject.readiness, liveness: subject.liveness, startedAgo: ago, now: now),
                ticket: state.nextTicket)
            return state.nextTicket
        }
        if let ticket { starting.yield((inspection.id, ticket)) }
    }

    /// What the probes of that run come to.
    func result(_ container: String, started: Timestamp?, _ desired: DesiredEnvironment) -> ObservedContainer.Probes {
        let known = state.withLock { state in
            state.entries[container].flatMap { $0.subject.started == started ? $0.state.result : nil }
        }
        if let known { return known }
        let hasProbe = desired.spec?.startupProbe != nil || desired.spec?.readinessProbe != nil
        return hasProbe ? .init(readiness: .unready("its probes haven't been asked yet")) : .init()
    }

    /// Forgets the object's runs that aren't among these.
    func keep(inspectionsOf owner: NamespacedName, ids: [String]) {
        state.withLock { state in
            let gone = state.entries.filter { $0.value.subject.owner == owner && !ids.contains($0.key) }.map(\.key)
            for id in gone { state.entries[id] = nil }
        }
    }

    func forget(_ owner: NamespacedName) { keep(inspectionsOf: owner, ids: []) }

    // MARK: Asking

    /// Asks until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await (container, ticket) in starts {
                group.addTask { await self.ask(container, ticket) }
            }
            group.cancelAll()
        }
    }

    private func ask(_ container: String, _ ticket: UInt64) async {
        while !Task.isCancelled {
            let next = state.withLock { state -> (ProbeSubject, kind: ProbeState.Kind, probe: Probe, due: MonotonicInstant)? in
                guard let entry = state.entries[container], entry.ticket == ticket, let next = entry.state.next else { return nil }
                return (entry.subject, next.kind, next.probe, next.due)
            }
            guard let (subject, kind, probe, due) = next else { return }
            let wait = due - clocks.monotonic
            if wait > .zero {
                do { try await clocks.sleep(for: wait) } catch { return }
                // It may have been forgotten meanwhile.
                guard state.withLock({ $0.entries[container]?.ticket == ticket }) else { return }
            }
            let answer = await answer(subject, probe)
            let now = clocks.monotonic
            let changed = state.withLock { state -> Bool in
                guard var entry = state.entries[container], entry.ticket == ticket else { return false }
                let before = entry.state.result
                entry.state.record(kind, answer, now: now)
                state.entries[container] = entry
                return entry.state.result != before
            }
            if changed { wake(subject.owner) }
        }
    }

    private func answer(_ subject: ProbeSubject, _ probe: Probe) async -> ProbeAnswer {
        switch probe.handler {
        case .exec(let command): return await run(command, subject, probe.timeout)
        case .tcpSocket(let port):
            for (way, isPublished) in subject.ways(port) {
                if let answer = await transport.connect(way, isPublished: isPublished, timeout: probe.timeout) { return answer }
            }
            return .failed("port \(port) of the container can't be reached from here; publish it (ports), or use an exec probe")
        case .httpGet(let path, let port, let scheme, let headers):
            for (way, _) in subject.ways(port) {
                if let answer = await transport.http(way, path: path, scheme: scheme, headers: headers, timeout: probe.timeout) { return answer }
            }
            return .failed("port \(port) of the container can't be reached from here; publish it (ports), or use an exec probe")
        }
    }

    /// The engine's own deadline is later than the probe's: a process that is slow to answer says nothing about the engine.
    private func run(_ command: [String], _ subject: ProbeSubject, _ timeout: Duration) async -> ProbeAnswer {
        guard let engine = engines[subject.target] else { return .unknown }
        let clocks = clocks
        return await withTaskGroup(of: ProbeAnswer.self) { group in
            group.addTask { await Self.execute(command, subject.container, engine.within(timeout + .seconds(10)), timeout) }
            group.addTask {
                do { try await clocks.sleep(for: timeout) } catch { return .unknown }
                return .failed("no end within \(timeout.manifest)")
            }
            let first = await group.next() ?? .unknown
            group.cancelAll()
            return first
        }
    }

    private static func execute(
        _ command: [String], _ container: String, _ engine: any ContainerEngine, _ timeout: Duration
    ) async -> ProbeAnswer {
        do throws(DockerError) {
            let result = try await engine.execute(container, EngineExecSpec(command), limit: 4096)
            if result.exitCode == 0 { return .passed }
            let text = String(decoding: (result.errorOutput.isEmpty ? result.output : result.errorOutput).prefix(200), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
            return .failed("exit code \(result.exitCode)\(line)")
        } catch {
            switch error {
            case .timeout, .outcomeUnknown: return .failed("no end within \(timeout.manifest)")
            case .badRequest(let text), .server(let text), .conflict(let text, _): return .failed(text)
            case .startFailed(let failure): return .failed(failure.description)
            // That says something about the engine, or that the container is gone: not about the process.
            case .notFound, .unauthorized, .pullFailed, .unreachable, .refused, .cancelled: return .unknown
            }
        }
    }
}
