import Kernel
import Platform

/// What happened in a run, line by line, the last of it: printed when a property fails.
public final class Trace: Sendable {
    private let lines = Locked<[String]>([])
    private let limit: Int

    public init(limit: Int = 400) { self.limit = limit }

    public func note(_ line: @autoclosure () -> String) {
        let line = line()
        lines.withLock { lines in
            lines.append(line)
            if lines.count > 2 * limit { lines.removeFirst(limit) }
        }
    }

    public var text: String { lines.withLock { $0.suffix(limit).joined(separator: "\n") } }
}
