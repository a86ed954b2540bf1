import Kernel
import RegularExpressions

/// The value validations of one schema, compiled once.
struct ValueRules: Sendable {
    let hasNumberRules: Bool
    let hasStringRules: Bool
    let hasListRules: Bool
    let hasCombinations: Bool
    let pattern: RegularExpression?
    /// Why the pattern is none, when it isn't.
    let patternProblem: String?
    let format: StringFormat?
    /// The values of `enum` as they stand in messages.
    let supported: [String]
    let sortedListMapKeys: [String]
    /// `integer` values beyond these don't fit the format.
    let integerRange: ClosedRange<Int64>?

    init(_ fields: SchemaFields) {
        var pattern: RegularExpression?
        var problem: String?
        if let text = fields.pattern {
            do throws(RegularExpressionError) { pattern = try RegularExpression(text) } catch { problem = error.description }
        }
        self.pattern = pattern
        patternProblem = problem
        sortedListMapKeys = fields.listMapKeys.sorted()
        format = fields.format.flatMap(StringFormat.init(name:))
        supported = fields.enum?.map { $0.string ?? $0.text } ?? []
        integerRange =
            switch fields.format {
            case "int32": Int64(Int32.min)...Int64(Int32.max)
            case "uint32": 0...Int64(UInt32.max)
            case "uint64": 0...Int64.max
            default: nil
            }
        hasNumberRules = fields.minimum != nil || fields.maximum != nil || fields.multipleOf != nil || integerRange != nil || fields.type == .integer
        hasStringRules = fields.minLength != nil || fields.maxLength != nil || fields.pattern != nil || format != nil
        hasListRules =
            fields.minItems != nil || fields.maxItems != nil || fields.uniqueItems || fields.listType == .set || fields.listType == .map
        hasCombinations = !fields.allOf.isEmpty || !fields.anyOf.isEmpty || !fields.oneOf.isEmpty || fields.not != nil
    }
}
