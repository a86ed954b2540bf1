import Kernel

/// Cuts output into log lines, each source by itself. A line longer than the bound comes in several entries.
struct OutputLines: Sendable {
    static let maximumLine = 65_536

    private var open: [EngineOutputSource: [UInt8]] = [:]
    private let timestamps: Bool

    init(timestamps: Bool) { self.timestamps = timestamps }

    mutating func take(_ piece: EngineOutput) -> [EngineLogEntry] {
        var entries: [EngineLogEntry] = []
        var line = open.removeValue(forKey: piece.source) ?? []
        var at = 0
        while at < piece.bytes.count {
            let end = piece.bytes.index(ofByte: 0x0A, from: at)
            var rest = piece.bytes[at..<(end ?? piece.bytes.count)]
            while line.count + rest.count > Self.maximumLine {
                let count = Self.maximumLine - line.count
                entries.append(entry(piece.source, line + rest.prefix(count)))
                rest = rest.dropFirst(count)
                line = []
            }
            line += rest
            guard let end else { break }
            entries.append(entry(piece.source, line))
            line = []
            at = end + 1
        }
        if !line.isEmpty { open[piece.source] = line }
        return entries
    }

    /// What came without a line end.
    mutating func finish() -> [EngineLogEntry] {
        defer { open = [:] }
        return [EngineOutputSource.output, .error].compactMap { source in open[source].map { entry(source, $0) } }
    }

    private func entry(_ source: EngineOutputSource, _ bytes: [UInt8]) -> EngineLogEntry {
        var line = bytes[...]
        if line.last == 0x0D { line.removeLast() }
        var time: Timestamp?
        if timestamps, let space = line.firstIndex(of: 0x20), let moment = Timestamp(rfc3339: String(decoding: line[..<space], as: UTF8.self)) {
            time = moment
            line = line[(space + 1)...]
        }
        return EngineLogEntry(source: source, time: time, line: String(decoding: line, as: UTF8.self))
    }
}
