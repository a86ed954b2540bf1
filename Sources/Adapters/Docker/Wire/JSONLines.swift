import Kernel

/// Cuts a stream of JSON documents, one a line, as events and pull progress come. A line beyond the bound is an error, not memory.
struct JSONLines: Sendable {
    static let maximumLine = 1 << 20

    private var open: [UInt8] = []
    private let what: String

    init(_ what: String) { self.what = what }

    mutating func take(_ bytes: [UInt8]) throws(DockerError) -> [EngineFields] {
        var documents: [EngineFields] = []
        var at = 0
        while let end = bytes.index(ofByte: 0x0A, from: at) {
            open += bytes[at..<end]
            at = end + 1
            try close(into: &documents)
        }
        let rest = bytes[at...]
        guard open.count + rest.count <= Self.maximumLine else { throw .server("its \(what) has a line of over \(Bytes(Int64(Self.maximumLine)))") }
        open += rest
        return documents
    }

    /// What came without a line end.
    mutating func finish() throws(DockerError) -> [EngineFields] {
        var documents: [EngineFields] = []
        try close(into: &documents)
        return documents
    }

    private mutating func close(into documents: inout [EngineFields]) throws(DockerError) {
        defer { open = [] }
        guard open.contains(where: { $0 > 0x20 }) else { return }
        documents.append(try EngineFields(parsing: open, what))
    }
}
