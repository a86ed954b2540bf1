/// Gives the variables of one evaluation.
///
/// A value of at most three words, or a class, is passed to an evaluation without allocating.
public protocol Activation {
    /// The variable of that number in the environment; nil when it has none this time.
    func value(of variable: Int) throws(EvaluationError) -> Value?
}

/// Variables in an array, by their numbers.
public struct Bindings: Activation {
    public var values: [Value?]

    public init(_ values: [Value?]) { self.values = values }

    /// By name; names the environment doesn't know are left out.
    public init(_ values: [String: Value], in environment: Environment) {
        self.values = Array(repeating: nil, count: environment.variables.count)
        for (position, variable) in environment.variables.enumerated() { self.values[position] = values[variable.name] }
    }

    public func value(of variable: Int) -> Value? { values.indices.contains(variable) ? values[variable] : nil }
}
