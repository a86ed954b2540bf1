import EnvironmentPlan
import Kernel
import Resources
import Testing

/// Every state a small world can be in, every wish: the goal is reached, no promise is broken on the way, also when the process is killed
/// after any action.
@Suite struct SmallWorldTests {
    /// What can be found of one instance.
    enum Found: String, CaseIterable, Sendable {
        case absent, created, ready, unready, exitedWell, exitedBadly, paused, restarting, removing, dead
        case disconnected, otherPolicy, outdated, outdatedUnready, outdatedExited, outdatedCreated, outdatedPaused, unknownMaker, twice, failing
    }

    enum Wish: String, CaseIterable, Sendable {
        case one, two, suspended, none, scaledDelete, deleted, deletedWithData

        func object(status: JSON) -> JSON {
            let isDeleting = self == .deleted || self == .deletedWithData
            return SmallWorld.object(deleting: isDeleting, status: status) { spec in
                switch self {
                case .one, .deleted: break
                case .two: spec["replicas"] = 2
                case .suspended:
                    spec["replicas"] = 2
                    spec["suspend"] = true
                case .none: spec["replicas"] = 0
                case .scaledDelete: spec["persistentVolumeClaimRetentionPolicy"] = ["whenScaled": "Delete"]
                case .deletedWithData: spec["persistentVolumeClaimRetentionPolicy"] = ["whenDeleted": "Delete"]
                }
            }
        }
    }

    /// A world in which the instances are as found.
    static func world(_ found: [Found], network: Bool, image: Bool, volumes: Bool) throws -> SmallWorld {
        var world = SmallWorld()
        let desired = try SmallWorld.desired(SmallWorld.object { $0["replicas"] = 2 })
        let older = try SmallWorld.desired(SmallWorld.object { $0["replicas"] = 2; $0["image"] = "demo:0" })
        world.network = network ? .ours(id: "n1") : .absent
        world.hasImage = image
        for (ordinal, kind) in found.enumerated() {
            if volumes || kind != .absent {
                world.volumes.append(.init(name: desired.identity.volumeName(claim: "data", ordinal: ordinal), claim: "data", ordinal: ordinal))
            }
            guard kind != .absent else { continue }
            let isOutdated = kind.rawValue.hasPrefix("outdated")
            let maker = isOutdated ? older : desired
            var container = ObservedContainer(
                id: world.makeID(), name: desired.identity.containerName(ordinal), ordinal: ordinal, revision: maker.revision, facts: maker.facts,
                state: .running, started: world.now + .seconds(-3600), ports: [.init(containerPort: 8088, transport: .tcp, hostIP: "127.0.0.1", hostPort: 20100 + ordinal)],
                networks: network ? [desired.identity.networkName] : [])
            switch kind {
            case .absent, .ready, .outdated: break
            case .created, .outdatedCreated: container.state = .created
            case .unready, .outdatedUnready: container.probes = .init(readiness: .unready("no answer"))
            case .exitedWell, .exitedBadly, .outdatedExited:
                container.state = .exited
                container.exitCode = kind == .exitedBadly ? 1 : 0
                container.finished = world.now + .seconds(-5)
            case .paused, .outdatedPaused: container.state = .paused
            case .restarting: container.state = .restarting
            case .removing: container.state = .removing
            case .dead: container.state = .dead
            case .disconnected: container.networks = []
            case .otherPolicy: container.restartPolicy = .always
            case .unknownMaker:
                container.revision = "zzz"
                container.facts = nil
            case .twice:
                var second = container
                second.id = world.makeID()
                second.name = "someone-renamed-it-\(ordinal)"
                second.ports = []
                world.containers.append(second)
            case .failing: container.probes = .init(readiness: .unready("no answer"), failed: "liveness probe failed 3 times: no answer")
            }
            world.containers.append(container)
        }
        return world
    }

    /// One pass: look, plan, act up to `limit` actions, show. Gives how many actions were planned.
    static func pass(_ world: inout SmallWorld, _ wish: Wish, limit: Int = .max) throws -> Int {
        let object = wish.object(status: world.status)
        let desired = try SmallWorld.desired(object)
        let observed = world.observed(desired)
        let assessment = EnvironmentPlanner.assess(desired: desired, observed: observed, now: world.now)
        let again = EnvironmentPlanner.assess(desired: desired, observed: observed, now: world.now)
        func text(_ plan: Plan<EnvironmentAction>) -> String { plan.actions.map { "\($0.summary): \($0.reason)" }.joined(separator: "\n") }
        if assessment != again || text(assessment.plan) != text(again.plan) { throw SmallWorld.Broken(description: "two plans of one input") }
        for action in assessment.plan.actions.prefix(limit) { try world.act(action, desired) }
        world.status = EnvironmentStatus.status(
            of: object, .assessed(desired, observed, assessment), trouble: nil, policy: EnvironmentPolicy(installation: SmallWorld.installation),
            now: world.now)
        return assessment.plan.actions.count
    }

