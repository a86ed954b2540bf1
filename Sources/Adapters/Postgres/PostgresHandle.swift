import CPostgres

/// A libpq connection on its way from the thread that made it to the loop.
///
/// `@unchecked Sendable`: used by one thread at a time: the connecting thread gives it away with its last act.
struct PostgresHandle: @unchecked Sendable {
    let raw: OpaquePointer

    func close() { PQfinish(raw) }

    /// libpq's last words about the connection, on one line.
    static func message(of connection: OpaquePointer) -> String {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }
        return lines.isEmpty ? "the server closed the connection" : lines.joined(separator: "; ")
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
