import CPostgres

/// Puts statements into libpq's buffer, with parameters and results in binary form. Called by `PostgresConnection`, behind its guards.
enum PostgresSending {
    static func send(_ statement: PostgresStatement, preparedAs name: String?, over connection: OpaquePointer) -> Bool {
        let parameters = statement.parameters
        let types = parameters.map(\.type)
        let lengths = parameters.map { Int32(clamping: $0.payload?.count ?? 0) }
        let formats = parameters.map { _ in Int32(1) }
        let count = Int32(clamping: parameters.count)
        return withPointers(parameters[...], []) { values in
            if let name { return PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) == 1 }
            return PQsendQueryParams(connection, statement.sql, count, types, values, lengths, formats, 1) == 1
        }
    }

    static func prepare(_ statement: PostgresStatement, as name: String, over connection: OpaquePointer) -> Bool {
        let types = statement.parameters.map(\.type)
        return PQsendPrepare(connection, name, statement.sql, Int32(clamping: types.count), types) == 1
    }

    /// All parameters' addresses at once, without copying what they hold.
    private static func withPointers(
        _ rest: ArraySlice<PostgresValue>, _ pointers: [UnsafePointer<CChar>?], _ body: ([UnsafePointer<CChar>?]) -> Bool
    ) -> Bool {
        guard let first = rest.first else { return body(pointers) }
        let others = rest.dropFirst()
        guard let payload = first.payload else { return withPointers(others, pointers + [nil], body) }
        // An empty array has no address, and no address would mean NULL.
        if payload.isEmpty {
            var nothing: CChar = 0
            return withUnsafePointer(to: &nothing) { withPointers(others, pointers + [$0], body) }
        }
        return payload.withUnsafeBytes { bytes in
            withPointers(others, pointers + [bytes.baseAddress?.assumingMemoryBound(to: CChar.self)], body)
        }
    }
}
