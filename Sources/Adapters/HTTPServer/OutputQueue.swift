/// Bytes that wait for a client, in the buffers they came in.
struct OutputQueue {
    private var buffers: [[UInt8]] = []
    /// What is before it was sent, of the first buffer.
    private var offset = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        buffers.append(bytes)
        count += bytes.count
    }

    /// The next bytes to send, while the closure runs.
    func withFront<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard let front = buffers.first else { return nil }
        return front.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    }

    mutating func consume(_ sent: Int) {
        count -= sent
        offset += sent
        while let front = buffers.first, offset >= front.count {
            offset -= front.count
            buffers.removeFirst()
        }
        if buffers.isEmpty { buffers = [] }
    }

    mutating func removeAll() { self = OutputQueue() }
}
