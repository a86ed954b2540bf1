import HTTPMessages
import Kernel
import Kubernetes
import Platform

/// One watch of the simulated server. One reader.
final class SimulatedWatch: KubernetesByteStream {
    let status = 200
    let headers: HTTPHeaders = [:]
    private let api: SimulatedAPI
    private let process: SimulatedProcess
    private let resource: String
    private let position: Locked<Int64>
    private let isCancelled = Locked(false)
    private let end: MonotonicInstant

    init(api: SimulatedAPI, process: SimulatedProcess, resource: String, from: Int64) {
        self.api = api
        self.process = process
        self.resource = resource
        position = Locked(from)
        end = api.simulation.clock.monotonic + .seconds(api.simulation.draw(in: 60...600))
    }

    func cancel() async { isCancelled.withLock { $0 = true } }

    func next() async throws(KubernetesError) -> [UInt8]? {
        while true {
            let mark = api.changed.mark
            guard process.isAlive, !Task.isCancelled, !isCancelled.withLock({ $0 }) else { throw .cancelled }
            let from = position.withLock { $0 }
            guard let events = api.read({ $0.events(resource, after: from) }) else { return expired() }
            if let event = events.first {
                if api.faults.strikes(\.expire, at: "expiry of \(resource)") {
                    api.compact()
                    return expired()
                }
                if api.faults.strikes(\.disconnect, at: "watch of \(resource)") {
                    api.simulation.trace.note("watch of \(resource) breaks at \(from)")
                    throw .unavailable("simulated: the connection broke")
                }
                let lags = api.faults.strikes(\.lag, at: "lag of \(resource)")
                let lag = lags ? Duration.milliseconds(api.simulation.draw(in: 1000...20000)) : .microseconds(api.simulation.draw(in: 100...3000))
                do { try await api.simulation.clock.sleep(for: lag) } catch { throw .cancelled }
                position.withLock { $0 = event.revision }
                return JSON.object(["type": .string(event.type), "object": event.object]).bytes + [0x0A]
            }
            if api.simulation.clock.monotonic >= end { return nil }
            await waitForNews(since: mark)
        }
    }

    private func expired() -> [UInt8] {
        api.simulation.trace.note("watch of \(resource) expired")
        let status = SimulatedStore.Refusal(code: 410, reason: "Expired", message: "too old resource version").json
        return JSON.object(["type": "ERROR", "object": status]).bytes + [0x0A]
    }

    private func waitForNews(since mark: UInt64) async {
        let (api, left) = (api, end - api.simulation.clock.monotonic)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await api.changed.wait(since: mark) }
            group.addTask { do { try await api.simulation.clock.sleep(for: left) } catch {} }
            await group.next()
            group.cancelAll()
        }
    }
}
