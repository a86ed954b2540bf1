import Kernel

/// Turns Kubernetes' protobuf into the JSON that the rest of the server works with, by the tables of `APITypes`.
///
/// Safe on hostile bytes: lengths are checked, depth is limited, unknown fields are skipped, and the result is at most a small
/// multiple of the input. A field that stands twice follows protobuf: scalars take the last, lists add up, messages merge.
public struct ProtobufDecoder {
    public static let mediaType = "application/vnd.kubernetes.protobuf"
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    private static let maximumDepth = 100

    /// A whole body: the magic bytes, the envelope with apiVersion and kind, the object in it.
    ///
    /// - Returns: the object with apiVersion and kind in front.
    public static func decode(_ body: [UInt8]) throws(ProtobufError) -> JSON {
        guard body.starts(with: magic) else { throw .notKubernetes }
        var reader = ProtobufReader(body[magic.count...])
        var apiVersion = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        var encoding = ""
        var contentType = ""
        while let (number, value) = try reader.next() {
            guard case .bytes(let bytes) = value else { continue }
            switch number {
            case 1:
                var meta = ProtobufReader(bytes)
                while let (number, value) = try meta.next() {
                    guard case .bytes(let text) = value else { continue }
                    if number == 1 { apiVersion = String(decoding: text, as: UTF8.self) }
                    if number == 2 { kind = String(decoding: text, as: UTF8.self) }
                }
            case 2: raw = bytes
            case 3: encoding = String(decoding: bytes, as: UTF8.self)
            case 4: contentType = String(decoding: bytes, as: UTF8.self)
            default: break
            }
        }
        guard encoding.isEmpty else { throw .encoding(encoding) }
        if contentType == "application/json" { return try json(raw, field: "raw") }
        let name = GroupVersionKind(apiVersion: apiVersion, kind: kind)
        guard let type = APITypes.type(of: name) else { throw .unknownKind("\(apiVersion) \(kind)") }
        var object: JSONObject = ["apiVersion": .string(apiVersion), "kind": .string(kind)]
        try message(raw, type, into: &object, depth: 0)
        return .object(object)
    }

    /// One message of a type, without an envelope.
    public static func decode(_ bytes: [UInt8], as type: APIType) throws(ProtobufError) -> JSON {
        var object = JSONObject()
        try message(bytes[...], type, into: &object, depth: 0)
        return .object(object)
    }

    private static func message(
        _ bytes: ArraySlice<UInt8>, _ type: APIType, into object: inout JSONObject, depth: Int
    ) throws(ProtobufError) {
        guard depth < maximumDepth else { throw .tooDeep }
        var reader = ProtobufReader(bytes)
        // Lists and maps gather aside, so that a long one isn't copied for each of its elements.
        var lists: [(field: APIField, elements: [JSON])] = []
        var maps: [(field: APIField, members: JSONObject)] = []
        while let (number, value) = try reader.next() {
            guard let field = type.field(number: number) else { continue }
            switch field.type {
            case .list(let element):
                let at = lists.firstIndex { $0.field.number == number } ?? lists.endIndex
                if at == lists.endIndex { lists.append((field, [])) }
                try append(value, element, field, to: &lists[at].elements, depth)
            case .map(let element):
                let at = maps.firstIndex { $0.field.number == number } ?? maps.endIndex
                if at == maps.endIndex { maps.append((field, JSONObject())) }
                let (key, member) = try entry(value, element, field, depth)
                maps[at].members[key] = member
            case .reference(let name):
                guard case .bytes(let inner) = value, let target = APITypes.named(name) else { throw .mismatch(field: field.name) }
                var nested = object[field.name]?.object ?? JSONObject()
                try message(inner, target, into: &nested, depth: depth + 1)
                if !nested.isEmpty || field.keepsZero || field.isRequired { object[field.name] = .object(nested) }
            default:
                let decoded = try scalar(value, field.type, field.name, depth)
                let keeps = field.type == .time || field.type == .microTime ? !decoded.isNull : field.keepsZero || field.isRequired
                object[field.name] = isZero(decoded) && !keeps ? JSON?.none : decoded
            }
        }
        for (field, elements) in lists { object[field.name] = .array((object[field.name]?.array ?? []) + elements) }
        for (field, members) in maps {
            var all = object[field.name]?.object ?? JSONObject()
            for (key, member) in members { all[key] = member }
            object[field.name] = .object(all)
        }
    }

    private static func append(
        _ value: ProtobufReader.Value, _ element: APIFieldType, _ field: APIField, to elements: inout [JSON], _ depth: Int
    ) throws(ProtobufError) {
        if case .reference(let name) = element {
            guard case .bytes(let inner) = value, let target = APITypes.named(name) else { throw .mismatch(field: field.name) }
            var nested = JSONObject()
            try message(inner, target, into: &nested, depth: depth + 1)
            elements.append(.object(nested))
        } else {
            elements.append(try scalar(value, element, field.name, depth))
        }
    }

