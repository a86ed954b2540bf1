/// Why an evaluation has no result.
///
/// It is a value of the language in one respect: `&&`, `||` and the macros built on them swallow it when the other side decides.
public struct EvaluationError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case noSuchKey, noSuchField, noSuchOverload, noSuchVariable, indexOutOfBounds
        case overflow, divisionByZero, range, invalidArgument
        /// The budget is used up. Nothing swallows this one.
        case costLimit
        /// It looks at more than any evaluation of its budget may, though Kubernetes' costs don't tell. Nothing swallows this one either.
        case workLimit
    }
    public let kind: Kind
    /// What happened, in the words a Kubernetes API server uses: `no such key: name`.
    public let message: String
    /// Where in the source, as an offset in its UTF-8; nil where the thrower doesn't know.
    public internal(set) var offset: Int?

    public init(_ kind: Kind, _ message: String, offset: Int? = nil) {
        self.kind = kind
        self.message = message
        self.offset = offset
    }

    /// For functions of libraries that are called with what they weren't declared for, as happens with dynamic values.
    public static let noSuchOverload = EvaluationError(.noSuchOverload, "no such overload")

    static func overflow(_ what: String) -> EvaluationError { EvaluationError(.overflow, "\(what) overflow") }
    static let costLimit = EvaluationError(.costLimit, "operation cancelled: actual cost limit exceeded")
    static let workLimit = EvaluationError(
        .workLimit, "operation cancelled: it would take seconds, more than its cost tells; look at shorter texts or fewer elements, or look at them once")

    /// Whether nothing of the evaluation goes on after it, neither the other side of `&&` nor another round.
    public var endsEvaluation: Bool { kind == .costLimit || kind == .workLimit }
}
