/// One signature of a function and what it does.
public struct Overload: Sendable {
    /// Unique within an environment, as `string_lower_ascii`; messages don't show it.
    public let identifier: String
    /// Called as `receiver.f(…)`: then the first parameter is the receiver.
    public let isReceiver: Bool
    /// With type parameters by name: one name stands for one type throughout a signature.
    public let parameters: [ValueType]
    public let result: ValueType
    public let cost: CallCost
    let body: Body

    /// By the number of arguments, so that common calls allocate nothing.
    enum Body: Sendable {
        case one(@Sendable (Value) throws(EvaluationError) -> Value)
        case two(@Sendable (Value, Value) throws(EvaluationError) -> Value)
        case many(@Sendable ([Value]) throws(EvaluationError) -> Value)
        /// Of any number, and what is looked at or made is counted where the cost doesn't tell.
        case counted(@Sendable ([Value], inout WorkCounter) throws(EvaluationError) -> Value)
    }

    /// What takes more time than it costs: `f(…)`, or with `isReceiver` `x.f(…)`.
    static func counted(
        _ identifier: String, isReceiver: Bool = true, _ parameters: [ValueType], _ result: ValueType, cost: CallCost = .constant(1),
        _ body: @escaping @Sendable ([Value], inout WorkCounter) throws(EvaluationError) -> Value
    ) -> Overload { Overload(identifier, isReceiver, parameters, result, cost, .counted(body)) }

    private init(_ identifier: String, _ isReceiver: Bool, _ parameters: [ValueType], _ result: ValueType, _ cost: CallCost, _ body: Body) {
        self.identifier = identifier
        self.isReceiver = isReceiver
        self.parameters = parameters
        self.result = result
        self.cost = cost
        self.body = body
    }

    /// `f(x)`. The body is called with values of the declared types only, type parameters and `dyn` aside.
    public static func global(
        _ identifier: String, _ parameter: ValueType, _ result: ValueType, cost: CallCost = .constant(1),
        _ body: @escaping @Sendable (Value) throws(EvaluationError) -> Value
    ) -> Overload { Overload(identifier, false, [parameter], result, cost, .one(body)) }

    /// `f(x, y)`
    public static func global(
        _ identifier: String, _ first: ValueType, _ second: ValueType, _ result: ValueType, cost: CallCost = .constant(1),
        _ body: @escaping @Sendable (Value, Value) throws(EvaluationError) -> Value
    ) -> Overload { Overload(identifier, false, [first, second], result, cost, .two(body)) }

    /// `f(…)`, with any number of arguments, none too.
    public static func global(
        _ identifier: String, parameters: [ValueType], _ result: ValueType, cost: CallCost = .constant(1),
        body: @escaping @Sendable ([Value]) throws(EvaluationError) -> Value
    ) -> Overload { Overload(identifier, false, parameters, result, cost, .many(body)) }

    /// `x.f()`
    public static func receiver(
        _ identifier: String, _ receiver: ValueType, _ result: ValueType, cost: CallCost = .constant(1),
        _ body: @escaping @Sendable (Value) throws(EvaluationError) -> Value
    ) -> Overload { Overload(identifier, true, [receiver], result, cost, .one(body)) }

    /// `x.f(y)`
    public static func receiver(
        _ identifier: String, _ receiver: ValueType, _ argument: ValueType, _ result: ValueType, cost: CallCost = .constant(1),
        _ body: @escaping @Sendable (Value, Value) throws(EvaluationError) -> Value
    ) -> Overload { Overload(identifier, true, [receiver, argument], result, cost, .two(body)) }

    /// `x.f(…)`; the body gets the receiver first.
    public static func receiver(
        _ identifier: String, parameters: [ValueType], _ result: ValueType, cost: CallCost = .constant(1),
        body: @escaping @Sendable ([Value]) throws(EvaluationError) -> Value
    ) -> Overload { Overload(identifier, true, parameters, result, cost, .many(body)) }
}

/// A function by its name, with all its overloads. Names may have dots: `ip.isCanonical`.
public struct Function: Sendable {
    public let name: String
    public let overloads: [Overload]

    public init(_ name: String, _ overloads: Overload...) {
        self.name = name
        self.overloads = overloads
    }

    public init(_ name: String, _ overloads: [Overload]) {
        self.name = name
        self.overloads = overloads
    }
}
