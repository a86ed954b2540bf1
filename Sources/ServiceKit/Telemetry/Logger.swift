import Glibc
import Kernel
import Platform

/// How serious a log line is.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error
    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
    public var name: String { ["debug", "info", "warn", "error"][rawValue] }
}

/// The correlation id of the work that the current task does: from the event that caused it to the last action it takes.
public enum Correlation {
    @TaskLocal public static var id: String?
}

/// Structured logging: a message and fields, one line each, as JSON or as text for people.
///
/// Never pass a secret; the caller answers for its fields. Lines go out whole (one `write`), also from many threads.
public struct Logger: Sendable {
    public enum Format: String, Sendable { case json, text }
    public typealias Sink = @Sendable ([UInt8]) -> Void

    private let minimum: LogLevel
    private let format: Format
    private let clocks: any Clocks
    private let sink: Sink
    private var fields: [(String, String)] = []

    public init(
        minimum: LogLevel = .info, format: Format = .json, clocks: any Clocks = SystemClocks(), sink: @escaping Sink = Logger.standardError
    ) {
        self.minimum = minimum
        self.format = format
        self.clocks = clocks
        self.sink = sink
    }

    /// For tests and benchmarks.
    public static let disabled = Logger(minimum: .error, sink: { _ in })

    public static let standardError: Sink = { bytes in
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let written = write(STDERR_FILENO, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if written < 0 {
                    if errno == EINTR { continue }
                    return
                }
                done += written
            }
        }
    }

    /// The same logger, with fields that every line carries.
    public func with(_ fields: KeyValuePairs<String, String>) -> Logger {
        var copy = self
        copy.fields += fields.map { ($0.key, $0.value) }
        return copy
    }

    public func debug(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { log(.debug, message, fields) }
    public func info(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { log(.info, message, fields) }
    public func warning(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { log(.warning, message, fields) }
    public func error(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { log(.error, message, fields) }

    private func log(_ level: LogLevel, _ message: () -> String, _ extra: KeyValuePairs<String, String>) {
        guard level >= minimum else { return }
        var all = fields + extra.map { ($0.key, $0.value) }
        if let correlation = Correlation.id { all.append(("correlation", correlation)) }
        let time = clocks.now.text(fractionDigits: 3)
        var writer = JSONWriter(reservingCapacity: 256)
        switch format {
        case .json:
            var line = JSONObject([("time", .string(time)), ("level", .string(level.name)), ("message", .string(message()))])
            for (name, value) in all { line[name] = .string(value) }
            writer.write(.object(line))
        case .text:
            writer.raw("\(time) \(level.name) \(message())")
            for (name, value) in all {
                writer.raw(" \(name)=")
                if value.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 < 0x7F }), !value.isEmpty {
                    writer.raw(value)
                } else {
                    writer.string(value)
                }
            }
        }
        writer.raw("\n")
        sink(writer.bytes)
    }
}
