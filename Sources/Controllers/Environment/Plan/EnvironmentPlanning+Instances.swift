import Kernel
import Resources

extension EnvironmentPlanning {
    typealias State = EnvironmentAssessment.InstanceState

    /// How long a process without a readiness probe must run after an end before it counts as ready.
    private static let trial = Duration.seconds(10)

    /// Puts one instance right, except that a running one which must be replaced is left for `replaceOneOutdated`.
    mutating func tend(_ ordinal: Int, _ container: ObservedContainer?) {
        let name = desired.identity.instanceName(ordinal)
        guard let container else {
            let recorded = desired.recorded.first { $0.ordinal == ordinal && !$0.containerID.isEmpty }
            if recorded != nil { note(.containerRemoved, "the container of instance \(name) was removed from outside Millwright") }
            let reason = recorded == nil ? "instance \(name) has no container" : "the container of instance \(name) is gone"
            if let steps = creation(ordinal, instead: nil, reason) {
                result.plan.actions += steps
                record(ordinal, nil, .missing, "is being created")
            } else {
                record(ordinal, nil, result.issues.isEmpty ? .missing : .failing, result.issues.last?.message ?? "can't be created yet")
            }
            return
        }
        switch container.state {
        case .removing:
            wait(for: "the engine to finish removing container \(container.name)", .after(.seconds(2)))
            record(ordinal, container, .missing, "its container is being removed")
        case .dead:
            recreate(ordinal, container, "the engine could not remove it completely")
        case .created, .exited, .running, .paused, .restarting:
            if let difference = outdated(container) {
                // One that doesn't run has nothing to lose.
                if container.isUp && container.state != .restarting {
                    record(ordinal, container, container.isReady ? .ready : .unready, "is to be replaced: \(difference)", isOutdated: true)
                } else {
                    recreate(ordinal, container, difference)
                }
            } else {
                repair(ordinal, container)
            }
        }
    }

    /// Why the container must be replaced; nil when it is what is wanted.
    func outdated(_ container: ObservedContainer) -> String? {
        guard container.revision != desired.revision else { return nil }
        guard let facts = container.facts else { return "it was made by another version and doesn't say from what" }
        return desired.facts.difference(from: facts) ?? "its label \(MillwrightName.revisionLabel) says \(container.revision)"
    }

    private mutating func recreate(_ ordinal: Int, _ container: ObservedContainer, _ reason: String) {
        guard let steps = creation(ordinal, instead: container, reason) else {
            record(ordinal, container, .failing, result.issues.last?.message ?? "can't be replaced yet", isOutdated: true)
            return
        }
        remove(container, reason)
        result.plan.actions += steps
        record(ordinal, container, .missing, "is being replaced: \(reason)", isOutdated: true)
    }

    /// One outdated instance that runs, once all that are new already are ready: the highest, but one that doesn't serve before those
    /// that do.
    mutating func replaceOneOutdated() {
        let candidates = result.instances.filter { $0.isOutdated && ($0.container?.isUp ?? false) && $0.container?.state != .restarting }
        guard let next = candidates.last(where: { $0.state != .ready }) ?? candidates.last, let container = next.container else { return }
        result.activity = .updating
        let name = desired.identity.instanceName(next.ordinal)
        if let other = result.instances.last(where: { !$0.isOutdated && $0.state != .ready && $0.state != .completed }) {
            wait(for: "instance \(desired.identity.instanceName(other.ordinal)) to be ready, before \(name) is replaced")
            return
        }
        if result.instances.contains(where: { $0.isOutdated && $0.state == .missing }) {
            wait(for: "the instances that are being replaced to be ready, before \(name) is replaced")
            return
        }
        let reason = outdated(container) ?? "its revision differs"
        guard let steps = creation(next.ordinal, instead: container, reason) else { return }
        remove(container, reason)
        result.plan.actions += steps
    }

    // MARK: An instance that is as the document says

