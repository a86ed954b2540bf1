import Kernel

extension ResourceDefinition {
    /// What the definition's CEL rules say of an object.
    ///
    /// They run when the object is otherwise well formed: a rule on a field that is missing or of a wrong type would only confuse.
    ///
    /// - Parameters:
    ///   - old: what is stored, on an update.
    ///   - faults: what is wrong with the object already.
    /// - Returns: what the rules refuse; and what they would refuse, but that the update left as it was.
    public func checkRules(_ object: JSON, old: JSON?, after faults: [StatusCause]) -> (causes: [StatusCause], warnings: [String]) {
        guard let rules else { return ([], []) }
        if faults.contains(where: { Self.blocking.contains($0.reason) }) {
            let detail = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"
            return ([.invalid("<nil>", .null, detail)], [])
        }
        var validation = RuleValidation()
        validation.run(rules, object, old: old)
        return (validation.causes, validation.warnings)
    }

    private static let blocking: Set<StatusCause.Reason> = [.notSupported, .required, .tooLong, .tooMany, .typeInvalid]
}
