import EnvironmentPlan
import Kernel
import Platform
import Resources

/// What this process remembers between passes and no engine tells: what failed, which processes ended when, who a container belongs to.
///
/// Losing it costs nothing but a repeated attempt. Bounded by the number of objects and containers there are.
final class EnvironmentMemory: Sendable {
    typealias Failure = ObservedEnvironment.Failure

    /// How long a port that was refused counts as taken.
    private static let refusalLasts = Duration.seconds(300)
    private static let mostDeaths = 20

    private struct Refusal {
        var port: Int
        var transport: ContainerPort.Transport
        var until: Timestamp
    }

    private struct Tail {
        var finished: Timestamp?
        var text: String
    }

    /// The engine counts its own restarts only, and from 0 again after a start of ours.
    private struct Starts {
        var before = 0
        var counted: Int
        var started: Timestamp?
    }

    private struct State {
        var starts: [String: Starts] = [:]
        var failures: [NamespacedName: [Failure]] = [:]
        var waiting: Set<NamespacedName> = []
        var deaths: [String: [Timestamp]] = [:]
        var owners: [String: NamespacedName] = [:]
        var refusals: [String: [Refusal]] = [:]
        var tails: [String: Tail] = [:]
    }

    private let state = Locked(State())

    // MARK: Failures

    func failures(_ key: NamespacedName) -> [Failure] { state.withLock { $0.failures[key] ?? [] } }

    func failed(_ key: NamespacedName, _ subject: Failure.Subject, _ issue: EnvironmentIssue, at now: Timestamp) {
        state.withLock { state in
            var failures = state.failures[key] ?? []
            let count = failures.first { $0.subject == subject }?.count ?? 0
            // Failures of other images and revisions are over.
            failures.removeAll { $0.subject.isSuperseded(by: subject) }
            failures.append(Failure(subject: subject, issue: issue, at: now, count: count + 1))
            state.failures[key] = failures
        }
    }

    func succeeded(_ key: NamespacedName, _ subject: Failure.Subject) {
        state.withLock { state in
            state.failures[key]?.removeAll { $0.subject.isSuperseded(by: subject) }
            if state.failures[key]?.isEmpty == true { state.failures[key] = nil }
        }
    }

    /// Something of the object can't run yet: for want of an image, a port or a name.
    func waits(_ key: NamespacedName, _ isWaiting: Bool) {
        state.withLock { state in
            if isWaiting { state.waiting.insert(key) } else { state.waiting.remove(key) }
        }
    }

    /// Who may go on when something of others on the engine changes.
    func keysWaiting() -> [NamespacedName] { state.withLock { $0.waiting.sorted() } }

    // MARK: Processes

    func died(_ container: String, at time: Timestamp) {
        state.withLock { state in
            var deaths = state.deaths[container] ?? []
            // A reconnected event stream tells some of them again.
            guard !deaths.contains(time) else { return }
            deaths.append(time)
            state.deaths[container] = Array(deaths.sorted().suffix(Self.mostDeaths))
        }
    }

    /// The last end was asked for, so that it doesn't count.
    func wasStopped(_ container: String, at time: Timestamp) {
        state.withLock { state in
            guard let last = state.deaths[container]?.last, last <= time, time - last < .seconds(60) else { return }
            state.deaths[container]?.removeLast()
        }
    }

    /// Oldest first; forgotten once it was quiet for ten minutes.
    func deaths(_ container: String, now: Timestamp) -> [Timestamp] {
        state.withLock { state in
            guard let deaths = state.deaths[container], let last = deaths.last else { return [] }
            if now - last >= .seconds(600) {
                state.deaths[container] = nil
                return []
            }
            return deaths
        }
    }

    /// How often the process was started again, whoever did it.
    /// - Parameter counted: by the engine.
    func restarts(_ container: String, counted: Int, started: Timestamp?) -> Int {
        state.withLock { state in
            var starts = state.starts[container] ?? Starts(counted: counted, started: started)
            if counted < starts.counted {
                starts.before += starts.counted + 1
            } else if counted == starts.counted, let last = starts.started, let started, started != last {
                starts.before += 1
            }
            starts.counted = counted
            starts.started = started ?? starts.started
            state.starts[container] = starts
            return starts.before + counted
        }
    }

    func owner(_ container: String) -> NamespacedName? { state.withLock { $0.owners[container] } }

    func belongs(_ container: String, to key: NamespacedName) { state.withLock { $0.owners[container] = key } }

    func gone(_ container: String) {
        state.withLock { state in
            state.deaths[container] = nil
            state.owners[container] = nil
            state.tails[container] = nil
            state.starts[container] = nil
        }
    }

    // MARK: Ports

    func refused(_ port: Int, _ transport: ContainerPort.Transport, target: String, now: Timestamp) {
        state.withLock { state in
            state.refusals[target, default: []].append(Refusal(port: port, transport: transport, until: now + Self.refusalLasts))
        }
    }

    func refusedPorts(target: String, now: Timestamp) -> [ObservedEnvironment.TakenPort] {
        state.withLock { state in
            state.refusals[target]?.removeAll { $0.until <= now }
            return (state.refusals[target] ?? []).map { ObservedEnvironment.TakenPort(port: $0.port, transport: $0.transport) }
        }
    }

    // MARK: Logs

    func tail(_ container: String, finished: Timestamp?) -> String? {
        state.withLock { state in state.tails[container].flatMap { $0.finished == finished ? $0.text : nil } }
    }

    func keep(tail: String, of container: String, finished: Timestamp?) {
        state.withLock { $0.tails[container] = Tail(finished: finished, text: tail) }
    }

    func forget(_ key: NamespacedName) {
        state.withLock { state in
            state.failures[key] = nil
            state.waiting.remove(key)
            let containers = state.owners.filter { $0.value == key }.map(\.key)
            for container in containers {
                state.owners[container] = nil
                state.deaths[container] = nil
                state.tails[container] = nil
                state.starts[container] = nil
            }
        }
    }
}

extension ObservedEnvironment.Failure.Subject {
    /// A newer attempt at the same thing, be it with another image or revision.
    fileprivate func isSuperseded(by other: Self) -> Bool {
        switch (self, other) {
        case (.pull, .pull): true
        case (.run(let ordinal, _), .run(let otherOrdinal, _)): ordinal == otherOrdinal
        case (.pull, .run), (.run, .pull): false
        }
    }
}
