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
        // The newest decides: an older log's complaint is about an earlier life.
        for log in logs.sorted(by: { $0.written > $1.written }) {
            guard let words = (log.path == layout.startLog ? plainWords(in: log.path) : nil) ?? complaint(in: log.path) else { continue }
            return "\(words.prefix(longest)) (more in \(log.path))"
        }
        return nil
    }

    private static func complaint(in path: String) -> String? {
        for line in lines(of: path).reversed() {
            guard let severity = severities.first(where: { line.contains($0) }), let start = line.firstRange(of: severity)?.lowerBound else { continue }
            return String(line[start...])
        }
        return nil
    }

    /// What it says before it has a log has no severity at all; behind that of its start, `LOG:` and `HINT:`, nothing was said.
    private static func plainWords(in path: String) -> String? {
        let last = lines(of: path).reversed().prefix { line in !(severities + ["LOG:", "HINT:"]).contains { line.contains($0) } }
        return last.isEmpty ? nil : last.prefix(2).reversed().joined(separator: " ")
    }

    private static func lines(of path: String) -> [Substring] {
        do { return try Files.text(path).split(separator: "\n") } catch { return [] }  // unreadable: the other log may tell
    }

    /// Nanoseconds since 1970; 0 when it isn't there.
    private static func written(_ path: String) -> Int64 {
        var info = stat()
        guard lstat(path, &info) == 0 else { return 0 }
        return Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec)
    }
}
