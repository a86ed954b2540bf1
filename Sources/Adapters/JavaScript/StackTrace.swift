/// The engine's stack traces, reduced to what the user wrote.
enum StackTrace {
    /// Scripts of the adapter's own have addresses that begin so.
    static let ownPrefix = "millwright:"
    /// Users' modules are evaluated below one line of wrapping, with this before their name.
    static let modulePrefix = "module:"
    static let wrapperLines = 1

    /// One frame of `error.stack`: `name@address:line:column`.
    static func places(_ stack: String) -> [(name: String, place: ScriptPlace)] {
        var result: [(name: String, place: ScriptPlace)] = []
        for line in stack.split(separator: "\n") {
            guard let found = place(ofFrame: line) else { continue }
            result.append(found)
            if result.count == 12 { break }
        }
        return result
    }

    private static func place(ofFrame line: Substring) -> (name: String, place: ScriptPlace)? {
        guard let start = line.range(of: "@" + modulePrefix) else { return nil }
        let name = line[..<start.lowerBound]
        let parts = line[start.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let row = Int(parts[parts.count - 2]), let column = Int(parts[parts.count - 1]) else { return nil }
        let module = parts[..<(parts.count - 2)].joined(separator: ":")
        return (String(name), ScriptPlace(module: module, line: row - wrapperLines, column: column))
    }

    /// A backtrace as the engine gives it for a running script: `#0 name() at address:line`.
    static func places(backtrace: String) -> [(name: String, place: ScriptPlace)] {
        var result: [(name: String, place: ScriptPlace)] = []
        for line in backtrace.split(separator: "\n") {
            guard let at = line.range(of: " at " + modulePrefix) else { continue }
            let words = line[..<at.lowerBound].split(separator: " ", maxSplits: 1)
            var name = words.count > 1 ? String(words[1]) : ""
            if name.hasSuffix("()") { name.removeLast(2) }
            let parts = line[at.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count >= 2, let row = Int(parts[parts.count - 1]) else { continue }
            let place = ScriptPlace(module: parts[..<(parts.count - 1)].joined(separator: ":"), line: row - wrapperLines)
            result.append((name, place))
        }
        return result
    }

    /// `normalise (line 12, column 3)`: a frame as a user reads it.
    static func text(_ frame: (name: String, place: ScriptPlace)) -> String {
        (frame.name.isEmpty ? "the module's own code" : frame.name) + " (\(frame.place))"
    }
}

extension Substring {
    /// Where a text stands first.
    fileprivate func range(of text: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }
}
