import Kernel
import Kubernetes
import Platform
import ServiceKit
import Telemetry

/// Tells people about objects by core/v1 Events: never blocks, repeats become a count, and a storm is thinned out.
///
/// `record` puts the note aside; the service sends. Sending has no influence on anything else: what can't be sent is dropped and counted.
public final class EventRecorder: Sendable {
    /// What shutdown waits for Events at most, and what one may take.
    private static let lastMoment: Duration = .seconds(3)

    private let aggregation: Locked<EventAggregation>
    private let client: KubernetesClient
    private let component: String
    private let instance: String
    private let clocks: any WaitingClocks
    private let logger: Logger
    private let metrics: Metrics
    private let wakeup = Wakeup()

    /// - Parameters:
    ///   - component: who reports, `millwright-environment`.
    ///   - instance: this process, for `reportingInstance`.
    public init(
        _ client: KubernetesClient, component: String = "millwright", instance: String, clocks: any WaitingClocks, logger: Logger, metrics: Metrics
    ) {
        self.client = client
        self.component = component
        self.instance = instance
        self.clocks = clocks
        self.logger = logger
        self.metrics = metrics
        aggregation = Locked(EventAggregation())
    }

    /// - Parameter object: apiVersion, kind and metadata of what the note is about.
    public func record(_ note: EventNote, about object: JSON) {
        let metadata = Metadata(of: object)
        let subject = EventSubject(
            apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "", name: metadata.namespacedName, uid: metadata.uid,
            resourceVersion: metadata.resourceVersion)
        let (now, monotonic) = (clocks.now, clocks.monotonic)
        let isKept = aggregation.withLock { $0.add(note, about: subject, now: now, monotonic: monotonic) }
        if isKept { wakeup.wake() } else { dropped("limit") }
    }

    public var services: [any Service] {
        GracefulService("events") { stop, ready in
            ready()
            await self.run(until: stop)
        }.services
    }

    /// Sends until told to stop, then what is left, for a moment.
    public func run(until stop: StopSignal) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await stop.wait()
                self.wakeup.wake()
            }
            while !Task.isCancelled {
                if stop.isStopping {
                    await flush(until: clocks.monotonic + Self.lastMoment)
                    break
                }
                await flush()
                // Told while it was sending.
                if stop.isStopping { continue }
                await wakeup.wait()
            }
            group.cancelAll()
        }
    }

    private func flush(until end: MonotonicInstant? = nil) async {
        while !Task.isCancelled, end.map({ clocks.monotonic < $0 }) ?? true, let sending = aggregation.withLock({ $0.next() }) {
            do throws(KubernetesError) {
                switch sending {
                case .create(let id, let event):
                    let made = try await client.create(
                        .events, event.json(component: component, instance: instance), WriteOptions(deadline: Self.lastMoment))
                    aggregation.withLock { $0.created(id, as: made.name) }
                case .update(_, let name, let event):
                    _ = try await client.patch(
                        .events, name,
                        .merge(["count": .int(event.count), "lastTimestamp": .string(event.last.rfc3339), "message": .string(event.note.message)]))
                }
            } catch {
                failed(sending, error)
            }
        }
    }

    private func failed(_ sending: EventAggregation.Sending, _ error: KubernetesError) {
        switch (sending, error) {
        // It expired on the server: the next one begins anew.
        case (.update(let id, _, _), .notFound): aggregation.withLock { $0.forget(id) }
        case (.create(let id, _), _): aggregation.withLock { $0.forget(id) }
        default: break
        }
        dropped("unsent")
        logger.debug("an event could not be sent: \(error)")
    }

    private func dropped(_ why: String) {
        metrics.increment("millwright_events_dropped_total", [("why", why)], help: "Events that were not sent.")
    }
}
