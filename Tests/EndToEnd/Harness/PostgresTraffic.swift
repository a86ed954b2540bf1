/// Reads what a client says to PostgreSQL, far enough to see the store's writes: prepared statements' names, what they are bound to, and
/// where a transaction ends.
struct PostgresTraffic {
    private var pending: [UInt8] = []
    private var hasBegun = false
    private var commits: Set<String> = []
    /// How many answers "ready for query" the server owes for what was sent so far, the one after the login included.
    private(set) var transactions = 1

    /// One call of the store's commit function: `update environments.millwright.dev/plant/line-1` a write of the batch, and the number of
    /// the answer that ends it.
    struct Commit {
        let writes: [String]
        let endsWith: Int
    }

    /// - Returns: the commits whose call became whole with these bytes.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [Commit] {
        pending += bytes
        var found: [Commit] = []
        while let (type, body) = next() {
            switch type {
            case "P": prepare(body)
            case "B": if let writes = bound(body) { found.append(Commit(writes: writes, endsWith: transactions + 1)) }
            case "S", "Q": transactions += 1
            default: break
            }
        }
        return found
    }

    private mutating func next() -> (Character, PostgresBytes)? {
        let header = hasBegun ? 5 : 4
        guard pending.count >= header else { return nil }
        let length = pending[(header - 4)..<header].reduce(0) { $0 << 8 | Int($1) }
        let total = length + header - 4
        guard length >= 4, pending.count >= total else { return nil }
        let type = hasBegun ? Character(UnicodeScalar(pending[0])) : "-"
        let body = PostgresBytes(pending[header..<total])
        pending.removeFirst(total)
        hasBegun = true
        return (type, body)
    }

    private mutating func prepare(_ body: PostgresBytes) {
        var body = body
        let name = body.text()
        if body.text().contains("commit_batch(") { commits.insert(name) } else { commits.remove(name) }
    }

    /// The function's fifth to eighth parameter: kinds, resources, namespaces, names.
    private func bound(_ body: PostgresBytes) -> [String]? {
        var body = body
        _ = body.text()
        guard commits.contains(body.text()) else { return nil }
        for _ in 0..<body.number(2) { _ = body.number(2) }
        let parameters = (0..<body.number(2)).map { _ in body.counted() }
        guard parameters.count >= 8 else { return nil }
        let kinds = parameters[4].elements().map { ["?", "create", "update", "delete"][min(3, Int($0.bytes.last ?? 0))] }
        let names = (5...7).map { parameters[$0].elements().map { String(decoding: $0.bytes, as: UTF8.self) } }
        return kinds.indices.map { at in "\(kinds[at]) " + names.map { $0[at] }.filter { !$0.isEmpty }.joined(separator: "/") }
    }
}

/// Takes numbers and texts off the front of a message.
struct PostgresBytes {
    private(set) var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    mutating func number(_ size: Int) -> Int {
        defer { bytes = bytes.dropFirst(size) }
        return bytes.prefix(size).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func text() -> String {
        let text = bytes.prefix { $0 != 0 }
        bytes = bytes.dropFirst(text.count + 1)
        return String(decoding: text, as: UTF8.self)
    }

    /// What has its length in front; -1 stands for nothing.
    mutating func counted() -> PostgresBytes {
        let count = number(4)
        guard count != 0xFFFF_FFFF else { return PostgresBytes([]) }
        defer { bytes = bytes.dropFirst(count) }
        return PostgresBytes(bytes.prefix(count))
    }

    /// The elements of an array of one dimension.
    func elements() -> [PostgresBytes] {
        var rest = self
        guard rest.number(4) == 1 else { return [] }
        _ = rest.number(8)
        let count = rest.number(4)
        _ = rest.number(4)
        return (0..<count).map { _ in rest.counted() }
    }
}
