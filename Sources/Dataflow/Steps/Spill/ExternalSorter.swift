import Glibc

/// Sorts records of any number within a bound of memory: they gather in one block; a full block is sorted and written to a file (a run);
/// at the end the runs are merged.
///
/// When there are many runs of a level they become one of the next at once: what was merged goes with the next checkpoint, so that the disk
/// holds little more than every record once. Merged at the end, it would hold all of them twice.
///
/// A record is a key and a payload, both opaque bytes; order is that of `memcmp` on keys, the shorter first. Keys must be distinct for a
/// defined order (callers end them with a sequence number).
///
/// State for checkpoints is incremental: `snapshot` writes the block as a run and then consists of the runs' names. While records are
/// read back it also has their number, as merging the same runs gives the same order.
public final class ExternalSorter {
    /// A record lent by `next`; the pointers hold until the next call.
    public struct Record {
        public let key: UnsafeRawBufferPointer
        public let payload: UnsafeRawBufferPointer
    }

    private struct Entry {
        /// The key's first eight bytes, big-endian: most comparisons end here.
        let prefix: UInt64
        let offset: Int
    }

    struct Run: Sendable, Equatable {
        let name: String
        let length: Int
        /// How often its records were merged.
        var level = 0
        /// On the disk for certain, as a checkpoint needs it.
        var isSynced = false
    }

    private let step: String
    private let memoryLimit: Int
    private let directory: SpillDirectory
    private var block: UnsafeMutableRawPointer
    private var capacity: Int
    private var used = 0
    private var entries: [Entry] = []
    private(set) var runs: [Run] = []
    private var merge: RunMerge?
    private var isReading = false
    private var readFromBlock = 0
    private var emitted = 0

    /// Length of key and payload before each record.
    private static let header = 8
    /// Runs merged at once, and how many of a level there may be before they become one.
    static let fanIn = 64

    public init(step: String, memoryLimit: Int, directory: SpillDirectory) {
        self.step = step
        self.memoryLimit = max(memoryLimit, 256)
        self.directory = directory
        capacity = 0
        block = .allocate(byteCount: 1, alignment: 16)
    }

    deinit { block.deallocate() }

    /// Records written to disk so far: for metrics and tests.
    public var runCount: Int { runs.count }

    /// Room for one record of this size in the block, spilling when it is full; the caller fills key and payload.
    public func add(keyCount: Int, payloadCount: Int, fill: (_ key: UnsafeMutableRawPointer, _ payload: UnsafeMutableRawPointer) -> Void) throws(PipelineProblem) {
        let size = Self.header + keyCount + payloadCount
        // An entry takes 16 bytes beside the record itself.
        if used > 0, used + size + (entries.count + 1) * 16 > memoryLimit { try spill() }
        if used + size > capacity { grow(to: used + size) }
        let record = block + used
        record.storeBytes(of: UInt32(truncatingIfNeeded: keyCount), as: UInt32.self)
        (record + 4).storeBytes(of: UInt32(truncatingIfNeeded: payloadCount), as: UInt32.self)
        fill(record + Self.header, record + Self.header + keyCount)
        entries.append(Entry(prefix: Self.prefix(record + Self.header, keyCount), offset: used))
        used += size
    }

    private func grow(to needed: Int) {
        // Small at first, then doubling up to the limit; a single record over the limit still fits.
        let size = max(needed, min(max(capacity * 2, 64 << 10), memoryLimit))
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        memcpy(larger, block, used)
        block.deallocate()
        block = larger
        capacity = size
    }

