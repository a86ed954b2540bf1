import Glibc
import Platform

/// A file of keys in order, looked up page by page where a key should stand: hashes are spread evenly.
///
/// Owns its descriptor. Not for use by two threads at once.
final class KeyRun {
    let description: KeyRuns.Description
    private let path: String
    private let descriptor: Int32
    private var isSynced: Bool

    static let keyBytes = 16

    init(_ description: KeyRuns.Description, in directory: SpillDirectory, isSynced: Bool = false) throws(PipelineProblem) {
        self.description = description
        self.isSynced = isSynced
        path = directory.fullPath(description.name)
        try directory.check(description.name, length: description.keys * Self.keyBytes)
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .spillDamaged(path) }
    }

    deinit { close(descriptor) }

    /// On the disk, so that a checkpoint may name it.
    func sync() throws(PipelineProblem) {
        guard !isSynced else { return }
        guard fdatasync(descriptor) == 0 else { throw .spill(.last("sync \(path)")) }
        isSynced = true
    }

    /// - Parameter page: memory to read into.
    func contains(_ key: SipHash.Hash, page: KeyPage) throws(PipelineProblem) -> Bool {
        // The pages that may hold it, and bounds of what their keys begin with.
        var (low, high) = (0, (description.keys + KeyPage.keys - 1) / KeyPage.keys)
        var (least, greatest) = (UInt64.min, UInt64.max)
        var attempts = 0
        while low < high {
            let share = Double(key.high &- least) / max(Double(greatest &- least), 1)
            // After a few guesses by halves, so that the end is certain.
            let guess = attempts < 6 ? low + min(max(Int(share * Double(high - low)), 0), high - low - 1) : (low + high) / 2
            attempts += 1
            try read(guess, into: page)
            if key < page[0] {
                (high, greatest) = (guess, page[0].high)
            } else if page[page.count - 1] < key {
                (low, least) = (guess + 1, page[page.count - 1].high)
            } else {
                return page.contains(key)
            }
        }
        return false
    }

    private func read(_ number: Int, into page: KeyPage) throws(PipelineProblem) {
        let first = number * KeyPage.keys
        page.count = min(KeyPage.keys, description.keys - first)
        let wanted = page.count * Self.keyBytes
        var done = 0
        while done < wanted {
            let got = pread(descriptor, page.start + done, wanted - done, off_t(first * Self.keyBytes + done))
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw .spill(.last("read \(path)")) }
            guard got > 0 else { throw .spillDamaged(path) }
            done += got
        }
    }
}

/// Memory for a piece of a run: one page of the file system's.
final class KeyPage {
    static let keys = 256
    let start: UnsafeMutableRawPointer
    /// Keys in it: 1 to `keys` once something was read.
    var count = 0

    init() {
        start = .allocate(byteCount: Self.keys * KeyRun.keyBytes, alignment: 16)
        start.initializeMemory(as: UInt8.self, repeating: 0, count: Self.keys * KeyRun.keyBytes)
    }

    deinit { start.deallocate() }

    /// `index` is below `keys`.
    subscript(index: Int) -> SipHash.Hash { start.load(fromByteOffset: index * KeyRun.keyBytes, as: SipHash.Hash.self) }

    func contains(_ key: SipHash.Hash) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == key
    }
}

/// Goes through a run from its beginning.
struct KeyRunHead {
    private let reader: SpillReader
    private let path: String
    /// Undefined at the end.
    private(set) var key = SipHash.Hash(low: 0, high: 0)
    private(set) var isAtEnd = false

    init(_ run: KeyRun, in directory: SpillDirectory) throws(PipelineProblem) {
        reader = try SpillReader(name: run.description.name, length: run.description.keys * KeyRun.keyBytes, in: directory)
        path = directory.fullPath(run.description.name)
        try advance()
    }

    mutating func advance() throws(PipelineProblem) {
        guard !reader.isAtEnd else {
            isAtEnd = true
            return
        }
        guard let bytes = try reader.peek(KeyRun.keyBytes) else { throw .spillDamaged(path) }
        key = bytes.loadUnaligned(as: SipHash.Hash.self)
        reader.skip(KeyRun.keyBytes)
    }
}
