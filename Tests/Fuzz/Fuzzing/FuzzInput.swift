import Kernel

/// The bytes libFuzzer gives, and the ways the fuzzers cut them.
public struct FuzzInput {
    public let bytes: [UInt8]

    public init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    }

    /// The bytes as text, invalid ones replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The lines, at most so many; the last takes the rest.
    public func lines(_ most: Int) -> [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "\n"), maxSplits: most - 1, omittingEmptySubsequences: false)
    }

    /// A JSON document a line; nil when there are fewer than asked for or one of them isn't JSON.
    public func documents(_ count: Int) -> [JSON]? {
        let lines = lines(count)
        guard lines.count == count else { return nil }
        var documents: [JSON] = []
        for line in lines {
            do throws(JSONError) { documents.append(try JSONParser.parse(line)) } catch { return nil }
        }
        return documents
    }
}

/// What must hold for every input. A finding ends the process, so that libFuzzer keeps the input.
public func require(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { fatalError("finding: \(message())") }
}
