/// Writes tar archives (POSIX ustar; names beyond its hundred bytes as pax records).
///
/// Our own, because libarchive brings a dozen shared libraries into the control plane for what is a header of 512 bytes.
/// The same entries give the same bytes. Source: POSIX.1-2017, pax interchange format.
public struct TarWriter: Sendable {
    static let block = 512
    static let nameLength = 100

    private var archive: [UInt8] = []

    public init() {}

    /// The archive of these entries.
    public static func archive(_ entries: some Sequence<TarEntry>) -> [UInt8] {
        var writer = TarWriter()
        for entry in entries { writer.add(entry) }
        return writer.finished()
    }

    public mutating func add(_ entry: TarEntry) {
        switch entry.content {
        case .file(let bytes): member(entry, entry.name, "", type: "0", bytes)
        case .directory: member(entry, entry.name.hasSuffix("/") ? entry.name : entry.name + "/", "", type: "5", [])
        case .symbolicLink(let target): member(entry, entry.name, target, type: "2", [])
        }
    }

    /// The whole archive, closed by two empty blocks.
    public func finished() -> [UInt8] { archive + [UInt8](repeating: 0, count: Self.block * 2) }

    private mutating func member(_ entry: TarEntry, _ name: String, _ link: String, type: Character, _ bytes: [UInt8]) {
        var records: [UInt8] = []
        if name.utf8.count > Self.nameLength { records += Self.record("path", name) }
        if link.utf8.count > Self.nameLength { records += Self.record("linkpath", link) }
        if !records.isEmpty {
            header(TarEntry("", .file([])), name: "pax-header", link: "", type: "x", size: records.count)
            content(records)
        }
        header(entry, name: name, link: link, type: type, size: bytes.count)
        content(bytes)
    }

    private mutating func header(_ entry: TarEntry, name: String, link: String, type: Character, size: Int) {
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int, length: Int) {
            for (position, byte) in bytes.prefix(length).enumerated() { header[offset + position] = byte }
        }
        func number(_ value: Int64, at offset: Int, length: Int) {
            let digits = String(max(value, 0), radix: 8)
            if digits.count < length {
                put((String(repeating: "0", count: length - 1 - digits.count) + digits).utf8, at: offset, length: length - 1)
            } else {
                // Base 256, as GNU tar and Go write what octal digits can't hold.
                for position in 0..<length {
                    let shift = (length - 1 - position) * 8
                    header[offset + position] = shift < 64 ? UInt8(truncatingIfNeeded: value >> Int64(shift)) : 0
                }
                header[offset] |= 0x80
            }
        }
        put(name.utf8, at: 0, length: Self.nameLength)
        number(Int64(entry.mode & 0o7777), at: 100, length: 8)
        number(Int64(entry.owner), at: 108, length: 8)
        number(Int64(entry.group), at: 116, length: 8)
        number(Int64(size), at: 124, length: 12)
        number(entry.modified, at: 136, length: 12)
        put("        ".utf8, at: 148, length: 8)
        put(String(type).utf8, at: 156, length: 1)
        put(link.utf8, at: 157, length: Self.nameLength)
        put("ustar".utf8, at: 257, length: 6)
        put("00".utf8, at: 263, length: 2)
        let sum = header.reduce(0) { $0 + Int64($1) }
        let digits = String(sum, radix: 8)
        put((String(repeating: "0", count: max(6 - digits.count, 0)) + digits + "\0 ").utf8, at: 148, length: 8)
        archive += header
    }

    private mutating func content(_ bytes: [UInt8]) {
        archive += bytes
        let rest = bytes.count % Self.block
        if rest > 0 { archive += [UInt8](repeating: 0, count: Self.block - rest) }
    }

    /// `<length> <key>=<value>\n`, where the length counts its own digits.
    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n".utf8.count
        var length = rest + 1
        while String(length).utf8.count + rest != length { length = String(length).utf8.count + rest }
        return Array("\(length) \(key)=\(value)\n".utf8)
    }
}