    private static func entry(
        _ value: ProtobufReader.Value, _ element: APIFieldType, _ field: APIField, _ depth: Int
    ) throws(ProtobufError) -> (String, JSON) {
        guard case .bytes(let bytes) = value else { throw .mismatch(field: field.name) }
        var reader = ProtobufReader(bytes)
        var key = ""
        var held: ProtobufReader.Value = .bytes([])
        while let (number, value) = try reader.next() {
            if number == 1, case .bytes(let text) = value { key = String(decoding: text, as: UTF8.self) }
            if number == 2 { held = value }
        }
        if case .reference(let name) = element {
            guard case .bytes(let inner) = held, let target = APITypes.named(name) else { throw .mismatch(field: field.name) }
            var nested = JSONObject()
            try message(inner, target, into: &nested, depth: depth + 1)
            return (key, .object(nested))
        }
        return (key, try scalar(held, element, field.name, depth))
    }

    private static func scalar(
        _ value: ProtobufReader.Value, _ type: APIFieldType, _ name: String, _ depth: Int
    ) throws(ProtobufError) -> JSON {
        switch (type, value) {
        case (.string, .bytes(let bytes)): return .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes, .bytes(let bytes)): return .string(Base64.encode(bytes))
        case (.bool, .varint(let number)): return .bool(number != 0)
        case (.int32, .varint(let number)): return .int(Int64(Int32(truncatingIfNeeded: number)))
        case (.int64, .varint(let number)): return .int(Int64(bitPattern: number))
        case (.double, .fixed64(let bits)):
            let number = Double(bitPattern: bits)
            guard number.isFinite else { throw .mismatch(field: name) }
            return .double(number)
        case (.time, .bytes(let bytes)): return try time(bytes, micro: false)
        case (.microTime, .bytes(let bytes)): return try time(bytes, micro: true)
        case (.wrappedStrings, .bytes(let bytes)): return try strings(bytes)
        case (.json, .bytes(let bytes)), (.fields, .bytes(let bytes)):
            guard let raw = try first(bytes, 1) else { return .null }
            return try json(raw, field: name)
        case (.schemaOrBool, .bytes(let bytes)): return try schemaOr(bytes, schemaNumber: 2, depth)
        case (.schemaOrList, .bytes(let bytes)), (.schemaOrStrings, .bytes(let bytes)): return try schemaOr(bytes, schemaNumber: 1, depth)
        default: throw .mismatch(field: name)
        }
    }

    private static func time(_ bytes: ArraySlice<UInt8>, micro: Bool) throws(ProtobufError) -> JSON {
        var reader = ProtobufReader(bytes)
        var seconds: Int64 = 0
        var nanoseconds: Int32 = 0
        var isSet = false
        while let (number, value) = try reader.next() {
            guard case .varint(let raw) = value else { continue }
            isSet = true
            if number == 1 { seconds = Int64(bitPattern: raw) }
            if number == 2 { nanoseconds = Int32(truncatingIfNeeded: raw) }
        }
        // An empty message is a time that isn't set. Years that RFC 3339 can't write aren't times.
        guard isSet, (-62_135_596_800...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else { return .null }
        let stamp = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        return .string(micro ? stamp.rfc3339Micro : stamp.rfc3339)
    }

    private static func strings(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> JSON {
        var reader = ProtobufReader(bytes)
        var items: [JSON] = []
        while let (number, value) = try reader.next() {
            if number == 1, case .bytes(let text) = value { items.append(.string(String(decoding: text, as: UTF8.self))) }
        }
        return .array(items)
    }

    private static func first(_ bytes: ArraySlice<UInt8>, _ wanted: Int) throws(ProtobufError) -> ArraySlice<UInt8>? {
        var reader = ProtobufReader(bytes)
        var found: ArraySlice<UInt8>?
        while let (number, value) = try reader.next() {
            if number == wanted, case .bytes(let inner) = value { found = inner }
        }
        return found
    }

    private static func json(_ bytes: ArraySlice<UInt8>, field: String) throws(ProtobufError) -> JSON {
        do throws(JSONError) {
            return try JSONParser.parse(bytes)
        } catch {
            throw .badJSON(field: field)
        }
    }

    /// JSONSchemaPropsOrBool, …OrArray and …OrStringArray: a schema, or else the other thing.
    private static func schemaOr(_ bytes: ArraySlice<UInt8>, schemaNumber: Int, _ depth: Int) throws(ProtobufError) -> JSON {
        var reader = ProtobufReader(bytes)
        var result: JSON = .null
        var list: [JSON] = []
        while let (number, value) = try reader.next() {
            switch value {
            case .varint(let flag) where number != schemaNumber: if result.isNull { result = .bool(flag != 0) }
            case .bytes(let inner) where number == schemaNumber:
                guard let type = APITypes.named(DefinitionTypes.prefix + "JSONSchemaProps") else { continue }
                var nested = JSONObject()
                try message(inner, type, into: &nested, depth: depth + 1)
                result = .object(nested)
            case .bytes(let inner): list.append(.string(String(decoding: inner, as: UTF8.self)))
            default: break
            }
        }
        return list.isEmpty ? result : .array(list)
    }

    private static func isZero(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}
