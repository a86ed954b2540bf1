import Expressions
import Kernel

/// What expressions see of a schema: its type, and how large it can get, which is what the estimate of cost reckons with.
///
/// Only what a schema says is seen: members beside the declared ones aren't, also where they are preserved. `x-kubernetes-int-or-string`
/// is dynamic. Of an object's `metadata` only `name` and `generateName` are seen.
final class DeclaredType: Sendable {
    let type: ValueType
    let bounds: SizeBounds
    /// The fewest bytes a value takes in JSON: how many of them fit into a request follows from it.
    let minimumSize: Int
    /// By the names of properties. Also those whose names expressions can't say.
    let members: [String: DeclaredType]
    /// Of a list's elements or a map's values.
    let element: DeclaredType?

    private init(_ type: ValueType, _ bounds: SizeBounds, minimumSize: Int, members: [String: DeclaredType] = [:], element: DeclaredType? = nil) {
        self.type = type
        self.bounds = bounds
        self.minimumSize = minimumSize
        self.members = members
        self.element = element
    }

    /// The largest request that Kubernetes reckons with, in bytes.
    private static let largestRequest = 3 * 1024 * 1024
    private static let nothing = SizeEstimate.exactly(0)

    /// How often a rule on such a value can run in one request, when nothing else bounds that.
    var largestCount: UInt64 { UInt64(Self.largestRequest / (minimumSize + 1)) }

    /// - Parameters:
    ///   - name: of the type, where it is an object: unique within an expression.
    ///   - isResource: a whole object, with apiVersion, kind and metadata.
    /// - Returns: nil for what expressions don't see.
    static func of(_ schema: StructuralSchema, name: String, isResource: Bool) -> DeclaredType? {
        if schema.rules.isIntOrString {
            return DeclaredType(.dyn, .leaf(SizeEstimate(min: 0, max: length(schema) ?? UInt64(largestRequest - 2))), minimumSize: 1)
        }
        switch schema.type {
        case .array?: return list(schema, name)
        case .object?: return schema.extra.map { map(schema, $0, name, isResource: isResource) } ?? object(schema, name, isResource: isResource)
        case .string?: return text(schema)
        case .boolean?: return DeclaredType(.bool, .leaf(nothing), minimumSize: 4)
        case .number?: return DeclaredType(.double, .leaf(nothing), minimumSize: 1)
        case .integer?: return DeclaredType(.int, .leaf(nothing), minimumSize: 1)
        case nil: return nil
        }
    }

    /// In bytes, of which a code point takes up to four; nil without a bound.
    private static func length(_ schema: StructuralSchema) -> UInt64? { schema.rules.maxLength.map { UInt64(max($0, 0)).multipliedReportingOverflow(by: 4).partialValue } }

    private static func list(_ schema: StructuralSchema, _ name: String) -> DeclaredType? {
        guard let items = schema.itemSchema, let element = of(items, name: name + ".@idx", isResource: items.isEmbedded) else { return nil }
        let most = schema.fields.maxItems.map { max($0, 0) } ?? (largestRequest - 2) / (element.minimumSize + 1)
        let semantics: ListSemantics =
            switch schema.listType {
            case .atomic: .ordered
            case .set: .set
            case .map: .keyed(schema.fields.listMapKeys.map { PropertyName.escaped($0) ?? $0 })
            }
        return DeclaredType(
            .list(element.type, semantics), .list(SizeEstimate(min: 0, max: UInt64(most)), element: element.bounds), minimumSize: 2, element: element)
    }

    private static func map(_ schema: StructuralSchema, _ values: StructuralSchema, _ name: String, isResource: Bool) -> DeclaredType? {
        guard let element = of(values, name: name + ".@elem", isResource: values.isEmbedded) else { return nil }
        let most = schema.fields.maxProperties.map { max($0, 0) } ?? (largestRequest - 2) / (element.minimumSize + 6)
        return DeclaredType(
            .map(.string, element.type), .map(SizeEstimate(min: 0, max: UInt64(most)), key: .leaf(nothing), value: element.bounds), minimumSize: 2,
            element: element)
    }

    private static func object(_ schema: StructuralSchema, _ name: String, isResource: Bool) -> DeclaredType {
        var members: [(name: String, type: DeclaredType)] = []
        for (property, member) in schema.fields.properties {
            if isResource, ["apiVersion", "kind", "metadata"].contains(property) { continue }
            guard let type = of(member, name: name + "." + (PropertyName.escaped(property) ?? property), isResource: member.isEmbedded) else { continue }
            members.append((property, type))
        }
        if isResource { members += identity(schema, name) }
        var fields: [ObjectType.Field] = []
        var bounds: [String: SizeBounds] = [:]
        var minimumSize = 2
        for (property, member) in members {
            if let escaped = PropertyName.escaped(property) {
                fields.append(ObjectType.Field(escaped, member.type, property: property))
                bounds[escaped] = member.bounds
                if PropertyName.isReserved(property) { bounds[property] = member.bounds }
            }
            // What has a default may be absent from a request.
            if schema.rules.required.contains(property), schema.fields.properties[property]?.filler == nil {
                minimumSize += property.utf8.count + member.minimumSize + 4
            }
        }
        // Reserved words can be said after a dot as they are, too.
        let aliases = Dictionary(fields.filter { PropertyName.isReserved($0.property) }.map { ($0.property, $0.name) }, uniquingKeysWith: { first, _ in first })
        return DeclaredType(
            .object(ObjectType(name: name, fields: fields, aliases: aliases)), .object(bounds), minimumSize: minimumSize,
            members: Dictionary(members.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first }))
    }

    /// apiVersion, kind, metadata.name and metadata.generateName, which expressions see also where the schema doesn't say them.
    private static func identity(_ schema: StructuralSchema, _ name: String) -> [(name: String, type: DeclaredType)] {
        let plain = StructuralSchema.string()
        let metadata = schema.fields.properties["metadata"]
        func part(_ property: String) -> StructuralSchema {
            metadata?.fields.properties[property].flatMap { $0.type == .string ? $0 : nil } ?? plain
        }
        let names = StructuralSchema.object(["name": part("name"), "generateName": part("generateName")])
        return [("apiVersion", text(plain)), ("kind", text(plain)), ("metadata", object(names, name + ".metadata", isResource: false))]
    }

    private static func text(_ schema: StructuralSchema) -> DeclaredType {
        switch schema.fields.format {
        case "byte":
            let most = schema.rules.maxLength.map { UInt64(max($0, 0)) } ?? UInt64(largestRequest - 2)
            return DeclaredType(.bytes, .leaf(SizeEstimate(min: 0, max: most)), minimumSize: 2)
        // The longest and shortest texts of these, quotes included.
        case "duration": return DeclaredType(.duration, .leaf(SizeEstimate(min: 0, max: 32)), minimumSize: 3)
        case "date": return DeclaredType(.timestamp, .leaf(SizeEstimate(min: 0, max: 12)), minimumSize: 12)
        case "date-time": return DeclaredType(.timestamp, .leaf(SizeEstimate(min: 0, max: 32)), minimumSize: 21)
        default:
            let longest = schema.fields.enum.flatMap { $0.compactMap(\.string).map { UInt64($0.utf8.count) }.max() }
            return DeclaredType(.string, .leaf(SizeEstimate(min: 0, max: length(schema) ?? longest ?? UInt64(largestRequest - 2))), minimumSize: 2)
        }
    }
}
