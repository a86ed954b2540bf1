import Kernel
import Kubernetes
import Platform
import Reconciliation
import RunSchedulePlan
import ServiceKit
import Telemetry

/// Keeps all RunSchedules of an installation.
public final class RunScheduleController: Sendable {
    private let schedules: Informer
    private let controller: Controller<PlanningReconciler<ScheduleFlow>>
    private let events: EventRecorder

    /// - Parameters:
    ///   - runs: DataPipelineRuns; run by whoever made it, before this.
    ///   - leadership: who has it makes the runs; nil: this process is the only one.
    ///   - identity: of this process.
    public init(client: KubernetesClient, runs: Informer, leadership: Leadership?, identity: String, audit: any AuditSink, clocks: any WaitingClocks, logger: Logger, metrics: Metrics) {
        schedules = Informer(client, .runSchedules, clocks: clocks, logger: logger, metrics: metrics)
        events = EventRecorder(client, component: "millwright-schedule", instance: identity, clocks: clocks, logger: logger, metrics: metrics)
        controller = Controller(
            .init(name: "runschedule", mayAct: { _ in leadership?.isHeld ?? true }), informer: schedules, dependencies: [runs],
            reconciler: PlanningReconciler(
                ScheduleFlow(client: client, runs: runs, zones: TimeZones()), informer: schedules,
                statuses: StatusWriter(client, .runSchedules, clocks: clocks), executor: GuardedExecutor(audit: audit, metrics: metrics), events: events),
            clocks: clocks, logger: logger, metrics: metrics)
        leadership?.onChange { [weak controller] isHeld in
            if isHeld { controller?.enqueueAll() } else { controller?.interrupt() }
        }
        // Not by way of this object: nobody keeps it once its services run.
        runs.onChange { [weak controller, weak runs] change in
            guard let controller, let runs else { return }
            // A run that is gone doesn't say whose it was.
            guard let labels = runs.get(change.key).map({ Metadata(of: $0.json()).labels }) else { return controller.enqueueAll(cause: .world) }
            if let schedule = labels[ScheduleFlow.scheduleLabel] { controller.enqueue(NamespacedName(namespace: change.key.namespace, name: schedule)) }
        }
    }

    public var services: [any Service] { [schedules] + events.services + controller.services }
}
