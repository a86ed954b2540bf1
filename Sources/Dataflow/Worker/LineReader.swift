import Glibc

/// Reads a descriptor line by line, blocking.
struct LineReader {
    private let descriptor: Int32
    private var buffer: [UInt8]
    private var at = 0

    /// The longest line: a job with its scripts and a checkpoint.
    private static let maximumLine = 512 << 20

    init(_ descriptor: Int32, rest: [UInt8] = []) {
        self.descriptor = descriptor
        buffer = rest
    }

    /// What was read behind the last line.
    var rest: [UInt8] { Array(buffer[at...]) }

    /// Without its end; nil when there is none left.
    mutating func next() -> [UInt8]? {
        var searched = at
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { at = end + 1 }
                return Array(buffer[at..<end])
            }
            if at > 0 {
                buffer.removeFirst(at)
                at = 0
            }
            searched = buffer.count
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0, buffer.count + count <= Self.maximumLine else { return nil }
            buffer.append(contentsOf: chunk[..<count])
        }
    }
}
