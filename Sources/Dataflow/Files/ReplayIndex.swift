import Glibc
import Platform
import Rows

/// Where the rows of a `DeadLetterCopy` stood in their inputs: entries of equal length, in the order of the copy.
///
/// Read by pieces: there may be millions. One owner.
final class ReplayIndex {
    struct Entry {
        /// Which file of the copy.
        var file: Int64
        /// Where the row starts there.
        var start: Int64
        var identity = RowIdentity(file: 0, number: 1, ordinal: 1, offset: 0)
        /// So many bytes of an overlong row were kept; 0: the row is whole.
        var cut: Int64 = 0

        init(file: Int64, start: Int64) {
            self.file = file
            self.start = start
        }

        static let length = 7 * 8

        var bytes: [UInt8] {
            let words = [file, start, Int64(identity.file), identity.number, identity.ordinal, identity.offset, cut]
            return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> Int64($0 * 8)) } }
        }

        /// - Parameter bytes: `length` of them.
        init(_ bytes: ArraySlice<UInt8>) {
            var words = [Int64](repeating: 0, count: 7)
            for (place, byte) in bytes.prefix(Self.length).enumerated() { words[place / 8] |= Int64(byte) << Int64(place % 8 * 8) }
            (file, start, cut) = (words[0], words[1], words[6])
            identity = RowIdentity(file: Int(words[2]), number: words[3], ordinal: words[4], offset: words[5])
        }

        func isBehind(_ file: Int64, _ start: Int64) -> Bool { (self.file, self.start) > (file, start) }
    }

    private let descriptor: Int32
    private let count: Int
    /// Entries from `first` on.
    private var piece: [Entry] = []
    private var first = 0
    private static let pieceEntries = 4096

    init(_ path: String) throws(SystemError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        var info = stat()
        count = fstat(descriptor, &info) == 0 ? Int(info.st_size) / Entry.length : 0
    }

    deinit { close(descriptor) }

    private func entry(_ number: Int) -> Entry? {
        guard number >= 0, number < count else { return nil }
        if !(first..<first + piece.count).contains(number) {
            first = number
            let wanted = min(Self.pieceEntries, count - number) * Entry.length
            let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
                filled = max(0, pread(descriptor, buffer.baseAddress, wanted, off_t(number * Entry.length)))
            }
            piece = stride(from: 0, to: bytes.count / Entry.length * Entry.length, by: Entry.length).map { Entry(bytes[$0..<$0 + Entry.length]) }
        }
        let place = number - first
        return piece.indices.contains(place) ? piece[place] : nil
    }

    /// The number of the last entry that isn't behind that place; nil: there is none.
    func last(notBehind file: Int64, _ start: Int64) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            guard let entry = entry(middle) else { return nil }
            if entry.isBehind(file, start) { high = middle } else { low = middle + 1 }
        }
        return low > 0 ? low - 1 : nil
    }

    /// The entry of a row at a place, going on from that of the row before it.
    func find(_ file: Int64, _ start: Int64, from known: inout Int) -> Entry? {
        while let next = entry(known + 1), !next.isBehind(file, start) { known += 1 }
        return entry(known)
    }
}
