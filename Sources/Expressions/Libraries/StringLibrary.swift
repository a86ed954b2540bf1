import Kernel

extension Library {
    /// The second version of CEL's extended strings, which is what Kubernetes has: no `reverse` of strings.
    static let strings = Library(
        "cel.lib.ext.strings",
        functions: [
            Function(
                "charAt", .receiver("string_char_at_int", .string, .int, .string) { text, index throws(EvaluationError) in
                    .string(try StringOperations.character(try text.asText(), try index.asInteger()))
                }),
            Function(
                "indexOf",
                .receiver("string_index_of_string", .string, .string, .int, cost: .listWalk) { text, wanted throws(EvaluationError) in
                    .int(try StringOperations.index(of: try wanted.asText(), in: try text.asText(), from: 0))
                },
                .receiver("string_index_of_string_int", parameters: [.string, .string, .int], .int, cost: .listWalk) { arguments throws(EvaluationError) in
                    .int(try StringOperations.index(of: try arguments[1].asText(), in: try arguments[0].asText(), from: try arguments[2].asInteger()))
                }),
            Function(
                "lastIndexOf",
                .receiver("string_last_index_of_string", .string, .string, .int, cost: .listWalk) { text, wanted throws(EvaluationError) in
                    .int(try StringOperations.lastIndex(of: try wanted.asText(), in: try text.asText(), upTo: nil))
                },
                .receiver("string_last_index_of_string_int", parameters: [.string, .string, .int], .int, cost: .listWalk) { arguments throws(EvaluationError) in
                    .int(try StringOperations.lastIndex(of: try arguments[1].asText(), in: try arguments[0].asText(), upTo: try arguments[2].asInteger()))
                }),
            Function(
                "lowerAscii", .receiver("string_lower_ascii", .string, .string, cost: .traversal(keepsSize: true)) { text throws(EvaluationError) in
                    .string(StringOperations.mapped(try text.asText()) { (0x41...0x5A).contains($0) ? $0 + 32 : $0 })
                }),
            Function(
                "upperAscii", .receiver("string_upper_ascii", .string, .string, cost: .traversal(keepsSize: true)) { text throws(EvaluationError) in
                    .string(StringOperations.mapped(try text.asText()) { (0x61...0x7A).contains($0) ? $0 - 32 : $0 })
                }),
            Function(
                "replace",
                .counted("string_replace_string_string", [.string, .string, .string], .string, cost: .replacement) { given, work throws(EvaluationError) in
                    .string(try StringOperations.replace(try given[0].asText(), try given[1].asText(), try given[2].asText(), limit: -1, &work))
                },
                .counted("string_replace_string_string_int", [.string, .string, .string, .int], .string, cost: .replacement) { given, work throws(EvaluationError) in
                    .string(
                        try StringOperations.replace(
                            try given[0].asText(), try given[1].asText(), try given[2].asText(), limit: try given[3].asInteger(), &work))
                }),
            Function(
                "split",
                .receiver("string_split_string", .string, .string, .list(.string), cost: .division) { text, separator throws(EvaluationError) in
                    .texts(StringOperations.split(try text.asText(), try separator.asText(), limit: -1))
                },
                .receiver("string_split_string_int", parameters: [.string, .string, .int], .list(.string), cost: .division) { arguments throws(EvaluationError) in
                    .texts(StringOperations.split(try arguments[0].asText(), try arguments[1].asText(), limit: try arguments[2].asInteger()))
                }),
            Function(
                "substring",
                .receiver("string_substring_int", .string, .int, .string, cost: .traversal(keepsSize: true)) { text, start throws(EvaluationError) in
                    .string(try StringOperations.substring(try text.asText(), try start.asInteger(), nil))
                },
                .receiver("string_substring_int_int", parameters: [.string, .int, .int], .string, cost: .traversal(keepsSize: true)) {
                    arguments throws(EvaluationError) in
                    .string(try StringOperations.substring(try arguments[0].asText(), try arguments[1].asInteger(), try arguments[2].asInteger()))
                }),
            Function(
                "trim", .receiver("string_trim", .string, .string, cost: .traversal(keepsSize: true)) { text throws(EvaluationError) in
                    .string(StringOperations.trimmed(try text.asText()))
                }),
            Function(
                "format", .counted("string_format", [.string, .list(.dyn)], .string, cost: .traversal()) { given, work throws(EvaluationError) in
                    .string(try StringFormatter.format(try given[0].asText(), try given[1].asList(), &work))
                }),
            Function(
                "strings.quote", .global("strings_quote", .string, .string, cost: .quoting) { text throws(EvaluationError) in
                    .string(StringOperations.quoted(try text.asText()))
                }),
            Function(
                "join",
                .counted("list_join", [.list(.string)], .string, cost: .joining) { given, work throws(EvaluationError) in
                    .string(try StringOperations.join(try given[0].asList(), "", &work))
                },
                .counted("list_join_string", [.list(.string), .string], .string, cost: .joining) { given, work throws(EvaluationError) in
                    .string(try StringOperations.join(try given[0].asList(), try given[1].asText(), &work))
                }),
        ])
}
