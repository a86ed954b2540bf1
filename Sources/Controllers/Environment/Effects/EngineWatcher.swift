import Docker
import EnvironmentPlan
import Kernel
import Platform
import Reconciliation
import Resilience
import Telemetry

/// Follows an engine's events and makes passes due for the Environments they concern, so that nothing has to be polled.
///
/// After every gap all Environments are looked at again. Ends of processes are remembered for crash loops; the engine tells the last
/// ten minutes' again after a restart of ours.
struct EngineWatcher: Sendable {
    /// What concerns a container's state; not the exec events that probes make all the time.
    private static let containerActions = [
        "create", "start", "die", "stop", "kill", "pause", "unpause", "destroy", "oom", "rename", "update", "restart",
    ]
    private static let imageActions = ["pull", "load", "import", "tag"]
    private static let networkActions = ["connect", "disconnect", "destroy"]

    private static let heartbeat = Duration.seconds(30)

    let target: EnvironmentTarget
    let installation: String
    let memory: EnvironmentMemory
    let clocks: any WaitingClocks
    let logger: Logger
    let wake: @Sendable (NamespacedName) -> Void
    let wakeAll: @Sendable () -> Void
    /// For the backoff's jitter.
    var random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()

    /// Follows until the task is cancelled.
    func run() async {
        let backoff = Backoff(initial: .milliseconds(500), cap: .seconds(30), jitter: .equal)
        var random = random
        var since: Timestamp = clocks.now + .seconds(-600)
        var failures = 0
        var wasAway = false
        while !Task.isCancelled {
            do throws(DockerError) {
                let stream = try await target.engine.events(since: since, filters: Self.filters)
                defer { stream.cancel() }
                if wasAway { logger.info("engine \(target.name) is back") }
                wasAway = false
                // What happened while nobody listened is seen by looking.
                wakeAll()
                let (last, failure) = await follow(stream)
                if let last {
                    since = last
                    failures = 0
                }
                if let failure { throw failure }
                logger.info("the event stream of engine \(target.name) ended; it is opened again")
            } catch {
                if case .cancelled = error { return }
                if !wasAway {
                    logger.warning("the events of engine \(target.name) can't be followed: \(error)")
                    // Everyone says so in status; after that their own backoff counts.
                    wakeAll()
                }
                wasAway = true
            }
            failures += 1
            do { try await clocks.sleep(for: max(backoff.delay(failures: failures, using: &random), .milliseconds(100))) } catch { return }
        }
    }

    private enum Ended: Sendable {
        case stream(DockerError?)
        case heartbeat(DockerError)
    }

    /// Reads to the stream's end, with a ping now and then beside it: an engine that hangs, or a network that swallows everything,
    /// closes nothing. Gives the time of the last event, nil when none came.
    private func follow(_ stream: EngineStream<EngineEvent>) async -> (last: Timestamp?, failure: DockerError?) {
        let last = Locked<Timestamp?>(nil)
        return await withTaskGroup(of: Ended.self) { group in
            group.addTask {
                do throws(DockerError) {
                    while let event = try await stream.next() {
                        last.withLock { $0 = event.time }
                        handle(event)
                    }
                    return .stream(nil)
                } catch { return .stream(error) }
            }
            group.addTask { .heartbeat(await beat()) }
            let first = await group.next()
            stream.cancel()
            group.cancelAll()
            await group.waitForAll()
            let time = last.withLock { $0 }
            switch first {
            case .stream(let failure)?: return (time, failure)
            case .heartbeat(let failure)?: return (time, failure)
            case nil: return (time, .cancelled)
            }
        }
    }

    /// Pings until one gets no answer. One that a guard refused says nothing about the stream.
    private func beat() async -> DockerError {
        while true {
            do { try await clocks.sleep(for: Self.heartbeat) } catch { return .cancelled }
            do { try await target.engine.ping() } catch {
                if case .refused = error { continue }
                return error
            }
        }
    }

    private static let filters = EngineFilters(others: [
        "type": ["container", "image", "network"], "event": containerActions + imageActions + networkActions,
    ])

    private func handle(_ event: EngineEvent) {
        switch event.subject {
        case .container: container(event)
        case .network:
            guard Self.networkActions.contains(event.action) else { return }
            if let container = event.attributes["container"], let key = memory.owner(container) { wake(key) }
            if event.action == "destroy", event.attributes["name"]?.hasPrefix("millwright.") == true { wakeAll() }
        case .image:
            for key in memory.keysWaiting() { wake(key) }
        case .volume, .other: break
        }
    }

    private func mayWaitForOthers(_ key: NamespacedName) -> Bool {
        let failures = memory.failures(key)
        return failures.isEmpty || failures.contains { $0.issue.reason == .portConflict || $0.issue.reason == .nameConflict }
    }

    private func container(_ event: EngineEvent) {
        guard Self.containerActions.contains(event.action) else { return }
        guard event.attributes[MillwrightName.installationLabel] == installation,
            let namespace = event.attributes[MillwrightName.namespaceLabel], let name = event.attributes[MillwrightName.nameLabel]
        else {
            // A port or a name may have become free. Who waits for something else isn't woken by a stranger's crash loop.
            if event.action == "die" || event.action == "destroy" || event.action == "rename" {
                for key in memory.keysWaiting() where mayWaitForOthers(key) { wake(key) }
            }
            return
        }
        switch event.action {
        case "die": memory.died(event.id, at: event.time)
        case "stop": memory.wasStopped(event.id, at: event.time)
        case "destroy": memory.gone(event.id)
        default: break
        }
        wake(NamespacedName(namespace: namespace, name: name))
    }
}
