/// One vector of the CEL project: an expression, what it may use, and what must come out.
struct ConformanceVector {
    /// `file/section/name`: what the list of vectors that don't apply calls it.
    let name: String
    let expression: String
    let disableMacros: Bool
    let disableCheck: Bool
    let checkOnly: Bool
    let container: String
    let variables: [(name: String, type: VectorType)]
    let functions: [String]
    let bindings: [(name: String, value: VectorValue)]
    let expectation: Expectation

    enum Expectation {
        case value(VectorValue)
        /// A value and the type the checker must have found.
        case typed(VectorValue?, VectorType)
        /// Any error: the project's own vectors say of the message that it is only a hint.
        case error
        case unknown
    }

    /// Every vector of one file.
    static func read(_ bytes: [UInt8]) throws -> [ConformanceVector] {
        let file = try TextProtoParser.parse(bytes)
        let fileName = file.string("name") ?? "?"
        var seen: [String: Int] = [:]
        return file.messages("section").flatMap { section in
            section.messages("test").map { test in
                let base = "\(fileName)/\(section.string("name") ?? "?")/\(test.string("name") ?? "?")"
                // Some names are used twice; the second gets a number.
                let count = (seen[base] ?? 0) + 1
                seen[base] = count
                return ConformanceVector(test, name: count == 1 ? base : "\(base)#\(count)")
            }
        }
    }

    private init(_ test: TextProtoMessage, name: String) {
        self.name = name
        expression = test.string("expr") ?? ""
        disableMacros = test.flag("disable_macros")
        disableCheck = test.flag("disable_check")
        checkOnly = test.flag("check_only")
        container = test.string("container") ?? ""
        let declarations = test.messages("type_env")
        variables = declarations.compactMap { declaration in
            declaration.message("ident").map { (declaration.string("name") ?? "", VectorType($0.message("type"))) }
        }
        functions = declarations.filter { $0.message("function") != nil }.map { $0.string("name") ?? "" }
        bindings = test.messages("bindings").map { binding in
            (binding.string("key") ?? "", VectorValue(binding.message("value")?.message("value")))
        }
        if let value = test.message("value") {
            expectation = .value(VectorValue(value))
        } else if let typed = test.message("typed_result") {
            expectation = .typed(typed.message("result").map { VectorValue($0) }, VectorType(typed.message("deduced_type")))
        } else if test.last("eval_error") != nil || test.last("any_eval_errors") != nil {
            expectation = .error
        } else if test.last("unknown") != nil || test.last("any_unknowns") != nil {
            expectation = .unknown
        } else {
            expectation = .value(.bool(true))
        }
    }
}

