import Kernel

/// A format by name and its check, type `kubernetes.NamedFormat` of Kubernetes' library.
public final class NamedFormat: OpaqueValue {
    public static let valueType = ValueType.opaque("kubernetes.NamedFormat")

    /// As `format.named` takes it: `dns1123Label`.
    let name: String
    /// How long a regular expression for it would be: what a check costs.
    let patternSize: UInt64
    /// What is wrong with a text; nothing when it has the format.
    let problems: @Sendable (String) -> [String]

    private init(_ name: String, _ patternSize: UInt64, _ problems: @escaping @Sendable (String) -> [String]) {
        self.name = name
        self.patternSize = patternSize
        self.problems = problems
    }

    public var type: ValueType { Self.valueType }
    public var description: String { "format.\(name)()" }
    public func equals(_ other: any OpaqueValue) -> Bool { (other as? NamedFormat)?.name == name }

    /// A format of strings, with what is said of those that don't have it.
    private static func of(_ format: StringFormat, _ name: String, _ patternSize: UInt64, _ problem: String) -> NamedFormat {
        NamedFormat(name, patternSize) { format.accepts($0) ? [] : [problem] }
    }

    /// A name's format; a prefix may end in a dash, which stands for what will follow.
    private static func names(_ name: String, _ patternSize: UInt64, _ rule: @escaping @Sendable (String) -> [String]) -> [NamedFormat] {
        [
            NamedFormat(name, patternSize, rule),
            NamedFormat(name + "Prefix", patternSize) { text in rule(text.hasSuffix("-") ? String(text.dropLast()) + "a" : text) },
        ]
    }

    // The sizes are Kubernetes' own, partly the lengths of regular expressions it doesn't run.
    static let all: [NamedFormat] =
        names("dns1123Label", 30, NameFormat.label) + names("dns1123Subdomain", 60, NameFormat.subdomain) + names("dns1035Label", 30, NameFormat.label1035)
        + [
            NamedFormat("qualifiedName", 60, NameFormat.qualified),
            NamedFormat("labelValue", 40, NameFormat.labelValue),
            NamedFormat("uri", 1103) { WebAddress.problem(withRequest: $0).map { [$0] } ?? [] },
            of(.uuid, "uuid", 70, "does not match the UUID format"),
            of(.byte, "byte", 84, "invalid base64"),
            of(.date, "date", 71, "invalid date"),
            of(.dateTime, "datetime", 71, "invalid datetime"),
        ]

    static func named(_ name: String) -> NamedFormat? { all.first { $0.name == name } }
}
