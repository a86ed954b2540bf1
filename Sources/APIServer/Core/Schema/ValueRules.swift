import Kernel
import RegularExpressions

/// The value validations of one schema, compiled once. A class, so that reading one of them copies nothing else.
final class ValueRules: Sendable {
    /// What a number must be.
    struct Bounds: Sendable {
        let minimum: JSON?
        let exclusiveMinimum: Bool
        let maximum: JSON?
        let exclusiveMaximum: Bool
        let multipleOf: JSON?
        /// Integers beyond these don't fit the format.
        let format: ClosedRange<Int64>?
    }

    let hasNumberRules: Bool
    let hasStringRules: Bool
    let hasListRules: Bool
    let hasObjectRules: Bool
    let hasCombinations: Bool
    let checksAnyOf: Bool
    let hasEnum: Bool
    let hasPattern: Bool
    let isIntOrString: Bool
    let minLength: Int?
    let maxLength: Int?
    let required: [String]
    let bounds: Bounds
    let pattern: RegularExpression?
    /// Why the pattern is none, when it isn't.
    let patternProblem: String?
    let format: StringFormat?
    /// The values of `enum` as they stand in messages.
    let supported: [String]
    let sortedListMapKeys: [String]

    init(_ fields: SchemaFields) {
        var pattern: RegularExpression?
        var problem: String?
        if let text = fields.pattern {
            do throws(RegularExpressionError) { pattern = try RegularExpression(text) } catch { problem = error.description }
        }
        self.pattern = pattern
        patternProblem = problem
        format = fields.format.flatMap(StringFormat.init(name:))
        supported = fields.enum?.map { $0.string ?? $0.text } ?? []
        sortedListMapKeys = fields.listMapKeys.sorted()
        let integers: ClosedRange<Int64>? =
            switch fields.format {
            case "int32": Int64(Int32.min)...Int64(Int32.max)
            case "uint32": 0...Int64(UInt32.max)
            case "uint64": 0...Int64.max
            default: nil
            }
        bounds = Bounds(
            minimum: fields.minimum, exclusiveMinimum: fields.exclusiveMinimum, maximum: fields.maximum,
            exclusiveMaximum: fields.exclusiveMaximum, multipleOf: fields.multipleOf, format: integers)
        minLength = fields.minLength
        maxLength = fields.maxLength
        required = fields.required
        hasEnum = fields.enum != nil
        hasPattern = fields.pattern != nil
        isIntOrString = fields.intOrString
        hasNumberRules = fields.minimum != nil || fields.maximum != nil || fields.multipleOf != nil || fields.type == .integer
        hasStringRules = fields.minLength != nil || fields.maxLength != nil || fields.pattern != nil || format != nil
        hasListRules =
            fields.minItems != nil || fields.maxItems != nil || fields.uniqueItems || fields.listType == .set || fields.listType == .map
        hasObjectRules = fields.minProperties != nil || fields.maxProperties != nil
        // int-or-string is written with an anyOf of the two types, which says no more than the extension does.
        checksAnyOf = !fields.anyOf.isEmpty && !(fields.intOrString && fields.anyOf.allSatisfy { $0.type != nil })
        hasCombinations = checksAnyOf || !fields.allOf.isEmpty || !fields.oneOf.isEmpty || fields.not != nil
    }
}