/// A value as the vectors write it.
indirect enum VectorValue {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([VectorValue])
    case map([(VectorValue, VectorValue)])
    case type(String)
    case duration(seconds: Int64, nanoseconds: Int64)
    case timestamp(seconds: Int64, nanoseconds: Int64)
    /// A protobuf message or enum: nothing of Kubernetes' CEL.
    case foreign(String)

    init(_ message: TextProtoMessage?) {
        guard let field = message?.fields.first else { self = .foreign("no value"); return }
        let (name, value) = (field.name, field.value)
        switch name {
        case "null_value": self = .null
        case "bool_value": self = .bool(value.word == "true")
        case "int64_value": self = VectorValue.readInteger(value.word)
        case "uint64_value": self = UInt64(value.word ?? "").map { .uint($0) } ?? .foreign("uint")
        case "double_value": self = VectorValue.readDouble(value.word)
        case "string_value": self = .string(value.string ?? "")
        case "bytes_value": self = .bytes(value.bytes ?? [])
        case "list_value": self = .list((value.message ?? TextProtoMessage()).messages("values").map { VectorValue($0) })
        case "map_value":
            self = .map((value.message ?? TextProtoMessage()).messages("entries").map { (VectorValue($0.message("key")), VectorValue($0.message("value"))) })
        case "type_value": self = .type(value.string ?? value.message?.string("type") ?? "")
        case "object_value": self = VectorValue.readObject(value.message ?? TextProtoMessage())
        default: self = .foreign(name)
        }
    }

    private static func readInteger(_ word: String?) -> VectorValue {
        let word = word ?? ""
        if word.hasPrefix("0x") { return Int64(word.dropFirst(2), radix: 16).map { .int($0) } ?? .foreign(word) }
        return Int64(word).map { .int($0) } ?? .foreign(word)
    }

    private static func readDouble(_ word: String?) -> VectorValue {
        switch word {
        case "inf", "Infinity", "infinity": .double(.infinity)
        case "-inf", "-Infinity", "-infinity": .double(-.infinity)
        case "nan", "NaN": .double(.nan)
        case let word?: Double(word).map { .double($0) } ?? .foreign(word)
        case nil: .foreign("double")
        }
    }

    /// The well-known messages that are CEL values of their own; anything else is foreign.
    private static func readObject(_ any: TextProtoMessage) -> VectorValue {
        guard let field = any.fields.first, let inner = field.value.message else { return .foreign("any") }
        let name = field.name.split(separator: "/").last.map { $0.filter { $0 != "]" } } ?? ""
        switch name {
        case "google.protobuf.Duration":
            return .duration(seconds: Int64(inner.last("seconds")?.word ?? "0") ?? 0, nanoseconds: Int64(inner.last("nanos")?.word ?? "0") ?? 0)
        case "google.protobuf.Timestamp":
            return .timestamp(seconds: Int64(inner.last("seconds")?.word ?? "0") ?? 0, nanoseconds: Int64(inner.last("nanos")?.word ?? "0") ?? 0)
        case "google.protobuf.Int32Value", "google.protobuf.Int64Value": return readInteger(inner.last("value")?.word ?? "0")
        case "google.protobuf.UInt32Value", "google.protobuf.UInt64Value": return .uint(UInt64(inner.last("value")?.word ?? "0") ?? 0)
        case "google.protobuf.DoubleValue", "google.protobuf.FloatValue": return readDouble(inner.last("value")?.word ?? "0")
        case "google.protobuf.BoolValue": return .bool(inner.last("value")?.word == "true")
        case "google.protobuf.StringValue": return .string(inner.string("value") ?? "")
        case "google.protobuf.BytesValue": return .bytes(inner.last("value")?.bytes ?? [])
        case "google.protobuf.Value", "google.protobuf.Struct", "google.protobuf.ListValue": return readJSON(inner, kind: name)
        default: return .foreign(name)
        }
    }

    /// protobuf's own JSON messages are what JSON is to CEL: every number a double.
    private static func readJSON(_ message: TextProtoMessage, kind: String) -> VectorValue {
        switch kind {
        case "google.protobuf.Struct":
            return .map(message.messages("fields").map { (.string($0.string("key") ?? ""), readJSON($0.message("value") ?? TextProtoMessage(), kind: "google.protobuf.Value")) })
        case "google.protobuf.ListValue":
            return .list(message.messages("values").map { readJSON($0, kind: "google.protobuf.Value") })
        default:
            guard let field = message.fields.first else { return .null }
            let value = field.value
            switch field.name {
            case "number_value": return readDouble(value.word)
            case "string_value": return .string(value.string ?? "")
            case "bool_value": return .bool(value.word == "true")
            case "struct_value": return readJSON(value.message ?? TextProtoMessage(), kind: "google.protobuf.Struct")
            case "list_value": return readJSON(value.message ?? TextProtoMessage(), kind: "google.protobuf.ListValue")
            default: return .null
            }
        }
    }
}

/// A type as the vectors write it.
indirect enum VectorType: Equatable {
    case dyn, null, bool, int, uint, double, string, bytes, duration, timestamp
    case list(VectorType)
    case map(VectorType, VectorType)
    case type(VectorType?)
    case optional(VectorType)
    /// A type of protobuf's: messages, enums, wrappers.
    case foreign(String)

    init(_ message: TextProtoMessage?) {
        guard let field = message?.fields.first else { self = .dyn; return }
        let (name, value) = (field.name, field.value)
        switch (name, value.word ?? "") {
        case ("dyn", _): self = .dyn
        case ("null", _): self = .null
        case ("primitive", "BOOL"): self = .bool
        case ("primitive", "INT64"): self = .int
        case ("primitive", "UINT64"): self = .uint
        case ("primitive", "DOUBLE"): self = .double
        case ("primitive", "STRING"): self = .string
        case ("primitive", "BYTES"): self = .bytes
        case ("well_known", "DURATION"): self = .duration
        case ("well_known", "TIMESTAMP"): self = .timestamp
        case ("well_known", "ANY"): self = .dyn
        case ("list_type", _): self = .list(VectorType(value.message?.message("elem_type")))
        case ("map_type", _): self = .map(VectorType(value.message?.message("key_type")), VectorType(value.message?.message("value_type")))
        case ("type", _): self = .type(value.message.flatMap { $0.fields.isEmpty ? nil : VectorType($0) })
        case ("abstract_type", _):
            let parameters = value.message?.messages("parameter_types") ?? []
            let abstract = value.message?.string("name") ?? ""
            self = abstract == "optional_type" ? .optional(VectorType(parameters.first)) : .foreign(abstract)
        case ("message_type", _): self = .foreign(value.string ?? "message")
        default: self = .foreign("\(name) \(value.word ?? "")")
        }
    }
}