    private mutating func repair(_ ordinal: Int, _ container: ObservedContainer) {
        let reference = reference(container)
        let name = desired.identity.instanceName(ordinal)
        if !container.networks.contains(desired.identity.networkName), container.state != .created {
            note(.networkDisconnected, "instance \(name) was disconnected from network \(desired.identity.networkName)")
            reconnect(ordinal, reference)
        }
        let isLooping = tendRestartPolicy(container, reference)
        switch container.state {
        case .created: startCreated(ordinal, container)
        case .paused:
            note(.containerPaused, "the container of instance \(name) was paused")
            add(.unpauseContainer(reference), "it was paused, and nothing in the document says so")
            record(ordinal, container, .unready, "was paused")
        case .restarting:
            record(ordinal, container, isLooping ? .crashLooping : .unready, ended(container) + "; the engine starts it again")
            wait(for: "instance \(name) to run")
        case .running: tendRunning(ordinal, container, isLooping)
        case .exited: tendExited(ordinal, container, isLooping)
        case .removing, .dead: break  // handled before
        }
    }

    private mutating func reconnect(_ ordinal: Int, _ reference: EnvironmentAction.ContainerRef) {
        switch observed.network {
        case .absent:
            add(
                .createNetwork(name: desired.identity.networkName, labels: desired.identity.namespaceLabels),
                "the network of namespace \(desired.identity.namespace) is gone")
        case .ours: break
        case .foreign: return
        }
        let aliases = [desired.identity.name, desired.identity.instanceName(ordinal)]
        add(
            .connectNetwork(reference, network: desired.identity.networkName, aliases: aliases),
            "it is not in the network of its namespace")
    }

    /// Takes over restarts from the engine in a crash loop and hands them back; true while Millwright owns them.
    private mutating func tendRestartPolicy(_ container: ObservedContainer, _ reference: EnvironmentAction.ContainerRef) -> Bool {
        guard let spec = desired.spec else { return false }
        let wanted = EngineRestart(spec.restartPolicy)
        let recent = container.deaths.filter { now - $0 < EnvironmentBackoff.window }
        if wanted != .no, recent.count >= EnvironmentBackoff.deaths {
            if container.restartPolicy != .no {
                add(
                    .setRestartPolicy(reference, .no),
                    "its process ended \(recent.count) times in \(EnvironmentBackoff.window.manifest): Millwright starts it with growing pauses now")
            }
            // To hand it back, should it stay well from now on.
            if let last = recent.last { result.plan.wake = result.plan.wake.orSooner(.after(EnvironmentBackoff.window - (now - last))) }
            return true
        }
        guard container.restartPolicy != wanted else { return false }
        if container.restartPolicy == .no {
            let end = [recent.last, container.state == .exited ? container.finished : nil].compactMap { $0 }.max()
            if let end, now - end < EnvironmentBackoff.window {
                result.plan.wake = result.plan.wake.orSooner(.after(EnvironmentBackoff.window - (now - end)))
                return true
            }
            add(.setRestartPolicy(reference, wanted), "it has been well for \(EnvironmentBackoff.window.manifest), so that restarts are the engine's again")
            return false
        }
        note(.settingsChanged, "the restart policy of container \(container.name) was changed to \(container.restartPolicy.rawValue)")
        add(.setRestartPolicy(reference, wanted), "it was changed to \(container.restartPolicy.rawValue); restartPolicy is \(spec.restartPolicy.rawValue)")
        return false
    }

    private mutating func startCreated(_ ordinal: Int, _ container: ObservedContainer) {
        if let port = ports.mustMove(container) {
            recreate(ordinal, container, "port \(port), which was chosen for it, is taken on the engine's host")
            return
        }
        guard isDue(.run(ordinal: ordinal, revision: desired.revision)) else {
            record(ordinal, container, .failing, result.issues.last?.message ?? "can't be started yet")
            return
        }
        if desired.files.contains(where: { !$0.files.isEmpty }) {
            // Whether they were put there before cannot be seen; doing it again changes nothing.
            add(.copyFiles(reference(container), desired.files), "it was created and not started yet")
        }
        add(.startContainer(reference(container)), "it was created and not started yet")
        record(ordinal, container, .unready, "is being started")
    }

