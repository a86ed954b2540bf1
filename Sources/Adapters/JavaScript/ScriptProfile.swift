import Kernel

/// Where a script's time goes, by samples: what the engine was at each millisecond of running, with the line of the user's text.
///
/// Honest within its means: a sample counts for the line that was executing or had called into the language (`JSON.parse`, a regular
/// expression); the engine's optimised code reports the line its instruction came from. Under a few hundred samples the shares are rough.
public struct ScriptProfile: Sendable, Equatable {
    public struct Line: Sendable, Equatable {
        public var module: String
        public var line: Int
        /// The function the line is in; empty for a module's own code.
        public var function: String
        public var samples: Int
    }

    /// Lines of the user's text, most samples first.
    public private(set) var lines: [Line] = []
    /// Samples outside the user's text: cutting cells, listing results.
    public private(set) var handover = 0
    /// Between two samples, in seconds.
    public private(set) var interval = 0.001

    public var samples: Int { handover + lines.reduce(0) { $0 + $1.samples } }

    public init() {}

    /// - Parameter text: the engine's JSON.
    init(_ text: String) {
        let document: JSON
        do throws(JSONError) { document = try JSONParser.parse(Array(text.utf8)) } catch { return }
        var urls: [Int64: String] = [:]
        for source in document["sources"]?.array ?? [] {
            if let id = source["sourceID"]?.int, let url = source["url"]?.string { urls[id] = url }
        }
        if let seconds = document["interval"]?.double, seconds > 0 { interval = seconds }
        for trace in document["traces"]?.array ?? [] { add(trace["frames"]?.array ?? [], urls) }
        sort()
    }

    private mutating func add(_ frames: [JSON], _ urls: [Int64: String]) {
        for frame in frames {
            guard let id = frame["sourceID"]?.int, let url = urls[id] else { continue }
            guard url.hasPrefix(StackTrace.modulePrefix), let line = frame["line"]?.int, line > 0, line < 1 << 31 else { continue }
            let module = String(url.dropFirst(StackTrace.modulePrefix.count)), number = Int(line) - StackTrace.wrapperLines
            if let known = lines.firstIndex(where: { $0.module == module && $0.line == number }) {
                lines[known].samples += 1
            } else {
                lines.append(Line(module: module, line: number, function: frame["name"]?.string ?? "", samples: 1))
            }
            return
        }
        handover += 1
    }

    /// Both together, of several machines or moments.
    public mutating func add(_ other: ScriptProfile) {
        for line in other.lines {
            if let known = lines.firstIndex(where: { $0.module == line.module && $0.line == line.line }) {
                lines[known].samples += line.samples
            } else {
                lines.append(line)
            }
        }
        handover += other.handover
        sort()
    }

    private mutating func sort() {
        lines.sort { ($1.samples, $0.module, $0.line) < ($0.samples, $1.module, $1.line) }
    }
}
