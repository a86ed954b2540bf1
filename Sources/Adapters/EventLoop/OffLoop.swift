/// Runs work that computes on the cooperative pool, also for tasks that prefer an event loop; without effect for others.
///
/// For whatever may take over a millisecond: parsing and validating large objects, encoding, hashing, compressing.
public func offLoop<Result: Sendable, Failure: Error>(_ body: () async throws(Failure) -> Result) async throws(Failure) -> Result {
    try await withTaskExecutorPreference(globalConcurrentExecutor, operation: body)
}