    private mutating func tendRunning(_ ordinal: Int, _ container: ObservedContainer, _ isLooping: Bool) {
        let name = desired.identity.instanceName(ordinal)
        if let failure = container.probes.failed {
            if isLooping {
                add(.stopContainer(reference(container), grace: desired.gracePeriod), "\(failure); it is started again after a pause")
                record(ordinal, container, .crashLooping, failure)
            } else {
                add(.restartContainer(reference(container), grace: desired.gracePeriod), failure)
                record(ordinal, container, .unready, failure)
            }
            return
        }
        var container = container
        // Without a probe only time tells that a process which just ended stays this time.
        if desired.spec?.readinessProbe == nil, let end = container.deaths.last, now - end < Self.trial {
            container.probes.readiness = .unready("its process ended \(container.deaths.count) times lately and runs again")
            result.plan.wake = result.plan.wake.orSooner(.after(Self.trial - (now - end)))
        }
        switch container.probes.readiness {
        case .ready: record(ordinal, container, .ready, "")
        case .unready(let message):
            record(ordinal, container, isLooping ? .crashLooping : .unready, message)
            wait(for: "instance \(name) to be ready: \(message)")
        }
    }

    private mutating func tendExited(_ ordinal: Int, _ container: ObservedContainer, _ isLooping: Bool) {
        guard let spec = desired.spec else { return }
        let isDone = spec.restartPolicy == .never || (spec.restartPolicy == .onFailure && container.exitCode == 0)
        guard !isDone else {
            record(ordinal, container, .completed, ended(container) + "; restartPolicy is \(spec.restartPolicy.rawValue)")
            return
        }
        guard isDue(.run(ordinal: ordinal, revision: desired.revision)) else {
            record(ordinal, container, .failing, result.issues.last?.message ?? "can't be started yet")
            return
        }
        guard isLooping else {
            note(.containerStopped, "the container of instance \(desired.identity.instanceName(ordinal)) was stopped")
            add(.startContainer(reference(container)), "\(ended(container)), and restartPolicy is \(spec.restartPolicy.rawValue)")
            record(ordinal, container, .unready, "was stopped and is being started")
            return
        }
        let pause = EnvironmentBackoff.delay(container.deaths.count - EnvironmentBackoff.deaths + 1)
        let due = (container.finished ?? now) + pause
        if due > now {
            wait(for: "the pause before the next start of \(desired.identity.instanceName(ordinal))", .after(due - now))
            record(ordinal, container, .crashLooping, "\(ended(container)); it is started again after \(pause.manifest)")
        } else {
            add(.startContainer(reference(container)), "crash loop: the pause of \(pause.manifest) is over")
            record(ordinal, container, .crashLooping, ended(container))
        }
    }

    /// `ended with exit code 1 (killed: out of memory), last lines: …`
    private func ended(_ container: ObservedContainer) -> String {
        var text = "its process ended with exit code \(container.exitCode)"
        if container.wasOutOfMemory { text += " because it used more memory than resources.limits.memory" }
        if !container.error.isEmpty { text += " (\(container.error))" }
        return text
    }

    // MARK: What is found

    private mutating func note(_ reason: EnvironmentReason, _ message: String) {
        result.drift.append(.init(reason: reason, message: message))
    }

    private mutating func record(
        _ ordinal: Int, _ container: ObservedContainer?, _ state: State, _ message: String, isOutdated: Bool = false
    ) {
        result.instances.append(.init(ordinal: ordinal, container: container, state: state, isOutdated: isOutdated, message: message))
    }

    mutating func concludeActivity() {
        let isNew = desired.recorded.allSatisfy { $0.containerID.isEmpty } && observed.containers.isEmpty
        if result.instances.contains(where: \.isOutdated) {
            result.activity = .updating
        } else if !result.drift.isEmpty {
            result.activity = .repairing
        } else if result.activity == .atGoal, result.instances.contains(where: { $0.state == .missing || $0.state == .failing }) {
            result.activity = isNew ? .creating : .scaling
        }
        if result.activity == .atGoal, !result.plan.actions.isEmpty { result.activity = .repairing }
        if result.activity == .atGoal, result.plan.waitingFor != nil { result.activity = .waiting }
    }
}
