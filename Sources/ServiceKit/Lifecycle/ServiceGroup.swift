import Telemetry

/// Runs services as one: started in order, each when the one before it is ready; stopped in reverse, each when those after it
/// have ended. The first that ends or fails by itself stops them all.
///
/// Stop it by `stop()`. Cancelling the task that runs it cancels every service at once, without that order.
public final class ServiceGroup: Sendable {
    /// A service with its three moments.
    private struct Member: Sendable {
        let service: any Service
        let ready = Gate()
        let ended = Gate()
    }

    private let members: [Member]
    private let stopping = Gate()
    private let logger: Logger

    public init(_ services: [any Service], logger: Logger) {
        members = services.map { Member(service: $0) }
        self.logger = logger
    }

    /// Asks all to end, in reverse order; `run` returns when they have.
    public func stop() { stopping.open() }

    /// - Parameter ready: called once all of them are.
    /// - Throws: the first failure of a service.
    public func run(ready: @escaping @Sendable () -> Void = {}) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for position in members.indices {
                group.addTask { try await self.runMember(at: position) }
            }
            group.addTask {
                for member in self.members { await member.ready.wait() }
                if !self.stopping.isOpen { ready() }
            }
            var failure: (any Error)?
            while let result = await group.nextResult() {
                if case .failure(let error) = result, failure == nil { failure = error }
            }
            if let failure { throw failure }
        }
    }

    private func runMember(at position: Int) async throws {
        let member = members[position]
        // Whatever happens, nobody waits for this one for ever.
        defer {
            stopping.open()
            member.ready.open()
            member.ended.open()
        }
        if position > 0 { await members[position - 1].ready.wait() }
        if stopping.isOpen { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { self.stopping.open() }
                do {
                    try await member.service.run(ready: {
                        self.logger.debug("service ready", ["service": member.service.name])
                        member.ready.open()
                    })
                    self.logger.debug("service ended", ["service": member.service.name])
                } catch is CancellationError {
                    self.logger.debug("service ended", ["service": member.service.name])
                } catch {
                    self.logger.error("service failed", ["service": member.service.name, "error": "\(error)"])
                    throw error
                }
            }
            await stopping.wait()
            // Those that wait for this one to be ready are let go: they see that all is stopping, and never start.
            member.ready.open()
            for later in members[(position + 1)...] { await later.ended.wait() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
