/// A part of a process that runs until it is told to stop: an API server, a controller, an informer.
public protocol Service: Sendable {
    var name: String { get }

    /// Runs until its task is cancelled, then ends what it began and returns.
    /// - Parameter ready: called once, when what comes after it may rely on it.
    /// - Throws: what it can't go on from; the whole group stops then.
    func run(ready: @escaping @Sendable () -> Void) async throws
}

/// A service made from a closure.
public struct ClosureService: Service {
    public let name: String
    private let body: @Sendable (@escaping @Sendable () -> Void) async throws -> Void

    public init(_ name: String, _ body: @escaping @Sendable (_ ready: @escaping @Sendable () -> Void) async throws -> Void) {
        self.name = name
        self.body = body
    }

    public func run(ready: @escaping @Sendable () -> Void) async throws { try await body(ready) }
}