    private static func prefix(_ key: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count >= 8 { return UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) }
        var value: UInt64 = 0
        for byte in 0..<count { value |= UInt64(key.load(fromByteOffset: byte, as: UInt8.self)) << UInt64(56 - 8 * byte) }
        return value
    }

    /// memcmp, then the shorter first.
    static func isBefore(_ a: UnsafeRawPointer, _ aCount: Int, _ b: UnsafeRawPointer, _ bCount: Int) -> Bool {
        let order = memcmp(a, b, min(aCount, bCount))
        return order != 0 ? order < 0 : aCount < bCount
    }

    private func sortBlock() {
        let block = UnsafeRawPointer(block)
        // Offsets are those of records that `add` wrote whole into the block.
        entries.sort { a, b in
            if a.prefix != b.prefix { return a.prefix < b.prefix }
            let (x, y) = (block + a.offset, block + b.offset)
            return Self.isBefore(x + Self.header, Int(x.load(as: UInt32.self, unaligned: ())), y + Self.header, Int(y.load(as: UInt32.self, unaligned: ())))
        }
    }

    private func spill() throws(PipelineProblem) {
        guard !entries.isEmpty else { return }
        sortBlock()
        let writer = try SpillWriter(step: step, in: directory)
        for entry in entries { try writer.append(record(at: entry.offset)) }
        try writer.flush()
        runs.append(Run(name: writer.name, length: writer.length))
        entries.removeAll(keepingCapacity: true)
        used = 0
        while let level = runs.last?.level, runs.count(where: { $0.level == level }) >= Self.fanIn { try merge(runs.filter { $0.level == level }) }
    }

    private func record(at offset: Int) -> UnsafeRawBufferPointer {
        let start = UnsafeRawPointer(block + offset)
        let size = Self.header + Int(start.load(as: UInt32.self, unaligned: ())) + Int((start + 4).load(as: UInt32.self, unaligned: ()))
        return UnsafeRawBufferPointer(start: start, count: size)
    }

    /// The next record in order; nil after the last. The first call ends adding.
    public func next() throws(PipelineProblem) -> Record? {
        if !isReading { try beginReading() }
        if let merge {
            guard let record = try merge.next() else { return nil }
            emitted += 1
            return record
        }
        guard readFromBlock < entries.count else { return nil }
        let bytes = record(at: entries[readFromBlock].offset)
        readFromBlock += 1
        emitted += 1
        return Self.parse(bytes)
    }

    static func parse(_ bytes: UnsafeRawBufferPointer) -> Record {
        let keyCount = Int(bytes.loadUnaligned(as: UInt32.self))
        return Record(
            key: UnsafeRawBufferPointer(rebasing: bytes[header..<(header + keyCount)]),
            payload: UnsafeRawBufferPointer(rebasing: bytes[(header + keyCount)...]))
    }

    private func beginReading() throws(PipelineProblem) {
        isReading = true
        if runs.isEmpty {
            sortBlock()
            return
        }
        try spill()
        releaseBlock()
        // As few records as will do: the shortest runs.
        while runs.count > Self.fanIn {
            let byLength = runs.sorted { ($0.length, $0.name) < ($1.length, $1.name) }
            try merge(Array(byLength.prefix(min(Self.fanIn, runs.count - Self.fanIn + 1))))
        }
        merge = try RunMerge(runs, in: directory)
    }

    private func releaseBlock() {
        block.deallocate()
        block = .allocate(byteCount: 1, alignment: 16)
        capacity = 0
        used = 0
        entries = []
    }

    /// These runs become one, which comes last. Their order doesn't matter, as keys are distinct.
    private func merge(_ group: [Run]) throws(PipelineProblem) {
        let merge = try RunMerge(group, in: directory)
        let writer = try SpillWriter(step: step, in: directory)
        while let record = try merge.nextBytes() { try writer.append(record) }
        try writer.flush()
        let merged = Set(group.map(\.name)), level = (group.map(\.level).max() ?? 0) + 1
        runs.removeAll { merged.contains($0.name) }
        runs.append(Run(name: writer.name, length: writer.length, level: level))
        for run in group { directory.release(run.name, step: step) }
    }

    /// Every record has been read and no checkpoint needs the runs any more.
    public func discard() {
        merge = nil
        for run in runs { directory.release(run.name, step: step) }
        runs = []
        releaseBlock()
        isReading = false
        readFromBlock = 0
        emitted = 0
    }

    public func snapshot(into writer: inout StateWriter) throws(PipelineProblem) {
        // What is still in the block (also while it is being read) goes to disk now; reading goes on where it was.
        if !entries.isEmpty {
            let unread = readFromBlock
            let wasReading = isReading
            try spill()
            if wasReading {
                releaseBlock()
                readFromBlock = 0
                let merge = try RunMerge(runs, in: directory)
                for _ in 0..<unread { _ = try merge.nextBytes() }
                self.merge = merge
            }
        }
        for index in runs.indices where !runs[index].isSynced {
            try SpillWriter.sync(directory.fullPath(runs[index].name))
            runs[index].isSynced = true
        }
        writer.put(isReading)
        writer.put(emitted)
        writer.put(runs.count)
        for run in runs {
            writer.put(run.name)
            writer.put(run.length)
            writer.put(run.level)
        }
    }

    public func restore(from reader: inout StateReader) throws(PipelineProblem) {
        do throws(StateReader.Malformed) {
            isReading = try reader.bool()
            let count = try reader.int()
            runs = []
            for _ in 0..<(try reader.count()) { runs.append(Run(name: try reader.text(), length: try reader.int(), level: try reader.int(), isSynced: true)) }
            emitted = count
        } catch { throw .malformedState(step) }
        for run in runs { try directory.check(run.name, length: run.length) }
        guard isReading else { return }
        guard !runs.isEmpty else { return }
        let merge = try RunMerge(runs, in: directory)
        for _ in 0..<emitted { guard try merge.nextBytes() != nil else { throw .malformedState(step) } }
        self.merge = merge
    }

    /// The files that a state written by `snapshot` names.
    public static func files(in reader: inout StateReader) throws(StateReader.Malformed) -> [String] {
        _ = try reader.bool()
        _ = try reader.int()
        var names: [String] = []
        for _ in 0..<(try reader.count()) {
            names.append(try reader.text())
            _ = try reader.int()
            _ = try reader.int()
        }
        return names
    }
}

extension UnsafeRawPointer {
    /// Unaligned load under a short name.
    @inline(__always)
    func load<T: BitwiseCopyable>(as type: T.Type, unaligned: Void) -> T { loadUnaligned(as: type) }
}

extension PipelineProblem {
    static func malformedState(_ step: String) -> PipelineProblem {
        PipelineProblem(
            .fatal, .checkpoint, what: "the checkpoint can't be read", at: .init(step: step), why: "it was written by another version or is damaged",
            fix: "Start the run again from its beginning; nothing was committed")
    }
}
