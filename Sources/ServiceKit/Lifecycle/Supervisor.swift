import Glibc
import Kernel
import Platform
import Telemetry

/// A child to keep alive, and how to end it.
public struct SupervisedChild: Sendable {
    public let name: String
    public let stopSignal: Int32
    /// From the stop signal to SIGKILL.
    public let stopGrace: Duration
    /// Called before every start; may repair what the last death left behind.
    public let command: @Sendable () throws -> ChildCommand
    /// Waits until the next child may start; true when this one is up. Called again and again, some milliseconds apart.
    public let isReady: @Sendable () -> Bool
    /// The exit status that says "don't start me again, this needs a person": the supervisor ends with it.
    public let givesUpWith: Set<Int32>
    /// One that has never been up and ended or didn't start so many times in a row is broken, and needs a person: the supervisor says what to do and ends with
    /// that status. nil: it is started for ever.
    public let broken: (after: Int, status: Int32, fix: String)?
    /// What it said last, asked after it died: why, and where to read more; nil when it says such things elsewhere.
    public let lastWords: @Sendable () -> String?

    public init(
        name: String, stopSignal: Int32, stopGrace: Duration, givesUpWith: Set<Int32> = [],
        broken: (after: Int, status: Int32, fix: String)? = nil, command: @escaping @Sendable () throws -> ChildCommand, isReady: @escaping @Sendable () -> Bool = { true },
        lastWords: @escaping @Sendable () -> String? = { nil }
    ) {
        self.lastWords = lastWords
        self.broken = broken
        self.name = name
        self.stopSignal = stopSignal
        self.stopGrace = stopGrace
        self.givesUpWith = givesUpWith
        self.command = command
        self.isReady = isReady
    }
}

/// Starts children in order and starts again those that die, with backoff; on SIGTERM or SIGINT stops them in reverse order.
///
/// It does nothing else and holds nothing that could be lost. One thread, no concurrency runtime: it must outlive everything.
public struct Supervisor {
    private enum State {
        case waiting(until: MonotonicInstant)
        case running(ChildProcess, since: MonotonicInstant, wasReady: Bool)
    }

    private let children: [SupervisedChild]
    private let signals: Signals
    private let logger: Logger
    private let clocks = SystemClocks()
    private var states: [State]
    private var policies: [RestartPolicy]
    /// Which have been up once.
    private var hasBeenUp: [Bool]

    /// - Parameter signals: block SIGTERM, SIGINT and SIGCHLD before.
    public init(children: [SupervisedChild], signals: Signals, logger: Logger) {
        self.children = children
        self.signals = signals
        self.logger = logger
        states = children.map { _ in .waiting(until: MonotonicInstant(nanoseconds: 0)) }
        policies = children.map { _ in RestartPolicy() }
        hasBeenUp = children.map { _ in false }
    }

    /// Runs until asked to stop.
    /// - Returns: the exit status: 0 after an orderly stop.
    public mutating func run() -> Int32 {
        var wasSettled = false
        while true {
            let status = reap() ?? advance()
            if let status {
                stopAll()
                return status
            }
            let isSettled = states.allSatisfy { if case .running(_, _, wasReady: true) = $0 { true } else { false } }
            // From here on it sleeps: what it needed to start is given back.
            if isSettled, !wasSettled { Memory.giveBackCode() }
            wasSettled = isSettled
            let pause = isSettled ? 1000 : 20
            switch signals.wait(milliseconds: pause) {
            case SIGTERM, SIGINT:
                logger.info("stopping", ["reason": "asked by a signal"])
                stopAll()
                return 0
            default: break
            }
        }
    }

    /// Notices the dead. Returns an exit status when one of them says that starting it again is of no use.
    private mutating func reap() -> Int32? {
        for position in children.indices {
            guard case .running(let process, let since, _) = states[position], let end = process.poll() else { continue }
            let child = children[position]
            if case .exited(let code) = end, child.givesUpWith.contains(code) {
                states[position] = .waiting(until: clocks.monotonic)
                return code
            }
            let delay = policies[position].died(afterLiving: clocks.monotonic - since)
            let why = child.lastWords().map { ": \($0)" } ?? ""
            if let status = broken(position, "\(child.name) \(end)\(why)") {
                states[position] = .waiting(until: clocks.monotonic)
                return status
            }
            logger.warning(
                "\(child.name) \(end)\(why); starting it again", ["child": child.name, "in": delay.manifest, "deaths": "\(policies[position].deaths)"])
            states[position] = .waiting(until: clocks.monotonic + delay)
        }
        return nil
    }

    /// Starts what is due; a child starts only when all before it are up.
    private mutating func advance() -> Int32? {
        for position in children.indices {
            let child = children[position]
            switch states[position] {
            case .waiting(let until):
                guard clocks.monotonic >= until else { return nil }
                do {
                    let process = try ChildProcess(try child.command())
                    logger.debug("started \(child.name)", ["child": child.name, "pid": "\(process.pid)"])
                    states[position] = .running(process, since: clocks.monotonic, wasReady: false)
                } catch {
                    let delay = policies[position].died(afterLiving: .zero)
                    if let status = broken(position, "\(child.name) does not start: \(error)") { return status }
                    logger.error("\(child.name) does not start: \(error)", ["child": child.name, "retryIn": delay.manifest])
                    states[position] = .waiting(until: clocks.monotonic + delay)
                }
                return nil
            case .running(let process, let since, let wasReady):
                if wasReady { continue }
                guard child.isReady() else { return nil }
                states[position] = .running(process, since: since, wasReady: true)
                hasBeenUp[position] = true
            }
        }
        return nil
    }

    /// The status to end with, if that one is given up. One that was up once is tried for ever: what stops it may pass, a full disk, memory.
    private func broken(_ position: Int, _ what: String) -> Int32? {
        guard let broken = children[position].broken, !hasBeenUp[position], policies[position].deaths >= broken.after else { return nil }
        logger.error("\(what). It was tried \(policies[position].deaths) times and never came up. \(broken.fix)", ["child": children[position].name])
        return broken.status
    }

    private mutating func stopAll() {
        for position in children.indices.reversed() {
            guard case .running(let process, _, _) = states[position] else { continue }
            process.signal(children[position].stopSignal)
            let deadline = clocks.monotonic + children[position].stopGrace
            var killed = false
            while process.poll() == nil {
                if !killed, clocks.monotonic >= deadline {
                    logger.warning("\(children[position].name) did not stop in time; ending it", ["child": children[position].name])
                    process.signal(SIGKILL)
                    killed = true
                }
                // A second signal of a person in a hurry doesn't shorten this: the children's grace is what keeps the data whole.
                _ = signals.wait(milliseconds: 10)
            }
            states[position] = .waiting(until: clocks.monotonic)
        }
    }
}
