import Kernel
import Resilience

/// A call took longer than it was given; it was told to stop and has stopped. Whether it did its work is not known.
public struct DeadlineExceeded: Error, Sendable, Equatable, CustomStringConvertible, GuardClassified {
    public let deadline: Duration

    public init(deadline: Duration) { self.deadline = deadline }

    public var description: String { "no answer within \(deadline.manifest)" }
    public var guardOutcome: CallOutcome { .failure }
}

/// Runs the body and cancels it when it takes longer than `deadline`.
///
/// Cooperative: returns only when the body has ended, which everything that honours cancellation does at once.
/// - Throws: `DeadlineExceeded`, or what the body throws.
public func withDeadline<Result: Sendable>(
    _ deadline: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: deadline)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            group.cancelAll()
            // A body that ended well in the last moment has done its work, and its result counts.
            do {
                if let late = try await group.next(), let result = late { return result }
            } catch {}  // what it says after it was told to stop adds nothing
            throw DeadlineExceeded(deadline: deadline)
        }
        return result
    }
}
