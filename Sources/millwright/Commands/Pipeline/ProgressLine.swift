import Glibc
import Kernel
import PipelineReports
import Platform

/// How a run goes, on one line of a terminal's standard error; nothing elsewhere.
struct ProgressLine {
    private let isShown: Bool
    private let name: String
    private var isThere = false
    private static let width = 24

    init(_ name: String, wanted: Bool) {
        self.name = name
        isShown = wanted && isatty(STDERR_FILENO) == 1 && Environ["TERM"] != "dumb"
    }

    mutating func show(_ report: JSON) {
        guard isShown else { return }
        let rows = report["rows"]
        let read = rows?["rowsRead"]?.int ?? 0
        let rejected = (rows?["rowsDeadLettered"]?.int ?? 0) + (rows?["rowsSkipped"]?.int ?? 0)
        let bytes = report["bytesRead"]?.int ?? 0
        let seconds = Double(report["elapsedNanoseconds"]?.int ?? 0) / 1e9
        var parts = [name]
        if let total = report["bytesTotal"]?.int, total > 0 {
            let share = min(1, Double(bytes) / Double(total))
            let filled = Int(share * Double(Self.width))
            parts.append(String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled) + " \(Int(share * 100)) %")
            if share > 0.02, share < 1, seconds > 0 { parts.append("\(Duration.seconds(Int64(seconds / share * (1 - share) + 0.5)).manifest) left") }
        }
        parts.append(Counted.text(read, "row"))
        if seconds > 0 { parts.append("\(Figures.short(Int64(Double(read) / seconds))) rows/s, \(Figures.bytes(Int64(Double(bytes) / seconds)))/s") }
        if rejected > 0 { parts.append("\(Figures.grouped(rejected)) rejected") }
        Terminal.write("\r\u{1B}[K" + parts.joined(separator: "  "), to: STDERR_FILENO)
        isThere = true
    }

    mutating func clear() {
        if isThere { Terminal.write("\r\u{1B}[K", to: STDERR_FILENO) }
        isThere = false
    }
}
