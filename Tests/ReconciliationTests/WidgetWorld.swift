import Guards
import Kernel
import Kubernetes
import Platform
import SimulationKit
import Telemetry

@testable import Reconciliation

/// The smallest kind there is: a Widget wants `size` parts of one `version` in a world outside of the API.
let widgets = ResourceType(group: "example.org", version: "v1", kind: "Widget", plural: "widgets")

/// The parts, by owner's uid and number. Making one that is there is an error, as with a container's name.
final class PartsWorld: Sendable {
    struct PartName: Hashable, Comparable, Sendable {
        let owner: String
        let number: Int
        static func < (a: PartName, b: PartName) -> Bool { (a.owner, a.number) < (b.owner, b.number) }
    }

    private let simulation: Simulation
    private let faults: FaultPlan
    private let parts = Locked<[PartName: String]>([:])
    private let effects = Locked(0)

    init(_ simulation: Simulation, _ faults: FaultPlan) {
        self.simulation = simulation
        self.faults = faults
    }

    var count: Int { parts.withLock { $0.count } }
    /// Changes ever made.
    var changes: Int { effects.withLock { $0 } }
    func parts(of owner: String) -> [Int: String] {
        parts.withLock { parts in Dictionary(uniqueKeysWithValues: parts.filter { $0.key.owner == owner }.map { ($0.key.number, $0.value) }) }
    }

    /// Somebody breaks something.
    func sabotage() {
        guard let victim = parts.withLock({ $0.keys.sorted() }).dropFirst(simulation.draw(in: 0...3)).first else { return }
        simulation.trace.note("somebody takes part \(victim.number) of \(victim.owner)")
        parts.withLock { $0[victim] = nil }
    }

    func look(_ owner: String, as process: SimulatedProcess) async throws(ActionFailure) -> [Int: String] {
        try await call("look at \(owner)", process, changes: false) { _ in }
        return parts(of: owner)
    }

    func make(_ name: PartName, version: String, as process: SimulatedProcess) async throws(ActionFailure) {
        var isTaken = false
        try await call("make \(name.owner)/\(name.number) \(version)", process, changes: true) { parts in
            isTaken = parts[name] != nil
            if !isTaken { parts[name] = version }
        }
        if isTaken { throw .stale("part \(name.number) is there already") }
    }

    func remove(_ name: PartName, as process: SimulatedProcess) async throws(ActionFailure) {
        try await call("remove \(name.owner)/\(name.number)", process, changes: true) { $0[name] = nil }
    }

    private func call(
        _ what: String, _ process: SimulatedProcess, changes: Bool, _ effect: (inout [PartName: String]) -> Void
    ) async throws(ActionFailure) {
        let fault = faults.call(what, changes: changes)
        do { try await simulation.clock.sleep(for: .milliseconds(simulation.draw(in: 1...50))) } catch { throw .cancelled }
        guard process.isAlive else { throw .cancelled }
        switch fault {
        case .none, .failAfter, .crashAfter, .slow: break
        case .failBefore: throw .transient("simulated: the world is away")
        case .conflict: throw .stale("simulated: somebody else was faster")
        case .crashBefore:
            simulation.trace.note("killed before: \(what)")
            process.kill()
            throw .cancelled
        }
        if changes {
            simulation.trace.note(what)
            parts.withLock { effect(&$0) }
            effects.withLock { $0 += 1 }
        }
        if fault == .crashAfter {
            simulation.trace.note("killed after: \(what)")
            process.kill()
            throw .cancelled
        }
        if fault == .failAfter { throw .transient("simulated: the answer is lost") }
    }
}

enum WidgetPlanner: Planner {
    struct Desired: Sendable { let owner: String, size: Int, version: String }
    struct Observed: Sendable { let parts: [Int: String] }

    enum Action: PlannedAction {
        case make(Int, String)
        case remove(Int)

        var summary: String {
            switch self {
            case .make(let number, let version): "make part \(number) of version \(version)"
            case .remove(let number): "remove part \(number)"
            }
        }
        var reason: String { "the widget wants it so" }
        var risk: RiskClass { .low }
        var breaker: String { "parts.local.Write" }
        var blastRadius: Int { 1 }
    }

    static func plan(desired: Desired, observed: Observed, now: Timestamp) -> Plan<Action> {
        var actions: [Action] = []
        for (number, version) in observed.parts.sorted(by: { $0.key > $1.key }) where number >= desired.size || version != desired.version {
            actions.append(.remove(number))
        }
        for number in 0..<desired.size where observed.parts[number] != desired.version { actions.append(.make(number, desired.version)) }
        return Plan(actions: actions)
    }
}

struct WidgetFlow: ReconciliationFlow {
    typealias Planning = WidgetPlanner

    let type = widgets
    let world: PartsWorld
    let process: SimulatedProcess

