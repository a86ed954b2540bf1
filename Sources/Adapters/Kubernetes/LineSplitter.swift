/// Cuts a stream of bytes into lines, keeping what is unfinished. Bounded.
struct LineSplitter {
    /// An object may have 1.5 MiB on the wire of etcd and more with its managed fields; four times that is no honest event.
    static let maximumLine = 8 << 20

    private var buffer: [UInt8] = []
    private var start = 0
    /// Up to here there is no line end.
    private var searched = 0

    /// False when the unfinished line is too long.
    mutating func append(_ piece: [UInt8]) -> Bool {
        if start > 0 {
            buffer.removeSubrange(0..<start)
            searched -= start
            start = 0
        }
        if buffer.isEmpty { buffer = piece } else { buffer += piece }
        return buffer.count <= Self.maximumLine
    }

    /// The next whole line without its end; empty lines are skipped.
    mutating func next() -> ArraySlice<UInt8>? {
        while let end = buffer[searched...].firstIndex(of: 0x0A) {
            let line = buffer[start..<end]
            start = end + 1
            searched = start
            if !line.isEmpty { return line }
        }
        searched = buffer.count
        if start == buffer.count {
            // Nothing left over: give large buffers back.
            buffer = []
            start = 0
            searched = 0
        }
        return nil
    }
}
