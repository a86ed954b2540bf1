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

    /// The text with each doubled quote made one, and each escape character gone with what it and the next one mean in its place; valid until
    /// the next call. An escape character at the end is text itself.
    ///
    /// - Parameter isQuoted: false: quotes are text.
    public func unescape(_ content: UnsafeBufferPointer<UInt8>, isQuoted: Bool, _ syntax: CellSyntax) -> UnsafeBufferPointer<UInt8> {
        let (quote, escape) = (isQuoted ? syntax.quote : nil, syntax.escape)
        let target = bytes(content.count)
        var written = 0
        var at = 0
        // `written` never passes `at`, which stays below the count reserved.
        while at < content.count {
            if content[at] == escape, at + 1 < content.count {
                at += 1
                target[written] = syntax.escapeSequences.meaning(of: content[at])
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
