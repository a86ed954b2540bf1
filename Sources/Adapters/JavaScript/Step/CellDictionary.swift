import Rows

/// Texts that come again and again in a column, so that the engine gets each of them once, as a string of its own.
///
/// Cutting a cell out of a chunk's text makes a new string for every row, which is to be joined, compared and collected anew. Most columns
/// of real files (states, names, dates, places) have few different texts. Which cells are in here changes no script's result.
///
/// Grows within a chunk only, so that an index given out for a chunk means the same text until the chunk is done.
final class CellDictionary {
    /// A text of at most `lengthLimit` bytes, filled up with zeros; a cell's own zeros are told from those by the length.
    private struct Key {
        var words: (UInt64, UInt64, UInt64, UInt64)
        var length: Int

        /// `text` may be read 32 bytes from its start on.
        @inline(__always)
        init(_ text: UnsafePointer<UInt8>, _ length: Int) {
            self.length = length
            words = (Self.word(text, length), Self.word(text + 8, length &- 8), 0, 0)
            if length > 16 { (words.2, words.3) = (Self.word(text + 16, length &- 16), Self.word(text + 24, length &- 24)) }
        }

        /// The first `count` of eight bytes; all of them when it is more, zero when it is none or less.
        @inline(__always)
        private static func word(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
            let all = UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
            if count >= 8 { return all }
            return count > 0 ? all & (1 << UInt64(truncatingIfNeeded: count &* 8) &- 1) : 0
        }

        @inline(__always)
        static func == (left: Key, right: Key) -> Bool {
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2) | (left.words.3 ^ right.words.3)
                | UInt64(truncatingIfNeeded: left.length ^ right.length) == 0
        }

        @inline(__always)
        var hash: UInt64 {
            let mixed = (words.0 &+ words.1 &* 0x9FB2_1C65_1E98_DF25 &+ UInt64(truncatingIfNeeded: length)) ^ words.2 &* 0xD6E8_FEB8_6659_FD93 ^ words.3
            return (mixed ^ mixed >> 32) &* 0x9E37_79B9_7F4A_7C15
        }
    }

    /// Longer texts are not kept.
    static let lengthLimit = 32
    /// Entries a column may have.
    static let entryLimit = 1024
    private static let slotCount = 4096
    /// Slots looked at for one text before it is taken for missing.
    private static let probeLimit = 16
    /// Making a string and putting it where the script finds it costs about as much as cutting this many.
    private static let worth = 16
    private let keys: UnsafeMutablePointer<Key>
    /// An entry's index and one; 0: free.
    private let slots: UnsafeMutablePointer<UInt16>
    private let limit: Int
    /// Entries in use.
    private(set) var count = 0
    /// Entries the engine has already.
    private var told = 0
    /// Cells found since it was last emptied, and of the last chunk alone; how many cells that chunk had.
    private var found = 0
    private var lastFound = 0
    private var lastCells = 0
    /// Chunks to come that don't use it, and how many it will be the next time.
    private var pause = 0
    private var nextPause = 64

    /// - Parameter limit: entries at most; not more than `entryLimit`.
    init(limit: Int) {
        self.limit = min(limit, Self.entryLimit)
        keys = .allocate(capacity: self.limit)
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: 0, count: Self.slotCount)
    }

    deinit {
        keys.deallocate()
        slots.deallocate()
    }

    /// Whether a chunk that begins is to use it. Judges by the one before.
    func begins() -> Bool {
        if pause > 0 {
            pause -= 1
            return false
        }
        guard count == limit, lastFound * 2 < lastCells else { return true }
        // What was worth it may have been left behind, as in a file sorted by day. Many texts, each seldom, are cut.
        let wasWorth = found >= count * Self.worth
        slots.update(repeating: 0, count: Self.slotCount)
        (count, told, found, lastFound, lastCells) = (0, 0, 0, 0, 0)
        if wasWorth { return true }
        pause = nextPause
        nextPause = min(nextPause * 2, 4096)
        return false
    }

    /// What a chunk came to: cells that were looked for, and how many of those have an index.
    func ends(cells: Int, indexed: Int) {
        (lastCells, lastFound) = (cells, indexed - (count - told))
        found += lastFound
    }

    /// The entry of a text. `text` may be read 32 bytes from its start on, whatever its length.
    ///
    /// - Returns: nil when it isn't among them and can't be added.
    @inline(__always)
    func index(of text: UnsafePointer<UInt8>, _ length: Int) -> Int? {
        guard length <= Self.lengthLimit else { return nil }
        let key = Key(text, length)
        var slot = Int(truncatingIfNeeded: key.hash >> 40) & (Self.slotCount &- 1)
        for _ in 0..<Self.probeLimit {
            // Slots are below `slotCount` by their mask, entries below `limit`.
            let entry = Int(slots[slot])
            if entry == 0 { return add(key, slot) }
            if keys[entry &- 1] == key { return entry &- 1 }
            slot = (slot &+ 1) & (Self.slotCount &- 1)
        }
        return nil
    }

    @inline(never)
    private func add(_ key: Key, _ slot: Int) -> Int? {
        guard count < limit else { return nil }
        (keys + count).initialize(to: key)
        count += 1
        slots[slot] = UInt16(count)
        return count - 1
    }

    /// Hands over the entries that were added since the last time.
    func tell(_ body: (_ index: Int, _ text: UnsafeBufferPointer<UInt8>) -> Void) {
        while told < count {
            withUnsafeBytes(of: keys[told].words) { bytes in
                body(told, UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[..<keys[told].length]))
            }
            told += 1
        }
    }
}
