/// Where bytes come from, piece by piece. One owner; not for several threads.
protocol ByteSource: AnyObject {
    /// Fills a part of the room; 0 at the end, and again and again then.
    func read(into room: UnsafeMutableRawBufferPointer) throws(DelimitedError) -> Int
}
