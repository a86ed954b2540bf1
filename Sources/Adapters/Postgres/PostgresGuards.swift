import Guards
import Kernel
import Resilience

/// The guards before one database: every statement and every attempt to connect passes one of them.
public struct PostgresGuards: Sendable {
    public enum Operation: Sendable { case read, write }

    let connect: CallGuard
    let read: CallGuard
    let write: CallGuard

    /// - Parameter target: `store` for Millwright's own database.
    public init(registry: GuardRegistry, target: String = "store") {
        func make(_ operation: GuardKey.Operation) -> CallGuard {
            registry.guard(for: GuardKey(dependency: "postgresql", target: target, operation: operation))
        }
        connect = make(.connect)
        read = make(.read)
        write = make(.write)
    }

    /// The settings for a database of our own: it comes back within a second of a crash, and everything waits for it, so an open breaker
    /// tries again soon; nil for other dependencies.
    public static func defaults(for key: GuardKey) -> BreakerSettings? {
        key.dependency == "postgresql" ? BreakerSettings(openFor: .seconds(1), halfOpenCalls: 1) : nil
    }

    subscript(operation: Operation) -> CallGuard {
        switch operation {
        case .read: read
        case .write: write
        }
    }

    /// Runs a call behind a guard, in terms of this adapter's errors.
    static func run<Result: Sendable>(
        _ guardian: CallGuard, isolation: isolated (any Actor)? = #isolation, _ body: () async throws(PostgresError) -> Result
    ) async throws(PostgresError) -> Result {
        do {
            return try await guardian.run(isolation: isolation, body)
        } catch let error as PostgresError {
            throw error
        } catch let refusal as GuardRefusal {
            throw .refused(refusal)
        } catch {
            throw .cancelled(wasSent: false)
        }
    }
}
