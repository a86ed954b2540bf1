import Expressions
import Kernel

/// The rules of a schema and of everything below it that has some, compiled: made once for a definition, shared by all writes.
final class RuleTree: Sendable {
    let schema: StructuralSchema
    /// How the value is read.
    let type: DeclaredType
    let rules: [CompiledRule]
    /// By the names of properties; only those with rules in or below them.
    let members: [String: RuleTree]
    /// Of a list's elements or a map's values.
    let element: RuleTree?

    private init(_ schema: StructuralSchema, _ type: DeclaredType, _ rules: [CompiledRule], _ members: [String: RuleTree], _ element: RuleTree?) {
        self.schema = schema
        self.type = type
        self.rules = rules
        self.members = members
        self.element = element
    }

    /// - Parameter schema: as objects are validated with, apiVersion, kind and metadata included.
    /// - Returns: nil when there is no rule in it.
    static func of(_ schema: StructuralSchema, isResource: Bool, _ language: RuleLanguage = .plain) -> RuleTree? {
        guard hasRules(schema), let type = DeclaredType.of(schema, name: "self", isResource: isResource) else { return nil }
        return tree(schema, type, language)
    }

    private static func hasRules(_ schema: StructuralSchema) -> Bool {
        !schema.fields.validations.isEmpty || schema.memberSchemas.contains(where: hasRules) || schema.itemSchema.map(hasRules) ?? false
            || schema.extra.map(hasRules) ?? false
    }

    private static func tree(_ schema: StructuralSchema, _ type: DeclaredType, _ language: RuleLanguage) -> RuleTree? {
        var members: [String: RuleTree] = [:]
        for (name, member) in schema.fields.properties where hasRules(member) {
            // What has no type in expressions isn't validated by them.
            guard let memberType = type.members[name] else { continue }
            members[name] = tree(member, memberType, language)
        }
        let below = schema.itemSchema ?? schema.extra
        let element = below.flatMap { below in type.element.flatMap { hasRules(below) ? tree(below, $0, language) : nil } }
        let rules = CompiledRule.compile(schema.fields.validations.map { ValidationRule($0) }, schema, type, language)
        guard !rules.isEmpty || !members.isEmpty || element != nil else { return nil }
        return RuleTree(schema, type, rules, members, element)
    }
}
