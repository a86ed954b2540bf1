import DataPipelinePlan
import Kernel
import Kubernetes
import PipelineJobs
import Platform
import Postgres
import Reconciliation
import ServiceKit
import Telemetry

/// Keeps all DataPipelines and DataPipelineRuns of an installation: puts the flows, the informers, the journal and the workers together.
public final class DataPipelineController: Sendable {
    public struct Settings: Sendable {
        public var places: PipelinePlaces
        /// Of this process, unlike any other's.
        public var identity: String
        /// The absolute path of this program.
        public var executable: String
        public var version: String
        /// Threads of one run, for steps that don't depend on other rows.
        public var threads: Int
        /// Days that the journal keeps ended runs.
        public var retentionDays: Int64 = 90
        /// After every batch, for tests.
        public var checkpointsEveryBatch = false

        public init(places: PipelinePlaces, identity: String, executable: String, version: String, threads: Int) {
            self.places = places
            self.identity = identity
            self.executable = executable
            self.version = version
            self.threads = threads
        }
    }

    /// For RunSchedules, which make runs as well.
    public let runs: Informer
    private let settings: Settings
    private let pipelines: Informer
    private let journal: RunJournal
    private let supervisor: RunSupervisor
    private let runController: Controller<PlanningReconciler<RunFlow>>
    private let pipelineController: Controller<PlanningReconciler<PipelineFlow>>
    private let events: EventRecorder
    private let leadership: Leadership?
    private let clocks: any WaitingClocks
    private let logger: Logger

    /// - Parameter leadership: who has it plans pipelines and begins runs; nil: this process is the only one.
    public init(
        _ settings: Settings, leadership: Leadership?, client: KubernetesClient, pool: PostgresPool, audit: any AuditSink, clocks: any WaitingClocks, logger: Logger, metrics: Metrics
    ) {
        self.settings = settings
        self.leadership = leadership
        self.clocks = clocks
        self.logger = logger
        pipelines = Informer(client, .dataPipelines, clocks: clocks, logger: logger, metrics: metrics)
        runs = Informer(client, .dataPipelineRuns, indexes: RunFlow.indexes, clocks: clocks, logger: logger, metrics: metrics)
        journal = RunJournal(pool: pool, owner: settings.identity)
        supervisor = RunSupervisor(
            journal: journal, executable: settings.executable, version: settings.version, clocks: clocks, logger: logger, metrics: metrics)
        events = EventRecorder(client, component: "millwright-pipeline", instance: settings.identity, clocks: clocks, logger: logger, metrics: metrics)
        let reader = PipelineReader(client: client)
        let errand = WorkerErrand(executable: settings.executable, clocks: clocks)
        let executor = GuardedExecutor(audit: audit, metrics: metrics)
        runController = Controller(
            .init(name: "datapipelinerun", mayAct: { _ in leadership?.isHeld ?? true }), informer: runs, dependencies: [pipelines],
            reconciler: PlanningReconciler(
                RunFlow(
                    client: client, pipelines: pipelines, runs: runs, journal: journal, supervisor: supervisor, places: settings.places, reader: reader,
                    errand: errand, version: settings.version, threads: settings.threads, checkpointsEveryBatch: settings.checkpointsEveryBatch),
                informer: runs, statuses: StatusWriter(client, .dataPipelineRuns, clocks: clocks), executor: executor, events: events),
            clocks: clocks, logger: logger, metrics: metrics)
        pipelineController = Controller(
            .init(name: "datapipeline", mayAct: { _ in leadership?.isHeld ?? true }), informer: pipelines, dependencies: [runs],
            reconciler: PlanningReconciler(
                PipelineFlow(
                    client: client, runs: runs, journal: journal, places: settings.places, reader: reader, checker: PipelineChecker(errand: errand, clocks: clocks)),
                informer: pipelines, statuses: StatusWriter(client, .dataPipelines, clocks: clocks), executor: executor, events: events),
            clocks: clocks, logger: logger, metrics: metrics)
        supervisor.connect { [weak runController] in runController?.enqueue($0) }
        leadership?.onChange { [weak runController, weak pipelineController] isHeld in
            if isHeld {
                pipelineController?.enqueueAll()
                runController?.enqueueAll()
            } else {
                // Runs under way go on: each is fenced by its own lease, and whoever leads next asks for it.
                pipelineController?.interrupt()
                runController?.interrupt()
            }
        }
        runs.onChange { [weak self] change in self?.changed(run: change.key) }
        pipelines.onChange { [weak self] change in
            guard let self else { return }
            for key in runs.keys(index: RunFlow.pipelineIndex, value: change.key.description) { runController.enqueue(key) }
        }
    }

    /// A run's pipeline shows its runs, and others may wait for its end.
    private func changed(run key: NamespacedName) {
        guard let object = runs.get(key)?.json() else {
            pipelineController.enqueueAll(cause: .world)
            runController.enqueueAll(cause: .world)
            return
        }
        let pipeline = NamespacedName(namespace: key.namespace, name: object["spec"]?["pipelineRef"]?["name"]?.string ?? "")
        pipelineController.enqueue(pipeline)
        guard ["Succeeded", "Failed", "Cancelled"].contains(object["status"]?["phase"]?.string ?? "") else { return }
        for other in runs.keys(index: RunFlow.pipelineIndex, value: pipeline.description) where other != key { runController.enqueue(other) }
    }

    /// What runs, in the order of starting.
    public var services: [any Service] {
        var services: [any Service] = [
            ClosureService("pipeline journal") { ready in try await self.keepJournal(ready) },
            pipelines, runs,
        ]
        services += events.services
        services += GracefulService("pipeline workers") { stop, ready in await self.supervisor.run(until: stop, ready: ready) }.services
        services += runController.services
        services += pipelineController.services
        return services
    }

    /// The schema, then retention, once a day.
    private func keepJournal(_ ready: @escaping @Sendable () -> Void) async throws {
        var wait = Duration.milliseconds(200)
        while true {
            do throws(PostgresError) {
                try await journal.prepare()
                break
            } catch {
                logger.warning("the journal of pipeline runs can't be prepared yet: \(error)")
                try await clocks.sleep(for: wait)
                wait = min(wait * 2, .seconds(10))
            }
        }
        ready()
        await pipelines.waitUntilSynced()
        await runs.waitUntilSynced()
        while !Task.isCancelled {
            var isDone = false
            if leadership?.isHeld ?? true {
                do throws(ActionFailure) {
                    try await forget()
                    isDone = true
                } catch { logger.warning("old pipeline runs can't be forgotten yet: \(error.message)") }
            }
            do { try await clocks.sleep(for: isDone ? .seconds(86400) : .seconds(60)) } catch { return }
        }
    }

    /// See the rules of `RunJournal`'s retention.
    private func forget() async throws(ActionFailure) {
        func uids(_ informer: Informer) -> [String] { informer.objects.map { Metadata(of: $0.json()).uid } }
        let forgotten = try await journal.forget(olderThanDays: settings.retentionDays, live: uids(runs))
        try await journal.forgetFiles(unseenForDays: settings.retentionDays, pipelines: uids(pipelines))
        for path in forgotten.reportPaths {
            do throws(SystemError) { try settings.places.removeReport(path) } catch { logger.warning("an old report can't be removed: \(error)") }
        }
    }
}
