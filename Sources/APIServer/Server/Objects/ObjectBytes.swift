/// Looks into an object's compact JSON without parsing it.
enum ObjectBytes {
    private static let prefix = Array("{\"apiVersion\":\"".utf8)

    /// Whether the bytes contain the text; for cheap checks that may err only on the side of yes.
    static func contains(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard count > 0, bytes.count >= count else { return false }
        return bytes.withUnsafeBufferPointer { haystack in
            let needle = UnsafeBufferPointer(start: text.utf8Start, count: count)
            let first = needle[0]
            var at = 0
            let end = haystack.count - count
            while at <= end {
                if haystack[at] == first {
                    var matched = 1
                    while matched < count, haystack[at + matched] == needle[matched] { matched += 1 }
                    if matched == count { return true }
                }
                at += 1
            }
            return false
        }
    }

    /// The `apiVersion` the bytes begin with; nil when they begin otherwise.
    static func apiVersion(_ bytes: [UInt8]) -> Substring? {
        guard let range = apiVersionRange(bytes) else { return nil }
        return Substring(decoding: bytes[range], as: UTF8.self)
    }

    /// The same object in another version of its group, where versions differ by name alone.
    static func replacingAPIVersion(_ bytes: [UInt8], with version: String) -> [UInt8] {
        guard let range = apiVersionRange(bytes), !bytes[range].elementsEqual(version.utf8) else { return bytes }
        var result = [UInt8]()
        result.reserveCapacity(bytes.count + version.utf8.count)
        result += bytes[..<range.lowerBound]
        result += version.utf8
        result += bytes[range.upperBound...]
        return result
    }

    private static func apiVersionRange(_ bytes: [UInt8]) -> Range<Int>? {
        guard bytes.starts(with: prefix), let end = bytes[prefix.count...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return prefix.count..<end
    }
}
