extension Library {
    /// `url`, `isURL` and what a URL consists of.
    static let urls: Library = {
        func part(_ name: String, _ identifier: String, _ read: @escaping @Sendable (WebAddress) -> String) -> Function {
            Function(
                name,
                .receiver(identifier, WebAddress.valueType, .string) { value throws(EvaluationError) in
                    .string(read(try value.asOpaque(WebAddress.self)))
                })
        }
        return Library(
            "kubernetes.urls",
            functions: [
                Function(
                    "url",
                    .global("string_to_url", .string, WebAddress.valueType, cost: .traversal(keepsSize: true)) { text throws(EvaluationError) in
                        .opaque(try WebAddress.parse(try text.asText()))
                    }),
                Function(
                    "isURL",
                    .counted("is_url_string", isReceiver: false, [.string], .bool) { given, work throws(EvaluationError) in
                        let text = try given[0].asText()
                        // Its parts are copied and read for escapes one byte after the other.
                        try work.addMade(bytes: text.utf8.count &* 2)
                        return .bool(WebAddress.isRequest(text))
                    }),
                part("getScheme", "url_get_scheme") { $0.scheme },
                part("getHost", "url_get_host") { $0.host },
                part("getHostname", "url_get_hostname") { $0.hostname },
                part("getPort", "url_get_port") { $0.port },
                part("getEscapedPath", "url_get_escaped_path") { $0.escapedPath },
                Function(
                    "getQuery",
                    .receiver("url_get_query", WebAddress.valueType, .map(.string, .list(.string))) { value throws(EvaluationError) in
                        .map(try ValueMap(try value.asOpaque(WebAddress.self).parameters.map { (key: .string($0.name), value: .texts($0.values)) }))
                    }),
            ])
    }()
}
