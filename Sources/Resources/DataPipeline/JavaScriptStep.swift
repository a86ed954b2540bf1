import Kernel

/// A step written in JavaScript: a function `transform(row, ctx)`.
public struct JavaScriptStep: Sendable, Equatable {
    /// Where a text is: here, or in a ConfigMap of the namespace.
    public enum Source: Sendable, Equatable {
        case text(String)
        case configMap(name: String, key: String)
    }

    /// A module that the script and other modules import by name.
    public struct Module: Sendable, Equatable {
        public var name: String
        public var source: Source

        static let fields = ["name", "source", "configMapKeyRef"]

        init(_ reader: FieldReader) {
            name = reader.required("name", length: 1...253, .moduleName)
            source = JavaScriptStep.source(reader)
        }
    }

    public var source: Source
    public var modules: [Module]
    /// What the script reads and writes; nil: every column. Columns it doesn't list keep their original text and cost nothing.
    public var columns: [String]?
    /// Types and formats of columns the script sets; others have the type they came in with, or are text.
    public var output: [CastColumn]
    /// No row depends on another: it runs on all cores, without `ctx.state`.
    public var stateless: Bool
    /// Processor time of one row.
    public var timeLimit: Duration
    public var memoryLimit: Bytes

    static let fields = ["source", "configMapKeyRef", "modules", "columns", "output", "stateless", "timeLimit", "memoryLimit"]

    init(_ reader: FieldReader) {
        source = Self.source(reader)
        modules = reader.objects("modules", most: 32, fields: Module.fields, identity: \.name, Module.init)
        columns = reader.strings("columns", count: 0...2048, length: 1...256)
        output = reader.objects("output", most: 512, fields: CastColumn.fields, identity: \.name, CastColumn.init)
        stateless = reader.bool("stateless") ?? false
        timeLimit = reader.duration("timeLimit") ?? .seconds(2)
        if timeLimit <= .zero { reader.fail("timeLimit", "must be longer than 0s") }
        memoryLimit = .mebi(256)
        if let size = reader.quantity("memoryLimit") {
            memoryLimit = Bytes(size.wholeUnits)
            if !((16 << 20)...(64 << 30)).contains(size.wholeUnits) { reader.fail("memoryLimit", "must be from 16Mi to 64Gi") }
        }
    }

    fileprivate static func source(_ reader: FieldReader) -> Source {
        reader.exactlyOne(of: ["source", "configMapKeyRef"])
        if let key = reader.object("configMapKeyRef", fields: ["name", "key"]) {
            return .configMap(name: key.required("name", length: 1...253), key: key.required("key", length: 1...253))
        }
        return .text(reader.string("source", length: 1...262_144) ?? "")
    }
}
