import Kernel

/// `google.protobuf.Int64Value{value: 1}`
final class MessageLiteral: Evaluable, @unchecked Sendable {
    /// What a field is set to.
    struct Setting: Sendable {
        let field: Int
        let value: Evaluable
        let isOptional: Bool
    }

    private let message: WellKnownMessage
    private let settings: [Setting]
    /// As in Kubernetes; else times end with the year 9999.
    private let allowsFarTimes: Bool
    /// What the message is called where only the checker knows it by that name.
    private let unknownName: String?

    init(_ message: WellKnownMessage, _ settings: [Setting], allowsFarTimes: Bool, unknownName: String? = nil, _ offset: Int) {
        self.message = message
        self.unknownName = unknownName
        self.allowsFarTimes = allowsFarTimes
        self.settings = settings
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        var found: [(field: Int, value: Value)] = []
        for setting in settings {
            let value: Value
            do throws(EvaluationError) { value = try setting.value.value(&frame, given) } catch { throw try paying(Limits.objectCreation, for: error, &frame) }
            found.removeAll { $0.field == setting.field }
            guard setting.isOptional else {
                found.append((setting.field, value))
                continue
            }
            guard case .optional(let wrapped) = value else { throw try paying(Limits.objectCreation, for: noSuchOverload, &frame) }
            if let wrapped { found.append((setting.field, wrapped)) }
        }
        try frame.budget.spend(Limits.objectCreation)
        if let unknownName { throw failure(.invalidArgument, "unknown type '\(unknownName)'") }
        do throws(EvaluationError) {
            for position in found.indices { found[position].value = try message.converted(found[position].value, for: found[position].field, &frame.budget.work) }
            let made = try message.make(found, &frame.budget.work)
            if !allowsFarTimes, case .timestamp(let moment, _) = made, !Timestamp.celSeconds.contains(moment.seconds) {
                throw EvaluationError(.overflow, "timestamp overflow")
            }
            return made
        } catch {
            throw error.located(offset)
        }
    }
}
