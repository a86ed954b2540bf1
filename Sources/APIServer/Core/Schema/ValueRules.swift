import Kernel

/// The value validations of one schema, compiled once.
struct ValueRules: Sendable {
    /// Whether there is anything to check besides type and structure.
    let isEmpty: Bool
    /// Checks on numbers, strings, lists and objects respectively.
    let hasNumberRules: Bool
    let hasStringRules: Bool
    let hasCombinations: Bool

    init(_ fields: SchemaFields) {
        hasNumberRules = fields.minimum != nil || fields.maximum != nil || fields.multipleOf != nil
        hasStringRules = fields.minLength != nil || fields.maxLength != nil || fields.pattern != nil || fields.format != nil
        hasCombinations = !fields.allOf.isEmpty || !fields.anyOf.isEmpty || !fields.oneOf.isEmpty || fields.not != nil
        isEmpty = !hasNumberRules && !hasStringRules && !hasCombinations && fields.enum == nil
    }
}
