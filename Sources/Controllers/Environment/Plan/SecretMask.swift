/// Covers the values of Secrets in texts that people without a right to the Secrets may read: conditions, Events, instances.
///
/// A process that prints its password would otherwise have it shown in `status` by the last lines of its log. Values shorter than four
/// bytes are left: they are found everywhere and protect nothing.
public struct SecretMask: Sendable {
    public static let leastBytes = 4
    private static let cover = Array("***".utf8)

    /// Whole values and, of those with several lines, each line: logs are read by lines.
    private let needles: [Hidden<[UInt8]>]

    /// - Parameter secrets: as read: by name, then by key.
    public init(_ secrets: [String: [String: Hidden<[UInt8]>]] = [:]) {
        var found: Set<[UInt8]> = []
        for values in secrets.values {
            for value in values.values {
                let lines = value.value.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
                for part in lines.map(Self.trimmed) + [Self.trimmed(value.value[...])] where part.count >= Self.leastBytes { found.insert(part) }
            }
        }
        needles = found.map { Hidden($0) }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else { return [] }
        return Array(bytes[first...last])
    }

    /// The text with `***` for every run of bytes that belongs to a value, also where values overlap.
    public func masked(_ text: String) -> String {
        guard !needles.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var isCovered: [Bool] = []
        for needle in needles.map(\.value) where needle.count <= bytes.count {
            for start in 0...(bytes.count - needle.count) where bytes[start] == needle[0] && bytes[start..<start + needle.count].elementsEqual(needle) {
                if isCovered.isEmpty { isCovered = Array(repeating: false, count: bytes.count) }
                for index in start..<start + needle.count { isCovered[index] = true }
            }
        }
        guard !isCovered.isEmpty else { return text }
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if !isCovered[index] { result.append(byte) } else if index == 0 || !isCovered[index - 1] { result += Self.cover }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
