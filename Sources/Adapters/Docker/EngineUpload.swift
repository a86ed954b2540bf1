import Platform

/// Bytes on their way to the engine, piece by piece: an image may be larger than the memory we want to use.
///
/// Read once, from start to end; the next piece is asked for when the last one is on its way.
public struct EngineUpload: Sendable {
    let next: @Sendable () async throws -> [UInt8]?

    /// - Parameter next: the next piece, nil at the end; when it throws, the call fails and the engine drops what came so far.
    public init(next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }

    /// From bytes in memory.
    public init(whole bytes: [UInt8]) {
        let rest = Locked<[UInt8]?>(bytes)
        next = {
            rest.withLock { rest in
                defer { rest = nil }
                return rest
            }
        }
    }
}
