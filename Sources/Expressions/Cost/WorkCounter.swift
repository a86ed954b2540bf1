/// Counts what an evaluation looks at and makes, beside its cost.
///
/// Kubernetes lets some things cost next to nothing however large they are: the size of a text, a list literal, a pattern that grows when
/// it is read, a loop that keeps nothing. Costs are Kubernetes' own to the unit, so they bound no time; this does. One is about a
/// nanosecond: a byte that is looked at, a thirty-second of an element that is visited.
struct WorkCounter: Sendable {
    private(set) var done: UInt64 = 0
    let limit: UInt64

    /// What visiting an element of a list or an entry of a map counts.
    static let element: UInt64 = 32
    /// What adding an element to a hashed collection counts, its text aside.
    static let hashing: UInt64 = 64
    /// Making a byte counts more than looking at one: it takes memory, too.
    static let making: UInt64 = 8

    init(limit: UInt64) { self.limit = limit }

    var left: UInt64 { limit - done }

    /// - Throws: `workLimit` when that is more than is left; then nothing is left.
    @inline(__always)
    mutating func add(_ amount: UInt64) throws(EvaluationError) {
        guard amount <= limit - done else { throw exhausted() }
        done &+= amount
    }

    @inline(never)
    private mutating func exhausted() -> EvaluationError {
        done = limit
        return .workLimit
    }

    mutating func addElements(_ count: Int) throws(EvaluationError) { try add(UInt64(clamping: count).saturatingProduct(Self.element)) }

    mutating func addMade(bytes: Int) throws(EvaluationError) { try add(UInt64(clamping: bytes).saturatingProduct(Self.making)) }

    /// Finding something under a key.
    @inline(__always)
    mutating func addKey(_ key: Value) throws(EvaluationError) {
        if case .string(let text) = key { try add(UInt64(text.utf8.count)) }
    }

    /// A value that was read from JSON: bytes are decoded each time.
    @inline(__always)
    mutating func addReading(_ value: Value) throws(EvaluationError) {
        if case .bytes(let bytes) = value { try add(UInt64(bytes.count) &* 2) }
    }
}
