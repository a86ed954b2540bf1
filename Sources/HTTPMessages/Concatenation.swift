extension Array where Element == [UInt8] {
    /// All pieces as one. `Array(joined())` goes byte by byte; this copies blocks, and a single piece not at all.
    public func concatenated() -> [UInt8] {
        if count == 1 { return self[0] }
        var whole: [UInt8] = []
        whole.reserveCapacity(reduce(0) { $0 + $1.count })
        for piece in self { whole.append(contentsOf: piece) }
        return whole
    }
}
