/// Reads tar archives: ustar, pax paths and sizes, GNU long names. Anything can come in; nothing traps.
///
/// Members that are neither file, directory nor symbolic link (devices, hard links) are left out.
public enum TarReader {
    public static func entries(_ archive: [UInt8]) throws(TarError) -> [TarEntry] {
        var reader = Cursor(archive: archive)
        var entries: [TarEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }

    private struct Cursor {
        let archive: [UInt8]
        var at = 0
        /// From the extended header that came before, for the next member alone.
        var longName: String?
        var longLink: String?
        var longSize: Int?

        mutating func next() throws(TarError) -> TarEntry? {
            while let header = block() {
                let start = at
                // One empty block ends the archive, as GNU tar takes it; POSIX writes two.
                if header.allSatisfy({ $0 == 0 }) { return nil }
                guard checksumFits(header) else { throw TarError(message: "a header's checksum is wrong", offset: start) }
                at += TarWriter.block
                let type = header[header.startIndex + 156]
                guard let headerSize = number(header, 124, 12), headerSize >= 0 else {
                    throw TarError(message: "a member's size is no number", offset: start)
                }
                // A size from a pax header stands for the next member, not for another header.
                let isExtension = type == UInt8(ascii: "x") || type == UInt8(ascii: "g") || type == UInt8(ascii: "L") || type == UInt8(ascii: "K")
                let size = isExtension ? headerSize : longSize ?? headerSize
                guard size <= archive.count - at else { throw TarError(message: "a member is cut off", offset: start) }
                let content = archive[at..<at + size]
                at = min(at + (size + TarWriter.block - 1) / TarWriter.block * TarWriter.block, archive.count)
                switch type {
                case UInt8(ascii: "x"): try extend(content, start)
                case UInt8(ascii: "g"): continue
                case UInt8(ascii: "L"): longName = text(content)
                case UInt8(ascii: "K"): longLink = text(content)
                default:
                    if let entry = member(header, type, content) { return entry }
                }
            }
            return nil
        }

        private func block() -> ArraySlice<UInt8>? {
            archive.count - at >= TarWriter.block ? archive[at..<at + TarWriter.block] : nil
        }

        private mutating func member(_ header: ArraySlice<UInt8>, _ type: UInt8, _ bytes: ArraySlice<UInt8>) -> TarEntry? {
            defer { (longName, longLink, longSize) = (nil, nil, nil) }
            let prefix = field(header, 257, 5).elementsEqual("ustar".utf8) ? text(field(header, 345, 155)) : ""
            let short = text(field(header, 0, 100))
            var name = longName ?? (prefix.isEmpty || isGNU(header) ? short : prefix + "/" + short)
            while name.hasSuffix("/"), name.count > 1 { name.removeLast() }
            let content: TarEntry.Content
            switch type {
            case UInt8(ascii: "0"), 0, UInt8(ascii: "7"): content = .file(Array(bytes))
            case UInt8(ascii: "5"): content = .directory
            case UInt8(ascii: "2"): content = .symbolicLink(target: longLink ?? text(field(header, 157, 100)))
            default: return nil
            }
            return TarEntry(
                name, content, mode: UInt32(truncatingIfNeeded: number(header, 100, 8) ?? 0) & 0o7777,
                owner: UInt32(truncatingIfNeeded: number(header, 108, 8) ?? 0), group: UInt32(truncatingIfNeeded: number(header, 116, 8) ?? 0),
                modified: Int64(number(header, 136, 12) ?? 0))
        }

        /// pax records: `<length> <key>=<value>\n`.
        private mutating func extend(_ content: ArraySlice<UInt8>, _ start: Int) throws(TarError) {
            var rest = content
            while !rest.isEmpty {
                guard let space = rest.firstIndex(of: 0x20), let length = Int(text(rest[..<space])), length > space - rest.startIndex,
                    length <= rest.count
                else { throw TarError(message: "an extended header is malformed", offset: start) }
                let record = rest[(space + 1)..<(rest.startIndex + length)]
                rest = rest[(rest.startIndex + length)...]
                guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
                var bytes = record[(equals + 1)...]
                if bytes.last == 0x0A { bytes.removeLast() }
                let value = String(decoding: bytes, as: UTF8.self)
                switch text(record[..<equals]) {
                case "path": longName = value
                case "linkpath": longLink = value
                case "size":
                    guard let size = Int(value), size >= 0 else { throw TarError(message: "a member's size is no number", offset: start) }
                    longSize = size
                default: continue
                }
            }
        }

        private func field(_ header: ArraySlice<UInt8>, _ offset: Int, _ length: Int) -> ArraySlice<UInt8> {
            header[(header.startIndex + offset)..<(header.startIndex + offset + length)]
        }

        private func isGNU(_ header: ArraySlice<UInt8>) -> Bool { field(header, 257, 8).elementsEqual("ustar  \0".utf8) }

        private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

        /// Octal digits, or base 256 when the first bit is set; nil for anything else or what doesn't fit.
        private func number(_ header: ArraySlice<UInt8>, _ offset: Int, _ length: Int) -> Int? {
            let bytes = field(header, offset, length)
            if let first = bytes.first, first & 0x80 != 0 {
                var value = Int(first & 0x7F)
                for byte in bytes.dropFirst() {
                    guard value <= Int.max >> 8 else { return nil }
                    value = value << 8 | Int(byte)
                }
                return value
            }
            let digits = bytes.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
            return digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8)
        }

        private func checksumFits(_ header: ArraySlice<UInt8>) -> Bool {
            guard let stated = number(header, 148, 8) else { return false }
            let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
            return stated == sum
        }
    }
}