    func desired(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> WidgetPlanner.Desired {
        let metadata = Metadata(of: object)
        guard let size = object["spec"]?["size"]?.int, size >= 0, size <= 10 else {
            if metadata.isDeleting { return .init(owner: metadata.uid, size: 0, version: "") }
            throw .terminal(reason: "InvalidSpec", "spec.size must be from 0 to 10")
        }
        return .init(
            owner: metadata.uid, size: metadata.isDeleting ? 0 : Int(size), version: object["spec"]?["version"]?.string ?? "1")
    }

    func observe(_ desired: WidgetPlanner.Desired, _ object: JSON, in pass: PassContext) async throws(ActionFailure) -> WidgetPlanner.Observed {
        .init(parts: try await world.look(desired.owner, as: process))
    }

    func execute(_ action: WidgetPlanner.Action, desired: WidgetPlanner.Desired, in pass: PassContext) async throws(ActionFailure) {
        switch action {
        case .make(let number, let version): try await world.make(.init(owner: desired.owner, number: number), version: version, as: process)
        case .remove(let number): try await world.remove(.init(owner: desired.owner, number: number), as: process)
        }
    }

    func status(_ report: PassReport<WidgetPlanner>, now: Timestamp) -> StatusProposal? {
        let generation = report.object["metadata"]?["generation"] ?? 0
        func status(_ phase: String, _ parts: Int?, _ message: String = "") -> StatusProposal {
            StatusProposal(
                [
                    "phase": .string(phase), "observedGeneration": generation, "message": .string(message),
                    "parts": parts.map { .int(Int64($0)) } ?? report.object["status"]?["parts"] ?? 0,
                ])
        }
        switch report.stage {
        case .undecided(let failure, _): return status("Stalled", nil, failure.message)
        case .unobserved(_, let failure): return status("Unknown", nil, failure.message)
        case .acting(_, let observed, _): return status("Working", observed.parts.count)
        case .planned(_, let observed, let plan): return status(plan.isSettled ? "Ready" : "Waiting", observed.parts.count)
        case .failed(_, let observed, _, _, let failure): return status("Working", observed.parts.count, failure.message)
        case .paused(_, let observed, _): return status("Paused", observed.parts.count)
        }
    }

    func isEmpty(_ observed: WidgetPlanner.Observed) -> Bool { observed.parts.isEmpty }

    func events(_ report: PassReport<WidgetPlanner>) -> [EventNote] {
        if case .terminal(let reason, let message)? = report.failure { return [EventNote(.warning, reason: reason, message: message)] }
        return []
    }
}

/// The program under test, life after life.
final class WidgetOperator: Sendable {
    let simulation: Simulation
    let api: SimulatedAPI
    let world: PartsWorld
    let lives = Locked(0)
    private let current = Locked<Task<Void, Never>?>(nil)

    init(_ simulation: Simulation, _ api: SimulatedAPI, _ world: PartsWorld) {
        self.simulation = simulation
        self.api = api
        self.world = world
    }

    func start() {
        let life = lives.withLock { lives -> Int in
            lives += 1
            return lives
        }
        let (simulation, clock, process) = (simulation, simulation.clock, SimulatedProcess())
        simulation.trace.note("life \(life) begins")
        let metrics = Metrics()
        func seeded(_ part: String) -> any RandomNumberGenerator & Sendable { simulation.generator(for: "\(part) \(life)") }
        let client = KubernetesClient(transport: api.transport(for: process), guards: GuardRegistry(clocks: clock, seed: simulation.seed))
        let informer = Informer(client, widgets, clocks: clock, logger: .disabled, metrics: metrics, random: seeded("informer"))
        let events = EventRecorder(client, instance: "life-\(life)", clocks: clock, logger: .disabled, metrics: metrics)
        let reconciler = PlanningReconciler(
            WidgetFlow(world: world, process: process), informer: informer, statuses: StatusWriter(client, widgets, clocks: clock),
            executor: GuardedExecutor(audit: LogAuditSink(.disabled), metrics: metrics), events: events)
        let controller = Controller(
            .init(name: "widget"), informer: informer, reconciler: reconciler, clocks: clock, logger: .disabled, metrics: metrics,
            random: seeded("controller"))
        let task = simulation.start {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await informer.run(ready: {}) }
                group.addTask { await events.run(until: StopSignal()) }
                group.addTask { await controller.run(until: StopSignal()) }
                // The world's own events: somebody changed something, and nobody says what.
                group.addTask {
                    while !Task.isCancelled {
                        do { try await clock.sleep(for: .seconds(20)) } catch { return }
                        if simulation.clock.monotonic < MonotonicInstant(nanoseconds: 1_000_000_000) + .seconds(600) { controller.enqueueAll(cause: .world) }
                    }
                }
            }
        }
        current.withLock { $0 = task }
        process.onKill {
            simulation.trace.note("life \(life) ends")
            task.cancel()
            simulation.start {
                do { try await clock.sleep(for: .milliseconds(simulation.draw(in: 100...5000))) } catch { return }
                self.start()
            }
        }
    }
}
