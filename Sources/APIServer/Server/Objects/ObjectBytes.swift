import Kernel
import Store

/// Looks into an object's compact JSON without parsing it.
enum ObjectBytes {
    private static let prefix = Array("{\"apiVersion\":\"".utf8)

    /// Whether the bytes contain the text; for cheap checks that may err only on the side of yes.
    static func contains(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        contains(bytes, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { contains(bytes, $0) }
    }

    private static func contains(_ bytes: [UInt8], _ needle: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = needle.first, bytes.count >= needle.count else { return false }
        return bytes.withUnsafeBufferPointer { haystack in
            let end = haystack.count - needle.count
            var at = 0
            while at <= end {
                if haystack[at] == first {
                    var matched = 1
                    while matched < needle.count, haystack[at + matched] == needle[matched] { matched += 1 }
                    if matched == needle.count { return true }
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

extension StoredObject {
    /// Whether it is marked for deletion. Nearly always the text alone says no; where it doesn't, the object itself is asked, since a
    /// label or annotation may be named so as well.
    var isMarkedForDeletion: Bool {
        guard ObjectBytes.contains(bytes, "\"deletionTimestamp\"" as StaticString),
            case .success(let json) = Result(catching: { () throws(JSONError) in try json() })
        else { return false }
        return json["metadata"]?["deletionTimestamp"]?.string != nil
    }
}
