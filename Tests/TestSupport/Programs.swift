import Glibc
import Platform

/// Short programs of the system that a test needs done.
public enum Programs {
    /// Runs a program to its end.
    ///
    /// - Returns: what it wrote, to standard output and error.
    @discardableResult
    public static func run(_ arguments: [String]) -> String {
        let command = arguments.map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'" }.joined(separator: " ")
        guard let pipe = popen(command + " 2>&1", "r") else { return "\(SystemError.last("run \(command)"))" }
        defer { pclose(pipe) }
        do { return String(decoding: try Files.readAll(fileno(pipe), name: "output"), as: UTF8.self) } catch { return "\(error)" }
    }

    /// Whether a program of that name is on the path.
    public static func has(_ name: String) -> Bool {
        (Environ["PATH"] ?? "").split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}