    /// Passes until nothing is left to do, then the goal is checked.
    static func converge(_ world: inout SmallWorld, _ wish: Wish) throws {
        for _ in 0..<40 {
            if try pass(&world, wish) == 0 {
                let desired = try SmallWorld.desired(wish.object(status: world.status))
                let plan = EnvironmentPlanner.plan(desired: desired, observed: world.observed(desired), now: world.now)
                if plan.isSettled { return try checkGoal(world, desired, wish) }
            }
            world.settle()
        }
        throw SmallWorld.Broken(description: "the goal isn't reached")
    }

    static func checkGoal(_ world: SmallWorld, _ desired: DesiredEnvironment, _ wish: Wish) throws {
        func demand(_ condition: Bool, _ what: String) throws {
            if !condition { throw SmallWorld.Broken(description: "at the goal: \(what)") }
        }
        try demand(world.containers.count == desired.replicas, "\(world.containers.count) containers")
        for container in world.containers {
            try demand(container.revision == desired.revision, "another revision")
            try demand(container.state == .running && container.probes.readiness == .ready, "not ready")
            try demand(container.networks == [desired.identity.networkName], "networks \(container.networks)")
            try demand(container.restartPolicy == .unlessStopped, "policy \(container.restartPolicy)")
        }
        if desired.isDeleting { try demand(world.network == .absent, "the network is left") }
        if wish == .deletedWithData { try demand(world.volumes.isEmpty, "data is left") }
        let conditions = (world.status["conditions"]?.array ?? []).compactMap(Condition.init)
        if !desired.isDeleting {
            try demand(conditions["Ready"]?.status == .true, "Ready is \(world.status)")
            try demand(conditions["Reconciling"]?.status == .false && conditions["Stalled"]?.status == .false, "\(world.status)")
            try demand(conditions["Drifted"]?.status == .false, "\(world.status)")
        }
    }

    @Test(arguments: Wish.allCases) func everyStateReachesTheGoal(_ wish: Wish) throws {
        for first in Found.allCases {
            for second in Found.allCases {
                for setting in [0, 7] {
                    var world = try Self.world([first, second], network: setting & 1 != 0, image: setting & 2 != 0, volumes: setting & 4 != 0)
                    let kept = world.volumes
                    do {
                        try Self.converge(&world, wish)
                    } catch {
                        Issue.record("\(wish): \(first), \(second), setting \(setting): \(error)")
                        return
                    }
                    if wish != .scaledDelete, wish != .deletedWithData {
                        #expect(kept.allSatisfy { volume in world.volumes.contains { $0.name == volume.name } })
                    }
                }
            }
        }
    }

    /// Killed after any number of actions of any plan on the way, with or without having shown what it did.
    @Test(arguments: Wish.allCases) func killedAfterAnyActionTheGoalIsReached(_ wish: Wish) throws {
        for first in [Found.absent, .created, .ready, .exitedBadly, .paused, .removing, .disconnected, .outdated, .outdatedCreated, .twice, .failing] {
            for second in [Found.absent, .ready, .outdated] {
                let begin = try Self.world([first, second], network: true, image: false, volumes: first != .absent)
                var passes = 0
                var path = begin
                // The states on the undisturbed way …
                while passes < 8 {
                    let planned: Int
                    do {
                        var probe = path
                        planned = try Self.pass(&probe, wish)
                        // … and from each, a kill after every prefix of its plan.
                        for prefix in 0..<planned {
                            for isShown in [false, true] {
                                var killed = path
                                let status = killed.status
                                _ = try Self.pass(&killed, wish, limit: prefix)
                                if !isShown { killed.status = status }
                                try Self.converge(&killed, wish)
                            }
                        }
                        path = probe
                    } catch {
                        Issue.record("\(wish): \(first), \(second), pass \(passes): \(error)")
                        return
                    }
                    if planned == 0 { path.settle() }
                    passes += 1
                    if planned == 0, passes > 6 { break }
                }
            }
        }
    }
}
