/// What a compression library refused.
public enum CompressionFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes aren't what the format says.
    case damaged(String)
    /// The library has no memory for its work.
    case memory

    public var description: String {
        switch self {
        case .damaged(let detail): "the compressed data is damaged: \(detail)"
        case .memory: "no memory is left for (de)compression"
        }
    }
}

/// The formats of compressed files that are read and written.
public enum CompressionFormat: String, Sendable, Hashable, CaseIterable {
    case gzip
    case zstd

    /// What files of the format start with; by these bytes the reader knows one.
    public var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        }
    }

    /// The format of a file by its first four bytes; nil for anything else. A zstd file may also start with a skippable frame.
    public static func of(_ start: some Sequence<UInt8>) -> CompressionFormat? {
        let start = Array(start.prefix(4))
        if let format = allCases.first(where: { start.starts(with: $0.magic) }) { return format }
        return start.count == 4 && start[0] & 0xF0 == 0x50 && start[1...] == [0x2A, 0x4D, 0x18] ? .zstd : nil
    }
}
