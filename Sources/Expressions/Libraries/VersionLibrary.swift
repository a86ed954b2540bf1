extension Library {
    /// `semver`, `isSemver` and the order of versions.
    static let versions: Library = {
        let type = SemanticVersion.valueType
        @Sendable func compare(_ a: Value, _ b: Value) throws(EvaluationError) -> Int {
            try a.asOpaque(SemanticVersion.self).compare(try b.asOpaque(SemanticVersion.self))
        }
        func part(_ name: String, _ read: @escaping @Sendable (SemanticVersion) -> UInt64) -> Function {
            Function(
                name,
                .receiver("semver_\(name)", type, .int) { version throws(EvaluationError) in
                    .int(Int64(truncatingIfNeeded: read(try version.asOpaque(SemanticVersion.self))))
                })
        }
        @Sendable func parsed(_ text: Value, lenient: Bool) throws(EvaluationError) -> SemanticVersion {
            lenient ? try SemanticVersion.parseLenient(try text.asText()) : try SemanticVersion.parse(try text.asText())
        }
        @Sendable func isVersion(_ text: Value, lenient: Bool) throws(EvaluationError) -> Value {
            _ = try text.asText()
            do throws(EvaluationError) {
                _ = try parsed(text, lenient: lenient)
                return .bool(true)
            } catch {
                return .bool(false)
            }
        }
        return Library(
            "kubernetes.Semver",
            functions: [
                Function(
                    "semver",
                    .global("string_to_semver", .string, type, cost: .traversal()) { text throws(EvaluationError) in
                        .opaque(try parsed(text, lenient: false))
                    },
                    .global("string_bool_to_semver", .string, .bool, type, cost: .traversal()) { text, lenient throws(EvaluationError) in
                        .opaque(try parsed(text, lenient: try lenient.asFlag()))
                    }),
                Function(
                    "isSemver",
                    .global("is_semver_string", .string, .bool, cost: .traversal()) { text throws(EvaluationError) in
                        try isVersion(text, lenient: false)
                    },
                    .global("is_semver_string_bool", .string, .bool, .bool, cost: .traversal()) { text, lenient throws(EvaluationError) in
                        try isVersion(text, lenient: try lenient.asFlag())
                    }),
                Function(
                    "isGreaterThan", .receiver("semver_is_greater_than", type, type, .bool) { a, b throws(EvaluationError) in .bool(try compare(a, b) == 1) }),
                Function("isLessThan", .receiver("semver_is_less_than", type, type, .bool) { a, b throws(EvaluationError) in .bool(try compare(a, b) == -1) }),
                Function("compareTo", .receiver("semver_compare_to", type, type, .int) { a, b throws(EvaluationError) in .int(Int64(try compare(a, b))) }),
                part("major") { $0.major }, part("minor") { $0.minor }, part("patch") { $0.patch },
            ])
    }()
}
