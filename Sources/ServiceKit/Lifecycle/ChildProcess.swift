import Glibc
import Platform

/// What to run as a child: an absolute path, arguments and the whole environment. Never a shell string.
public struct ChildCommand: Sendable {
    public var path: String
    public var arguments: [String]
    public var environment: [String]
    /// Descriptors the child gets under these numbers; whatever else this process opened is close-on-exec.
    public var descriptors: [(ours: Int32, theirs: Int32)]
    /// Opened for this child alone: closed in this process once it runs, or fails to.
    public var closesAfterStart: [Int32]

    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - environment: `NAME=value` lines.
    public init(path: String, arguments: [String], environment: [String], descriptors: [(ours: Int32, theirs: Int32)] = [], closesAfterStart: [Int32] = []) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.closesAfterStart = closesAfterStart
    }
}

/// How a child ended.
public enum ChildEnd: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case signaled(Int32)

    public var description: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .signaled(let number): "was ended by signal \(number) (\(String(cString: strsignal(number))))"
        }
    }
}

/// A running child. Its own process group, so that a terminal's Ctrl-C reaches only the supervisor, which then stops it in order.
public struct ChildProcess: Sendable {
    public let pid: pid_t

    public init(_ command: ChildCommand) throws(SystemError) {
        defer { for descriptor in command.closesAfterStart { close(descriptor) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (ours, theirs) in command.descriptors { posix_spawn_file_actions_adddup2(&actions, ours, theirs) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var argv: [UnsafeMutablePointer<CChar>?] = ([command.path] + command.arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = command.environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var child = pid_t()
        let code = posix_spawn(&child, command.path, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw SystemError(code: code, doing: "start \(command.path)") }
        pid = child
    }

    /// Sends a signal to the child alone.
    public func signal(_ number: Int32) { kill(pid, number) }

    /// How it ended, or nil while it runs. Asked again after that, it would ask about nobody: ask once.
    public func poll() -> ChildEnd? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signaled(status & 0x7F)
    }
}
