/// The functions of an environment, prepared for the checker.
final class FunctionTable: Sendable {
    /// A function with the overloads of all libraries.
    final class Entry: Sendable {
        let name: String
        let overloads: [Prepared]

        init(name: String, overloads: [Prepared]) {
            self.name = name
            self.overloads = overloads
        }
    }

    /// An overload whose type parameters are numbered, so that the checker only shifts the numbers.
    final class Prepared: Sendable {
        let overload: Overload
        let parameters: [ValueType]
        let result: ValueType
        let variableCount: Int
        /// Whether a call goes through its texts, and isn't done at once whatever they are.
        let looks: Bool

        private static let blind: Set<String> = [
            "type", "to_dyn", "string_to_string", "bytes_to_bytes", "optional_of", "optional_none", "optional_value", "optional_hasValue", "optional_or_optional",
            "optional_orValue_value", "list_first", "list_last",
        ]

        init(_ overload: Overload) {
            var names: [String] = []
            self.overload = overload
            parameters = overload.parameters.map { $0.numberingParameters(&names) }
            result = overload.result.numberingParameters(&names)
            variableCount = names.count
            looks = !Self.blind.contains(overload.identifier)
        }
    }

    private let entries: [String: Entry]

    init(_ libraries: [Library]) {
        var overloads: [String: [Prepared]] = [:]
        var known: Set<String> = []
        for function in libraries.flatMap(\.functions) {
            // A library may be named twice, or be part of another.
            for overload in function.overloads where known.insert(overload.identifier).inserted {
                overloads[function.name, default: []].append(Prepared(overload))
            }
        }
        entries = Dictionary(uniqueKeysWithValues: overloads.map { ($0.key, Entry(name: $0.key, overloads: $0.value)) })
    }

    subscript(name: String) -> Entry? { entries[name] }

    /// For suggestions.
    var names: [String] { entries.keys.sorted() }
}

extension ValueType {
    /// Each named parameter as a variable: the position of its name in `names`, appended when new.
    func numberingParameters(_ names: inout [String]) -> ValueType {
        switch self {
        case .parameter(let name):
            if let position = names.firstIndex(of: name) { return .variable(position) }
            names.append(name)
            return .variable(names.count - 1)
        case .list(let element, let semantics): return .list(element.numberingParameters(&names), semantics)
        case .map(let key, let value):
            let key = key.numberingParameters(&names)
            return .map(key, value.numberingParameters(&names))
        case .optional(let wrapped): return .optional(wrapped.numberingParameters(&names))
        case .type(let of): return .type(of.numberingParameters(&names))
        case .nullable(let scalar): return .nullable(scalar.numberingParameters(&names))
        case .opaque(let name, let arguments) where !arguments.isEmpty:
            return .opaque(name, arguments.map { $0.numberingParameters(&names) })
        default: return self
        }
    }

    /// All variables' numbers moved up.
    func shifted(by base: Int) -> ValueType {
        switch self {
        case .variable(let number): .variable(number + base)
        case .list(let element, let semantics): .list(element.shifted(by: base), semantics)
        case .map(let key, let value): .map(key.shifted(by: base), value.shifted(by: base))
        case .optional(let wrapped): .optional(wrapped.shifted(by: base))
        case .type(let of): .type(of.shifted(by: base))
        case .nullable(let scalar): .nullable(scalar.shifted(by: base))
        case .opaque(let name, let arguments) where !arguments.isEmpty: .opaque(name, arguments.map { $0.shifted(by: base) })
        default: self
        }
    }
}
