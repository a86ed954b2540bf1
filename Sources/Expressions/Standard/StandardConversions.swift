import Kernel

/// Conversions between the scalar types, `type` and `dyn`.
enum StandardConversions {
    /// The functions that Kubernetes calls once when their argument is written out.
    static let names: Set<String> = ["bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"]

    static let functions: [Function] = [
        Function("type", .global("type", .parameter("A"), .type(.parameter("A"))) { .type($0.type) }),
        Function("dyn", .global("to_dyn", .parameter("A"), .dyn) { $0 }),
        Function(
            "bool", identity("bool_to_bool", .bool),
            .global("string_to_bool", .string, .bool) { value throws(EvaluationError) in
                switch try value.text() {
                case "1", "t", "T", "true", "TRUE", "True": .bool(true)
                case "0", "f", "F", "false", "FALSE", "False": .bool(false)
                default: throw wrong(.string, .bool)
                }
            }),
        Function(
            "int", identity("int_to_int", .int), .global("uint_to_int", .uint, .int, toInt), .global("double_to_int", .double, .int, toInt),
            .global("string_to_int", .string, .int, toInt), .global("timestamp_to_int", .timestamp, .int, toInt),
            .global("duration_to_int", .duration, .int, toInt)),
        Function(
            "uint", identity("uint_to_uint", .uint), .global("int_to_uint", .int, .uint, toUint), .global("double_to_uint", .double, .uint, toUint),
            .global("string_to_uint", .string, .uint, toUint)),
        Function(
            "double", identity("double_to_double", .double), .global("int_to_double", .int, .double, toDouble),
            .global("uint_to_double", .uint, .double, toDouble), .global("string_to_double", .string, .double, toDouble)),
        Function(
            "string",
            [
                identity("string_to_string", .string),
                .global("bytes_to_string", .bytes, .string, cost: .traversal(keepsSize: false).resultSized { SizeEstimate(min: $0.min / 4, max: $0.max) }, toText),
            ]
                + [("bool", ValueType.bool), ("double", .double), ("int", .int), ("uint", .uint), ("timestamp", .timestamp), ("duration", .duration)]
                .map { .global("\($0.0)_to_string", $0.1, .string, toText) }),
        Function(
            "bytes", identity("bytes_to_bytes", .bytes),
            .global("string_to_bytes", .string, .bytes, cost: .traversal().resultSized { SizeEstimate(min: $0.min, max: $0.max &* 4) }) {
                value throws(EvaluationError) in .bytes(Array(try value.text().utf8))
            }),
        Function(
            "timestamp", identity("timestamp_to_timestamp", .timestamp),
            .global("int_to_timestamp", .int, .timestamp) { value throws(EvaluationError) in
                guard case .int(let seconds) = value else { throw .noSuchOverload }
                guard Timestamp.celSeconds.contains(seconds) else { throw EvaluationError(.overflow, "timestamp overflow") }
                return .timestamp(Timestamp(seconds: seconds))
            },
            .global("string_to_timestamp", .string, .timestamp) { value throws(EvaluationError) in try timestamp(try value.text()) }),
        Function(
            "duration", identity("duration_to_duration", .duration),
            .global("string_to_duration", .string, .duration) { value throws(EvaluationError) in
                guard let span = GoDuration.parse(try value.text()) else { throw wrong(.string, .duration) }
                return .duration(span)
            }),
    ]

    private static func identity(_ identifier: String, _ type: ValueType) -> Overload { .global(identifier, type, type) { $0 } }

    private static func wrong(_ from: ValueType, _ to: ValueType) -> EvaluationError {
        EvaluationError(.invalidArgument, "type conversion error from '\(from.runtimeName)' to '\(to.runtimeName)'")
    }

    private static let toInt: @Sendable (Value) throws(EvaluationError) -> Value = { value throws(EvaluationError) in
        switch value {
        case .uint(let number):
            guard let int = Int64(exactly: number) else { throw EvaluationError(.overflow, "integer overflow") }
            return .int(int)
        case .double(let number):
            // The ends themselves are refused: the largest int isn't a double, and the server refuses the smallest as well.
            guard number > -0x1p63, number < 0x1p63 else { throw EvaluationError(.overflow, "integer overflow") }
            return .int(Int64(number))
        case .string(let text):
            guard let int = decimal(text) else { throw wrong(.string, .int) }
            return .int(int)
        case .timestamp(let moment, _): return .int(moment.seconds)
        case .duration(let span): return .int(span)
        default: throw .noSuchOverload
        }
    }

    private static let toUint: @Sendable (Value) throws(EvaluationError) -> Value = { value throws(EvaluationError) in
        switch value {
        case .int(let number):
            guard let uint = UInt64(exactly: number) else { throw EvaluationError(.overflow, "unsigned integer overflow") }
            return .uint(uint)
        case .double(let number):
            guard number >= 0, number < 0x1p64 else { throw EvaluationError(.overflow, "unsigned integer overflow") }
            return .uint(UInt64(number))
        case .string(let text):
            guard !text.hasPrefix("+"), !text.hasPrefix("-"), let uint = UInt64(text) else { throw wrong(.string, .uint) }
            return .uint(uint)
        default: throw .noSuchOverload
        }
    }

    private static let toDouble: @Sendable (Value) throws(EvaluationError) -> Value = { value throws(EvaluationError) in
        switch value {
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .string(let text):
            guard let double = GoNumber.parse(text) else { throw wrong(.string, .double) }
            return .double(double)
        default: throw .noSuchOverload
        }
    }

    private static let toText: @Sendable (Value) throws(EvaluationError) -> Value = { value throws(EvaluationError) in
        switch value {
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw EvaluationError(.invalidArgument, "invalid UTF-8 in bytes, cannot convert to string")
            }
            return .string(text)
        case .bool, .int, .uint, .double, .timestamp: return .string(value.plainText)
        case .duration(let span):
            return .string(GoNumber.plainText(Double(span / 1_000_000_000) + Double(span % 1_000_000_000) / 1e9) + "s")
        default: throw .noSuchOverload
        }
    }

    /// Digits with a sign, as Go reads them.
    private static func decimal(_ text: String) -> Int64? { Int64(text) }

    /// RFC 3339 as Go reads it, within CEL's years.
    static func timestamp(_ text: String) throws(EvaluationError) -> Value {
        guard text.utf8.count < 1000, let read = GoTime.parse(text) else { throw wrong(.string, .timestamp) }
        guard Timestamp.celSeconds.contains(read.moment.seconds) else { throw EvaluationError(.overflow, "timestamp overflow") }
        return .timestamp(read.moment, offset: read.offset)
    }
}

extension CallCost {
    /// The same cost with a result whose size follows from the argument's.
    func resultSized(_ size: @escaping @Sendable (SizeEstimate) -> SizeEstimate) -> CallCost {
        let estimate = estimate
        return CallCost(actual: actual) { operands in
            CallEstimate(estimate(operands).cost, resultSize: operands.first.map { size($0.size) })
        }
    }
}
