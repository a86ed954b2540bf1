import Kernel

/// How fast a run goes of late: over the last seconds, not since its beginning, which may have been another process's.
public struct RunPace: Sendable {
    private var mark: (rows: Int64, bytes: Int64, at: MonotonicInstant)?
    private var rowRate: Double?
    private var byteRate: Double?

    /// Shorter spans say more about a batch than about the run.
    private static let span = Duration.seconds(1)

    public init() {}

    /// - Parameter report: the worker's, with `rows.rowsRead` and `bytesRead`.
    public mutating func note(_ report: JSON, at now: MonotonicInstant) {
        let rows = report["rows"]?["rowsRead"]?.int ?? 0, bytes = report["bytesRead"]?.int ?? 0
        guard let mark else {
            self.mark = (rows, bytes, now)
            return
        }
        let passed = now - mark.at
        guard passed >= Self.span else { return }
        let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
        // Half of what was known stays, so that one slow second doesn't make the rest look endless.
        func smoothed(_ old: Double?, _ new: Double) -> Double { old.map { ($0 + new) / 2 } ?? new }
        rowRate = smoothed(rowRate, max(0, Double(rows - mark.rows)) / seconds)
        byteRate = smoothed(byteRate, max(0, Double(bytes - mark.bytes)) / seconds)
        self.mark = (rows, bytes, now)
    }

    /// nil: nothing is known yet.
    public var rowsPerSecond: Int64? { rowRate.map { Int64($0) } }

    /// Until the input is read, at the present rate; nil when that isn't known or at a standstill.
    public func remaining(_ report: JSON) -> Duration? {
        guard let byteRate, byteRate >= 1, let total = report["bytesTotal"]?.int, let read = report["bytesRead"]?.int, total > read else { return nil }
        return .seconds(Int64(min(Double(total - read) / byteRate, 31_536_000)))
    }
}
