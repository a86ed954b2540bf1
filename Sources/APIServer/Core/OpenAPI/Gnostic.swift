import Kernel

/// OpenAPI v2 as the protobuf messages of gnostic's `openapi_v2`: the form in which kubectl asks for it first.
///
/// The tables give each member its number and form (facts of OpenAPIv2.proto); what no table names, and what has no number there, is
/// left out. Vendor extensions are pairs of a name and YAML text, and JSON is YAML.
enum Gnostic {
    enum Form: Sendable {
        case string, bool, int, double
        case strings
        /// Any value, as YAML text.
        case any
        case anys
        case message(Message)
        case messages(Message)
        /// A message that holds only pairs of a name and a message.
        case named(Message)
        /// A message that holds only pairs of a name and a value of any kind.
        case namedAnys
        /// A message that holds only a list of strings: `type`.
        case typeItem
        /// A message that holds a list of one schema: `items`.
        case item(Message)
        /// A schema or a boolean.
        case schemaOrBool(Message)
        case parameters
        case responses
        /// A schema as a response has it.
        case responseSchema
        case securityDefinitions
        case security
        case paths
    }

    /// The messages that have a table; named rather than referred to, since they hold one another.
    enum Message: Sendable {
        case info, pathItem, operation, schema

        var table: Table {
            switch self {
            case .info: GnosticTables.info
            case .pathItem: GnosticTables.pathItem
            case .operation: GnosticTables.operation
            case .schema: GnosticTables.schema
            }
        }
    }

    /// The members of one message.
    struct Table: Sendable {
        let members: [String: (number: Int, form: Form)]
        /// The number of `vendor_extension`; 0: has none.
        let extensions: Int
    }

    static func encode(_ document: JSON) -> [UInt8] {
        var writer = ProtobufWriter()
        write(document, GnosticTables.document, to: &writer)
        return writer.bytes
    }

    static func write(_ value: JSON, _ table: Table, to writer: inout ProtobufWriter) {
        guard case .object(let object) = value else { return }
        for (key, member) in object {
            if let (number, form) = table.members[key] {
                write(member, form, number, to: &writer)
            } else if table.extensions > 0, key.hasPrefix("x-") {
                writer.message(table.extensions) { named(key, member, to: &$0) }
            }
        }
    }

    /// NamedAny: a name, and an Any whose second field is YAML.
    private static func named(_ name: String, _ value: JSON, to writer: inout ProtobufWriter) {
        writer.string(1, name)
        writer.message(2) { $0.string(2, yaml(value)) }
    }

    private static func yaml(_ value: JSON) -> String { value.text + "\n" }

    private static func write(_ value: JSON, _ form: Form, _ number: Int, to writer: inout ProtobufWriter) {
        switch form {
        case .string: if let text = value.string { writer.string(number, text) }
        case .bool: if let flag = value.bool { writer.varint(number, flag ? 1 : 0) }
        case .int: if let count = value.int { writer.varint(number, UInt64(bitPattern: count)) }
        case .double: if let amount = value.double { writer.double(number, amount) }
        case .strings: for item in value.array ?? [] { if let text = item.string { writer.string(number, text) } }
        case .any: writer.message(number) { $0.string(2, yaml(value)) }
        case .anys: for item in value.array ?? [] { writer.message(number) { $0.string(2, yaml(item)) } }
        case .message(let message): writer.message(number) { write(value, message.table, to: &$0) }
        case .messages(let message): for item in value.array ?? [] { writer.message(number) { write(item, message.table, to: &$0) } }
        case .named(let message):
            writer.message(number) { writer in
                for (name, member) in value.object ?? JSONObject() { pair(1, name, member, message.table, to: &writer) }
            }
        case .namedAnys:
            writer.message(number) { writer in
                for (name, member) in value.object ?? JSONObject() { writer.message(1) { named(name, member, to: &$0) } }
            }
        case .typeItem:
            writer.message(number) { writer in
                for text in value.string.map({ [$0] }) ?? (value.array ?? []).compactMap(\.string) { writer.string(1, text) }
            }
        case .item(let message): writer.message(number) { $0.message(1) { write(value, message.table, to: &$0) } }
        case .schemaOrBool(let message):
            writer.message(number) { writer in
                if let flag = value.bool { writer.varint(2, flag ? 1 : 0) } else { writer.message(1) { write(value, message.table, to: &$0) } }
            }
        case .paths:
            writer.message(number) { writer in
                for (path, item) in value.object ?? JSONObject() { pair(2, path, item, GnosticTables.pathItem, to: &writer) }
            }
        case .parameters: for item in value.array ?? [] { writer.message(number) { parameter(item, to: &$0) } }
        case .responses: writer.message(number) { responses(value, to: &$0) }
        case .responseSchema: writer.message(number) { $0.message(1) { write(value, GnosticTables.schema, to: &$0) } }
        case .securityDefinitions: writer.message(number) { securityDefinitions(value, to: &$0) }
        case .security:
            for item in value.array ?? [] {
                writer.message(number) { writer in
                    for (name, scopes) in item.object ?? JSONObject() {
                        writer.message(1) { writer in
                            writer.string(1, name)
                            writer.message(2) { writer in for text in (scopes.array ?? []).compactMap(\.string) { writer.string(1, text) } }
                        }
                    }
                }
            }
        }
    }

    /// NamedX: a name and a message.
    static func pair(_ number: Int, _ name: String, _ value: JSON, _ table: Table, to writer: inout ProtobufWriter) {
        writer.message(number) { writer in
            writer.string(1, name)
            writer.message(2) { write(value, table, to: &$0) }
        }
    }

    /// ParametersItem: 1 Parameter (1 body, 2 other: 1 header, 2 form, 3 query, 4 path), 2 reference.
    private static func parameter(_ value: JSON, to writer: inout ProtobufWriter) {
        if value["$ref"] != nil {
            writer.message(2) { write(value, GnosticTables.reference, to: &$0) }
            return
        }
        let place = value["in"]?.string
        writer.message(1) { writer in
            if place == "body" {
                writer.message(1) { write(value, GnosticTables.bodyParameter, to: &$0) }
            } else {
                writer.message(2) { writer in
                    if place == "path" {
                        writer.message(4) { write(value, GnosticTables.pathParameter, to: &$0) }
                    } else {
                        writer.message(3) { write(value, GnosticTables.queryParameter, to: &$0) }
                    }
                }
            }
        }
    }

    /// Responses: 1 pairs of a code and a ResponseValue (1 response, 2 reference), 2 extensions.
    private static func responses(_ value: JSON, to writer: inout ProtobufWriter) {
        for (code, response) in value.object ?? JSONObject() {
            if code.hasPrefix("x-") {
                writer.message(2) { named(code, response, to: &$0) }
                continue
            }
            writer.message(1) { writer in
                writer.string(1, code)
                writer.message(2) { writer in writer.message(1) { write(response, GnosticTables.response, to: &$0) } }
            }
        }
    }

    /// SecurityDefinitions: pairs of a name and an item, of which only apiKey (2) is used here.
    private static func securityDefinitions(_ value: JSON, to writer: inout ProtobufWriter) {
        for (name, definition) in value.object ?? JSONObject() {
            writer.message(1) { writer in
                writer.string(1, name)
                writer.message(2) { writer in writer.message(2) { write(definition, GnosticTables.apiKey, to: &$0) } }
            }
        }
    }
}
