import Foundation
import Glibc

/// Runs programs. By posix_spawn, as Foundation's `Process` lets a child inherit what another one's end is noticed by: beside one
/// that stays, such as an engine, one that ended seems to run for ever.
enum Command {
    struct Failed: Error, CustomStringConvertible { let description: String }

    /// Starts a program with its output appended to a file, and none of our descriptors.
    static func start(_ path: String, _ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        for descriptor in 3..<512 as Range<Int32> { posix_spawn_file_actions_addclose(&actions, descriptor) }  // one that isn't open is no error
        let strings = ([path] + arguments).map { strdup($0) }
        defer { for string in strings { free(string) } }
        var pid: pid_t = 0
        let outcome = posix_spawn(&pid, path, &actions, nil, strings + [nil], environ)
        guard outcome == 0 else { throw Failed(description: "\(path): \(String(cString: strerror(outcome)))") }
        return pid
    }

    /// Whether a program that was started has ended; it is reaped then.
    static func hasEnded(_ pid: pid_t) -> Int32? {
        var status: Int32 = 0
        return waitpid(pid, &status, WNOHANG) == pid ? status : nil
    }

    /// Runs a short program to its end.
    @discardableResult
    static func run(_ path: String, _ arguments: [String]) throws -> String {
        let file = NSTemporaryDirectory() + "mwt-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let pid = try start(path, arguments, output: file)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let output = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        guard status == 0 else { throw Failed(description: "\(path) \(arguments): \(output)") }
        return output
    }
}
