extension Library {
    /// The language's own functions and the names of its types.
    static func standard(_ timeZones: (any TimeZones)?) -> Library {
        Library(
            "standard",
            functions: StandardConversions.functions + StandardTexts.functions + StandardTimes.functions(timeZones) + Library.optionals.functions,
            constants: Library.optionals.constants + [
                ("bool", .bool), ("int", .int), ("uint", .uint), ("double", .double), ("string", .string), ("bytes", .bytes), ("list", .list(.dyn)),
                ("map", .map(.dyn, .dyn)), ("null_type", .null), ("type", .opaque("type", [])), ("google.protobuf.Timestamp", .timestamp),
                ("google.protobuf.Duration", .duration),
            ].map { (name: $0, type: ValueType.type($1), value: Value.type($1)) } + WellKnownMessage.constants)
    }
}
