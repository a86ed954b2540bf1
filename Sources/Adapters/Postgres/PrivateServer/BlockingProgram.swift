import Glibc
import Platform

/// Runs a short program to its end: `initdb`, `postgres --version`. Blocks the calling thread.
enum BlockingProgram {
    struct Outcome {
        let status: Int32
        /// Standard output and standard error together.
        let output: String
        var isSuccess: Bool { status == 0 }
    }

    /// - Parameter arguments: an absolute path and its arguments.
    static func run(_ arguments: [String]) throws(SystemError) -> Outcome {
        guard let program = arguments.first else { throw SystemError(code: EINVAL, doing: "run nothing") }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw .last("make a pipe") }
        let (reader, writer) = (ends[0], ends[1])
        defer { close(reader) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, writer, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, writer, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = ServerCommandLine.environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var child = pid_t()
        let code = posix_spawn(&child, program, &actions, &attributes, &argv, &envp)
        close(writer)
        guard code == 0 else { throw SystemError(code: code, doing: "start \(program)") }
        let output = Result { () throws(SystemError) in try Files.readAll(reader, name: "the output of \(program)", limit: 1 << 20) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { if errno != EINTR { throw .last("wait for \(program)") } }
        return Outcome(
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F), output: String(decoding: try output.get(), as: UTF8.self))
    }
}
