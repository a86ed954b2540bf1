import Kernel

/// One variable of a container's environment, as v1.EnvVar.
public struct EnvVar: Sendable, Equatable {
    public enum Source: Sendable, Equatable {
        case value(String)
        case secretKey(KeyReference)
        case configMapKey(KeyReference)
        /// `metadata.name`, `metadata.labels['x']`, …
        case field(MetadataField)
    }

    public var name: String
    public var source: Source

    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    static let fields = ["name", "value", "valueFrom"]

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...253, .variable)
        source = .value(reader.string("value", length: 0...131_072) ?? "")
        guard let from = reader.object("valueFrom", fields: ["secretKeyRef", "configMapKeyRef", "fieldRef"]) else { return }
        if reader.has("value") { reader.fail("", "value and valueFrom exclude each other; remove one of them") }
        from.exactlyOne(of: ["secretKeyRef", "configMapKeyRef", "fieldRef"])
        if let key = from.object("secretKeyRef", fields: KeyReference.fields) { source = .secretKey(KeyReference(key)) }
        if let key = from.object("configMapKeyRef", fields: KeyReference.fields) { source = .configMapKey(KeyReference(key)) }
        if let field = from.object("fieldRef", fields: ["apiVersion", "fieldPath"]) {
            _ = field.string("apiVersion", length: 0...64)
            let path = field.required("fieldPath", length: 1...512)
            if let known = MetadataField(path) {
                source = .field(known)
            } else if !path.isEmpty {
                field.fail(
                    "fieldPath",
                    "must be metadata.name, metadata.namespace, metadata.uid, metadata.labels['KEY'] or metadata.annotations['KEY']; found \(path)")
            }
        }
    }
}

/// A key of a Secret or ConfigMap of the same namespace.
public struct KeyReference: Sendable, Equatable {
    public var name: String
    public var key: String
    public var isOptional: Bool

    public init(name: String, key: String, isOptional: Bool = false) {
        self.name = name
        self.key = key
        self.isOptional = isOptional
    }

    static let fields = ["name", "key", "optional"]

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...253)
        key = reader.required("key", length: 1...253)
        isOptional = reader.bool("optional") ?? false
    }
}

/// A field of the object's own metadata.
public enum MetadataField: Sendable, Equatable {
    case name, namespace, uid
    case label(String)
    case annotation(String)

    public init?(_ path: String) {
        switch path {
        case "metadata.name": self = .name
        case "metadata.namespace": self = .namespace
        case "metadata.uid": self = .uid
        default:
            if let key = Self.key(path, of: "metadata.labels") { self = .label(key) }
            else if let key = Self.key(path, of: "metadata.annotations") { self = .annotation(key) }
            else { return nil }
        }
    }

    /// `KEY` of `map['KEY']`.
    private static func key(_ path: String, of map: String) -> String? {
        guard path.hasPrefix(map + "['"), path.hasSuffix("']"), path.count > map.count + 4 else { return nil }
        return String(path.dropFirst(map.count + 2).dropLast(2))
    }
}

/// All keys of a ConfigMap or Secret as variables.
public struct EnvFromSource: Sendable, Equatable {
    public enum Kind: Sendable, Equatable { case configMap, secret }

    public var kind: Kind
    public var name: String
    public var prefix: String
    public var isOptional: Bool

    public init(kind: Kind, name: String, prefix: String = "", isOptional: Bool = false) {
        self.kind = kind
        self.name = name
        self.prefix = prefix
        self.isOptional = isOptional
    }

    static let fields = ["prefix", "configMapRef", "secretRef"]

    init(_ reader: FieldReader) {
        reader.exactlyOne(of: ["configMapRef", "secretRef"])
        prefix = reader.string("prefix", length: 0...253) ?? ""
        kind = reader.has("secretRef") ? .secret : .configMap
        let reference = reader.object(kind == .secret ? "secretRef" : "configMapRef", fields: ["name", "optional"])
        name = reference?.required("name", length: 1...253) ?? ""
        isOptional = reference?.bool("optional") ?? false
    }
}
