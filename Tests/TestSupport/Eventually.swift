import Glibc

/// What was waited for and did not come.
public struct NeverHappened: Error, CustomStringConvertible {
    public let what: String
    public let seconds: Int

    public init(what: String, seconds: Int) {
        self.what = what
        self.seconds = seconds
    }

    public var description: String { "within \(seconds) s it did not happen that \(what)" }
}

/// Asks until there is an answer: the only kind of waiting in tests.
///
/// - Parameters:
///   - seconds: a bound that only a wrong program reaches.
///   - milliseconds: between two questions.
/// - Throws: `NeverHappened`, and what `ask` throws.
@discardableResult
public func eventually<Value>(
    _ what: String, seconds: Int = 60, every milliseconds: Int = 10, isolation: isolated (any Actor)? = #isolation, _ ask: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if let value = try await ask() { return value }
        try await Task.sleep(for: .milliseconds(milliseconds))
    }
    throw NeverHappened(what: what, seconds: seconds)
}

/// Waits until it is so.
public func eventually(
    _ what: String, seconds: Int = 60, every milliseconds: Int = 10, isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    try await eventually(what, seconds: seconds, every: milliseconds) { try await condition() ? true : nil }
}

/// The same for tests that block: those of whole processes. Of another name, as the compiler would choose it in tests that must not block.
public func waitUntil(_ what: String, seconds: Int = 60, every milliseconds: Int = 100, _ condition: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try condition() { return }
        usleep(UInt32(clamping: milliseconds * 1000))
    }
    throw NeverHappened(what: what, seconds: seconds)
}
