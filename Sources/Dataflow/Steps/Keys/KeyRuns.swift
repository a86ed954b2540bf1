/// Keys on the disk: sorted runs, of which equally old ones are merged so that there are few, and a filter in memory that knows of most keys
/// that they are in none.
///
/// A key is in one run at most. Files are immutable once they are runs.
final class KeyRuns {
    /// A run as a state names it.
    struct Description: Sendable, Equatable {
        let name: String
        let keys: Int
        /// How often its keys were merged.
        let level: Int
    }

    private let step: String
    private let directory: SpillDirectory
    private let filterBytes: Int
    private var filter: KeyFilter?
    /// From the oldest, whose level is the highest.
    private var runs: [KeyRun] = []
    private let page = KeyPage()

    /// Runs of one level that become one of the next. Their heads are compared one by one.
    private static let fanIn = 8

    init(step: String, filterBytes: Int, directory: SpillDirectory) {
        self.step = step
        self.filterBytes = filterBytes
        self.directory = directory
    }

    var count: Int { runs.count }

    func contains(_ key: SipHash.Hash) throws(PipelineProblem) -> Bool {
        guard let filter, filter.mayContain(key) else { return false }
        for run in runs where try run.contains(key, page: page) { return true }
        return false
    }

    /// A key of the run that is being written.
    func note(_ key: SipHash.Hash) {
        let filter = filter ?? KeyFilter(bytes: filterBytes)
        filter.insert(key)
        self.filter = filter
    }

    /// A written file of keys in order becomes a run.
    func add(_ file: SpillWriter) throws(PipelineProblem) {
        runs.append(try KeyRun(Description(name: file.name, keys: file.length / KeyRun.keyBytes, level: 0), in: directory))
        while let level = runs.last?.description.level, runs.count >= Self.fanIn, runs.suffix(Self.fanIn).allSatisfy({ $0.description.level == level }) {
            try merge(level)
        }
    }

    private func merge(_ level: Int) throws(PipelineProblem) {
        let group = Array(runs.suffix(Self.fanIn))
        let writer = try SpillWriter(step: step, in: directory)
        var heads = try group.map { run throws(PipelineProblem) in try KeyRunHead(run, in: directory) }.filter { !$0.isAtEnd }
        while !heads.isEmpty {
            var least = 0
            for other in heads.indices.dropFirst() where heads[other].key < heads[least].key { least = other }
            try withUnsafeBytes(of: heads[least].key) { bytes throws(PipelineProblem) in try writer.append(bytes) }
            try heads[least].advance()
            if heads[least].isAtEnd { heads.remove(at: least) }
        }
        try writer.flush()
        runs.removeLast(group.count)
        runs.append(try KeyRun(Description(name: writer.name, keys: writer.length / KeyRun.keyBytes, level: level + 1), in: directory))
        for run in group { directory.release(run.description.name, step: step) }
    }

    // MARK: State

    func snapshot(into writer: inout StateWriter) throws(PipelineProblem) {
        for run in runs { try run.sync() }
        writer.put(runs.count)
        for run in runs {
            writer.put(run.description.name)
            writer.put(run.description.keys)
            writer.put(run.description.level)
        }
    }

    static func descriptions(in reader: inout StateReader) throws(StateReader.Malformed) -> [Description] {
        var found: [Description] = []
        for _ in 0..<(try reader.count()) {
            let description = Description(name: try reader.text(), keys: try reader.int(), level: try reader.int())
            guard description.keys > 0, description.keys < 1 << 50 else { throw StateReader.Malformed() }
            found.append(description)
        }
        return found
    }

    func restore(_ descriptions: [Description]) throws(PipelineProblem) {
        for description in descriptions {
            let run = try KeyRun(description, in: directory, isSynced: true)
            var head = try KeyRunHead(run, in: directory)
            while !head.isAtEnd {
                note(head.key)
                try head.advance()
            }
            runs.append(run)
        }
    }
}
