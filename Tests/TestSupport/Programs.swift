import Glibc
import Platform

/// Short programs of the system that a test needs done.
public enum Programs {
    /// Runs a program to its end.
    ///
    /// - Returns: what it wrote, to standard output and error.
    @discardableResult
    public static func run(_ arguments: [String]) throws -> String {
        let command = arguments.map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'" }.joined(separator: " ")
        guard let pipe = popen(command + " 2>&1", "r") else { throw SystemError.last("run \(arguments.first ?? "")") }
        defer { pclose(pipe) }
        return String(decoding: try Files.readAll(fileno(pipe), name: "output"), as: UTF8.self)
    }

    /// Whether a program of that name is on the path.
    public static func has(_ name: String) -> Bool { path(of: name) != nil }

    /// Where a program of that name is on the path.
    public static func path(of name: String) -> String? {
        (Environ["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
