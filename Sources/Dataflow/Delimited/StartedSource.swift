/// A source whose first bytes were looked at already.
final class StartedSource: ByteSource {
    private let upstream: any ByteSource
    private var start: [UInt8]
    private var given = 0

    init(_ upstream: any ByteSource, start: [UInt8]) {
        self.upstream = upstream
        self.start = start
    }

    func read(into room: UnsafeMutableRawBufferPointer) throws(DelimitedError) -> Int {
        guard given < start.count else { return try upstream.read(into: room) }
        let count = min(room.count, start.count - given)
        start.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[given..<given + count])) }
        given += count
        return count
    }
}
