import CPostgres
import Glibc

/// A connection of one thread that loads rows into a database: plain statements and COPY, each call blocking until it is done.
///
/// For the pipeline worker's output threads. The control plane's connections wait on the event loop instead (target Postgres).
/// Used by one thread at a time; owns libpq's handle and frees it.
public final class LoadConnection {
    private var handle: OpaquePointer?
    /// Host and database, without the password, for messages.
    public let place: String

    /// - Parameter url: postgresql://user:password@host:port/database, or libpq's `keyword=value` form. Never repeated in messages.
    public init(url: String, applicationName: String = "millwright pipeline") throws(LoadError) {
        let options = try Self.options(url)
        place = Self.place(of: options)
        var keywords: [UnsafeMutablePointer<CChar>?] = []
        var values: [UnsafeMutablePointer<CChar>?] = []
        // What the user set comes later and wins. A server that has gone without a word is noticed in about a minute.
        for (keyword, value) in Self.standard + [("fallback_application_name", applicationName)] + options {
            keywords.append(strdup(keyword))
            values.append(strdup(value))
        }
        keywords.append(nil)
        values.append(nil)
        defer { for pointer in keywords + values { free(pointer) } }
        handle = keywords.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
                keys.baseAddress?.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: keys.count) { keys in
                    values.baseAddress?.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: values.count) { values in PQconnectdbParams(keys, values, 0) }
                }
            } ?? nil
        } ?? nil
        guard let handle, PQstatus(handle) == CONNECTION_OK else {
            let message = handle.map { Self.text(PQerrorMessage($0)) } ?? "no memory for a connection"
            // libpq gives no SQLSTATE here. Wrong credentials and a missing database don't mend themselves.
            let isRefused = ["password authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied"].contains { message.contains($0) }
            close()
            throw LoadError(kind: isRefused ? .refused : .connection, message: message)
        }
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit { close() }

    public func close() {
        if let handle { PQfinish(handle) }
        handle = nil
    }

    private static let standard = [("connect_timeout", "10"), ("keepalives_idle", "20"), ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "60000")]

    private static func options(_ url: String) throws(LoadError) -> [(String, String)] {
        guard let parsed = PQconninfoParse(url, nil) else {
            throw LoadError(kind: .refused, message: "the connection is not of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        }
        defer { PQconninfoFree(parsed) }
        var options: [(String, String)] = []
        var at = parsed
        while let keyword = at.pointee.keyword {
            if let value = at.pointee.val { options.append((String(cString: keyword), String(cString: value))) }
            at += 1
        }
        return options
    }

    private static func place(of options: [(String, String)]) -> String {
        func value(_ keyword: String) -> String? { options.last { $0.0 == keyword && !$0.1.isEmpty }?.1 }
        let host = value("host") ?? value("hostaddr") ?? "the local socket"
        return "PostgreSQL at \(host)\(value("port").map { ":\($0)" } ?? ""), database \(value("dbname") ?? value("user") ?? "of the user's name")"
    }

    // MARK: Statements

    /// Runs one statement; parameters are texts. - Returns: rows of texts, and how many rows it affected.
    @discardableResult
    public func run(_ sql: String, _ parameters: [String?] = []) throws(LoadError) -> (rows: [[String?]], affected: Int64) {
        let handle = try open()
        let copies: [UnsafeMutablePointer<CChar>?] = parameters.map { $0.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        let result = copies.withUnsafeBufferPointer { values -> OpaquePointer? in
            guard let start = values.baseAddress, !values.isEmpty else { return PQexecParams(handle, sql, 0, nil, nil, nil, nil, 0) }
            return start.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: values.count) {
                PQexecParams(handle, sql, Int32(values.count), nil, $0, nil, nil, 0)
            }
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: break
        default: throw failure(result)
        }
        let (rowCount, columnCount) = (PQntuples(result), PQnfields(result))
        let rows = (0..<rowCount).map { row in
            (0..<columnCount).map { column in PQgetisnull(result, row, column) == 1 ? nil : PQgetvalue(result, row, column).map { String(cString: $0) } }
        }
        return (rows, PQcmdTuples(result).flatMap { Int64(String(cString: $0)) } ?? 0)
    }

    // MARK: COPY

    /// - Parameter sql: `COPY … FROM STDIN`.
    public func beginCopy(_ sql: String) throws(LoadError) {
        let result = PQexec(try open(), sql)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COPY_IN else { throw failure(result) }
    }

    /// Sends a piece of COPY's data; blocks while the server doesn't keep up.
    public func copy(_ bytes: UnsafeRawBufferPointer) throws(LoadError) {
        let handle = try open()
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        var sent = 0
        while sent < bytes.count {
            // libpq takes an Int32 length.
            let count = min(bytes.count - sent, 1 << 24)
            guard PQputCopyData(handle, start.advanced(by: sent).assumingMemoryBound(to: CChar.self), Int32(count)) == 1 else {
                // What the server said against the data comes with the result.
                var said: LoadError?
                while let result = PQgetResult(handle) {
                    if said == nil, PQresultStatus(result) == PGRES_FATAL_ERROR { said = failure(result) }
                    PQclear(result)
                    if PQstatus(handle) != CONNECTION_OK { break }
                }
                throw said ?? failure(nil)
            }
            sent += count
        }
    }

    /// Ends COPY. - Returns: the rows it took.
    public func endCopy() throws(LoadError) -> Int64 {
        let handle = try open()
        guard PQputCopyEnd(handle, nil) == 1 else { throw failure(nil) }
        var outcome: Result<Int64, LoadError> = .failure(LoadError(kind: .connection, message: "the server gave no answer to COPY"))
        var isFirst = true
        while let result = PQgetResult(handle) {
            if isFirst {
                outcome = PQresultStatus(result) == PGRES_COMMAND_OK
                    ? .success(PQcmdTuples(result).flatMap { Int64(String(cString: $0)) } ?? 0) : .failure(failure(result))
                isFirst = false
            }
            PQclear(result)
        }
        return try outcome.get()
    }

    // MARK: Parts

    /// `"name"`, with quotes inside doubled.
    public static func quoted(_ name: String) -> String {
        var text = "\""
        for character in name.unicodeScalars where character != "\0" {
            if character == "\"" { text += "\"" }
            text.unicodeScalars.append(character)
        }
        return text + "\""
    }

    private func open() throws(LoadError) -> OpaquePointer {
        guard let handle else { throw LoadError(kind: .connection, message: "the connection is closed") }
        return handle
    }

    private func failure(_ result: OpaquePointer?) -> LoadError {
        func field(_ code: Int32) -> String? { result.flatMap { PQresultErrorField($0, code) }.map { String(cString: $0) } }
        let state = field(Int32(UInt8(ascii: "C"))) ?? ""
        let isLost = handle.map { PQstatus($0) != CONNECTION_OK } ?? true
        let primary = field(Int32(UInt8(ascii: "M"))) ?? handle.map { Self.text(PQerrorMessage($0)) } ?? "the connection is closed"
        let detail = field(Int32(UInt8(ascii: "D")))
        let context = field(Int32(UInt8(ascii: "W"))).map { String($0.prefix(500)) }
        return LoadError(
            kind: isLost ? .connection : LoadError.kind(ofState: state), sqlState: state, message: detail.map { "\(primary): \($0)" } ?? primary, context: context)
    }

    private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
        var text = pointer.map { String(cString: $0) } ?? ""
        while text.last?.isNewline == true { text.removeLast() }
        return text.split(separator: "\n").joined(separator: "; ")
    }
}
