/// Text that was read and not yet cut into rows: what a batch left over.
struct CarriedText {
    private(set) var bytes: [UInt8] = []

    /// Keeps these bytes in place of what was there.
    mutating func keep(_ rest: UnsafeBufferPointer<UInt8>) {
        bytes.removeAll(keepingCapacity: rest.count * 4 > bytes.capacity)
        bytes.append(contentsOf: rest)
    }

    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    mutating func dropFirst(_ count: Int) { bytes.removeFirst(min(count, bytes.count)) }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }
}
