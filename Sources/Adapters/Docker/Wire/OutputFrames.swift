/// Takes the engine's framed stream of a container's output apart: eight bytes of header (stream, three zeros, length in
/// big-endian), then that many bytes.
///
/// Pieces are given on as they come, so that a frame's stated length never decides how much memory is used.
struct OutputFrames: Sendable {
    private var header: [UInt8] = []
    private var remaining: UInt32 = 0
    private var source = EngineOutputSource.output
    /// With a terminal there are no frames: all bytes are output.
    private let isRaw: Bool

    init(isRaw: Bool) { self.isRaw = isRaw }

    /// - Throws: `server` when the bytes aren't frames.
    mutating func take(_ bytes: [UInt8]) throws(DockerError) -> [EngineOutput] {
        if isRaw { return bytes.isEmpty ? [] : [EngineOutput(source: .output, bytes: bytes)] }
        var pieces: [EngineOutput] = []
        var at = 0
        while at < bytes.count {
            if remaining == 0 {
                let count = min(8 - header.count, bytes.count - at)
                header += bytes[at..<at + count]
                at += count
                if header.count == 8 { try begin() }
                continue
            }
            let count = min(Int(remaining), bytes.count - at)
            pieces.append(EngineOutput(source: source, bytes: Array(bytes[at..<at + count])))
            at += count
            remaining -= UInt32(count)
        }
        return pieces
    }

    private mutating func begin() throws(DockerError) {
        let bytes = header
        header = []
        switch bytes[0] {
        case 0, 1: source = .output
        case 2, 3: source = .error  // 3: an error of the engine itself, which belongs to no stream of the process
        default: throw .server("its output stream has a frame of an unknown kind (\(bytes[0]))")
        }
        remaining = bytes[4...7].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
