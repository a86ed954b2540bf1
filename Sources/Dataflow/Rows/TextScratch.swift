/// Room for text that has to be made before it can be looked at; reused cell after cell. As in a batch, 64 bytes behind it may be read.
public final class TextScratch {
    private var room: UnsafeMutablePointer<UInt8>
    private var capacity: Int

    public init(capacity: Int = 256) {
        self.capacity = max(capacity, 16)
        room = .allocate(capacity: self.capacity + RowBatch.padding)
        room.initialize(repeating: 0, count: self.capacity + RowBatch.padding)
    }

    deinit { room.deallocate() }

    /// At least so many bytes, whose content means nothing.
    public func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > capacity {
            room.deallocate()
            capacity = max(count, capacity * 2)
            room = .allocate(capacity: capacity + RowBatch.padding)
            room.initialize(repeating: 0, count: capacity + RowBatch.padding)
        }
        return room
    }

    /// The text with each doubled quote made one, and each escape character gone; valid until the next call.
    ///
    /// - Parameters:
    ///   - quote: nil: quotes are text, as in a cell that isn't quoted.
    ///   - escape: the byte behind it is text, whatever it is; one at the end is text itself. nil: there is none.
    public func unescape(_ content: UnsafeBufferPointer<UInt8>, quote: UInt8?, escape: UInt8? = nil) -> UnsafeBufferPointer<UInt8> {
        let target = bytes(content.count)
        var written = 0
        var at = 0
        // `written` never passes `at`, which stays below the count reserved.
        while at < content.count {
            if content[at] == escape, at + 1 < content.count {
                at += 1
                target[written] = content[at]
                at += 1
            } else {
                target[written] = content[at]
                at += content[at] == quote && at + 1 < content.count && content[at + 1] == quote ? 2 : 1
            }
            written += 1
        }
        return UnsafeBufferPointer(start: target, count: written)
    }
}
