import Glibc
import Platform

/// Why a private server that died did so, as far as its logs tell.
enum LastWords {
    private static let longest = 300
    private static let severities = ["PANIC:", "FATAL:", "ERROR:"]

    /// The newest log's last complaint, and where the rest is; nil when no log complains.
    static func of(_ layout: ServerLayout) -> String? {
        let directory = layout.data + "/log"
        let names: [String]
        do { names = try Files.list(directory) } catch { names = [] }  // it died before it had a log
        let logs = ([layout.startLog] + names.map { "\(directory)/\($0)" }).map { (path: $0, written: written($0)) }
        for log in logs.sorted(by: { $0.written > $1.written }) {
            guard let line = complaint(in: log.path) else { continue }
            return "\(line.prefix(longest)) (more in \(log.path))"
        }
        // What it says before it has a log has no severity.
        let words: String
        do { words = try Files.text(layout.startLog) } catch { return nil }  // nothing was said
        let last = words.split(separator: "\n").suffix(2).joined(separator: " ")
        return last.isEmpty ? nil : "\(last.prefix(longest)) (more in \(layout.startLog))"
    }

    private static func complaint(in path: String) -> Substring? {
        let text: String
        do { text = try Files.text(path) } catch { return nil }  // unreadable: the other log may tell
        for line in text.split(separator: "\n").reversed() {
            guard let severity = severities.first(where: { line.contains($0) }), let start = line.firstRange(of: severity)?.lowerBound else { continue }
            return line[start...]
        }
        return nil
    }

    /// Nanoseconds since 1970; 0 when it isn't there.
    private static func written(_ path: String) -> Int64 {
        var info = stat()
        guard lstat(path, &info) == 0 else { return 0 }
        return Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec)
    }
}
