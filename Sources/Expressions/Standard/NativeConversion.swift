import Kernel

/// What a field of a message holds, as Go names it: errors do.
enum NativeType: String {
    case int32, int64, uint32, uint64, float32, float64, bool, string
    case bytes = "[]uint8"
    case byte = "uint8"
    case enumeration = "protoreflect.EnumNumber"
    case structure = "*structpb.Struct"
    case list = "*structpb.ListValue"
    case json = "*structpb.Value"
}

extension Value {
    /// The value as a field of a message takes it.
    ///
    /// - Throws: what doesn't fit, in the words of cel-go, which has others for each type.
    func converted(to native: NativeType, _ work: inout WorkCounter) throws(EvaluationError) -> Value {
        switch (native, self) {
        // An optional is what is in it.
        case (_, .optional(let content)):
            guard let content else { throw EvaluationError(.invalidArgument, "optional.none() dereference") }
            return try content.converted(to: native, &work)
        case (.int64, .int), (.uint64, .uint), (.float64, .double), (.bool, .bool), (.string, .string), (.bytes, .bytes): return self
        case (.int32, .int(let number)), (.enumeration, .int(let number)):
            guard Int32(exactly: number) != nil else { throw EvaluationError(.overflow, "integer overflow") }
            return self
        case (.uint32, .uint(let number)):
            guard UInt32(exactly: number) != nil else { throw EvaluationError(.overflow, "unsigned integer overflow") }
            return self
        case (.byte, .uint(let number)):
            guard number <= 255 else { throw EvaluationError(.overflow, "unsigned integer overflow") }
            return self
        case (.float32, .double(let number)): return .double(Double(Float(number)))
        // Values of Kubernetes' libraries have texts, but for formats.
        case (.string, .opaque(let opaque)) where !(opaque is NamedFormat || opaque is EmptyMessage): return .string(opaque.description)
        case (.bytes, .list(let list)):
            var bytes: [UInt8] = []
            try list.forEach { element throws(EvaluationError) in
                try work.add(WorkCounter.element)
                if case .uint(let byte) = try element.converted(to: .byte, &work) { bytes.append(UInt8(truncatingIfNeeded: byte)) }
                return true
            }
            return .bytes(bytes)
        case (.structure, .map), (.list, .list):
            if comparesOnlyWithItsKind { throw misfit(native) }
            return try partsAsJSONValues(&work)
        case (.json, _): return try asJSONValue(&work)
        case (.list, .map(let map)) where map.kind == .entries:
            // A message is made of the entries, and there is no field of such a name.
            guard let name = map.keys.first?.plainText else { return .list(ValueList([])) }
            throw EvaluationError(.invalidArgument, "type conversion error, no such field '\(name.upperCamelCase)' in type 'structpb.ListValue'")
        default: throw misfit(native)
        }
    }

    private func misfit(_ native: NativeType) -> EvaluationError {
        let name = native.rawValue
        let message =
            switch self {
            case .int: "unsupported type conversion from 'int' to \(name)"
            case .uint: "unsupported type conversion from 'uint' to \(name)"
            case .double: "type conversion error from Double to '\(name)'"
            case .bool: "type conversion error from bool to '\(name)'"
            case .string: "unsupported native conversion from string to '\(name)'"
            case .bytes: "type conversion error from Bytes to '\(name)'"
            case .null: "type conversion error from 'null_type' to '\(name)'"
            case .timestamp: "type conversion error from 'Timestamp' to '\(name)'"
            case .duration: "type conversion error from 'Duration' to '\(name)'"
            case .list: comparesOnlyWithItsKind ? "type conversion error from 'list(dyn)' to '\(name)'" : "type conversion error from list to '\(name)'"
            case .map: comparesOnlyWithItsKind ? "type conversion error from 'map(dyn, dyn)' to '\(name)'" : "type conversion error from map to '\(name)'"
            case .type: "type conversion not supported for 'type'"
            case .opaque(let opaque): "type conversion error from '\(opaque.nativeName ?? opaque.type.runtimeName)' to '\(name)'"
            case .optional: "optional.none() dereference"
            }
        return EvaluationError(.noSuchOverload, message)
    }

    /// The value as `google.protobuf.Value` holds it: numbers are doubles, or texts where a double doesn't hold them; bytes are in base64, times and
    /// spans are texts.
    func asJSONValue(_ work: inout WorkCounter) throws(EvaluationError) -> Value {
        switch self {
        case .null, .bool, .double, .string: return self
        case .int(let number): return number.magnitude < 1 << 53 ? .double(Double(number)) : .string(String(number))
        case .uint(let number): return number < 1 << 53 ? .double(Double(number)) : .string(String(number))
        case .bytes(let bytes):
            try work.addMade(bytes: bytes.count)
            return .string(Base64.encode(bytes))
        case .timestamp, .duration: return .string(plainText)
        case .list, .map:
            // As in Kubernetes, whose own lists and objects are no JSON to it.
            if comparesOnlyWithItsKind { throw misfit(.json) }
            return try partsAsJSONValues(&work)
        case .optional(let content?): return try content.asJSONValue(&work)
        case .opaque(let opaque) where opaque is EmptyMessage: return .map(ValueMap(keys: [], values: [], index: [:]))
        case .type, .opaque, .optional: throw misfit(.json)
        }
    }

    /// A list or map of such values.
    func partsAsJSONValues(_ work: inout WorkCounter) throws(EvaluationError) -> Value {
        switch self {
        case .list(let list):
            var elements: [Value] = []
            try list.forEach { element throws(EvaluationError) in
                try work.add(2 * WorkCounter.element)
                elements.append(try element.asJSONValue(&work))
                return true
            }
            return .list(ValueList(elements))
        case .map(let map):
            var entries: [(Value, Value)] = []
            try map.forEach { key, value throws(EvaluationError) in
                try work.add(2 * WorkCounter.hashing)
                try work.addKey(key)
                entries.append((try key.converted(to: .string, &work), try value.asJSONValue(&work)))
                return true
            }
            return .map(try ValueMap(entries))
        default: return self
        }
    }
}

extension String {
    /// As the name of a field of Go's: `list_value` is `ListValue`.
    fileprivate var upperCamelCase: String {
        var text = ""
        var previous: Character?
        for character in self {
            let isSeparator = character == "_" || character == "-"
            if !isSeparator {
                if let previous, previous != "_", previous != "-" {
                    text += previous.isLowercase ? String(character) : character.lowercased()
                } else {
                    text += character.uppercased()
                }
            }
            previous = character
        }
        return text
    }
}

extension OpaqueValue {
    /// What Go calls it, where errors name it so.
    fileprivate var nativeName: String? {
        switch self {
        case is EmptyMessage: "*dynamicpb.Message"
        case is WebAddress: "URL"
        case is ResourceAmount: "Quantity"
        case is NetworkAddress: "IP"
        case is NetworkPrefix: "CIDR"
        case is SemanticVersion: "Semver"
        case is NamedFormat: "Format"
        default: nil
        }
    }
}
