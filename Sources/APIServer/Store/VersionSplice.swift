/// Puts `metadata.resourceVersion` into an object's compact JSON, and takes it out, without parsing the object.
///
/// The revision is known only once the database has committed the write, so the value is stored without it.
enum VersionSplice {
    static func insert(_ revision: Int64, into value: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        let fast = value.withContiguousStorageIfAvailable { buffer in insert(revision, buffer: buffer) }
        return fast ?? Array(value).withUnsafeBufferPointer { insert(revision, buffer: $0) }
    }

    private static func insert(_ revision: Int64, buffer: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let at = startOfMetadata(buffer), at < buffer.count else { return nil }
        let member = member(revision)
        let isAlone = buffer[at] == UInt8(ascii: "}")
        return [UInt8](unsafeUninitializedCapacity: buffer.count + member.count + 1) { out, count in
            func append(_ part: some Collection<UInt8>) { for byte in part { out[count] = byte; count += 1 } }
            func appendBlock(_ part: Slice<UnsafeBufferPointer<UInt8>>) {
                guard let base = out.baseAddress, let from = UnsafeBufferPointer(rebasing: part).baseAddress, !part.isEmpty else { return }
                (base + count).update(from: from, count: part.count)
                count += part.count
            }
            count = 0
            appendBlock(buffer[..<at])
            append(member)
            if !isAlone { append(CollectionOfOne(UInt8(ascii: ","))) }
            appendBlock(buffer[at...])
        }
    }

    static func remove(_ revision: Int64, from bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { buffer in
            let member = member(revision)
            guard let at = startOfMetadata(buffer), buffer[at...].starts(with: member) else { return bytes }
            var end = at + member.count
            if end < buffer.count, buffer[end] == UInt8(ascii: ",") { end += 1 }
            return Array(buffer[..<at]) + buffer[end...]
        }
    }

    private static func member(_ revision: Int64) -> [UInt8] { Array("\"resourceVersion\":\"\(revision)\"".utf8) }

    /// Just behind the brace that opens the top-level member `metadata`.
    private static func startOfMetadata(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\")
        let name: StaticString = "metadata"
        guard text.first == UInt8(ascii: "{") else { return nil }
        var at = 1
        var depth = 1
        var expectsName = true
        while at < text.count {
            switch text[at] {
            case quote:
                let start = at + 1
                at = start
                while at < text.count, text[at] != quote { at += text[at] == backslash ? 2 : 1 }
                let isMetadata =
                    depth == 1 && expectsName && at - start == name.utf8CodeUnitCount
                    && at < text.count
                    && text[start..<at].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
                at += 1
                if isMetadata {
                    guard at + 1 < text.count, text[at] == UInt8(ascii: ":"), text[at + 1] == UInt8(ascii: "{") else { return nil }
                    return at + 2
                }
                expectsName = false
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                at += 1
            case UInt8(ascii: ","):
                if depth == 1 { expectsName = true }
                at += 1
            default: at += 1
            }
        }
        return nil
    }
}
