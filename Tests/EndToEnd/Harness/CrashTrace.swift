import Foundation
import Platform
import ServiceKit
import TestSupport

/// Runs a command with everything below it under ptrace, and ends all of it with SIGKILL just before or just after a chosen system call that
/// changes something outside: a write, a sync, a rename, a removal, a message to a database.
///
/// So every boundary there is can be the last, and the product knows nothing of it. Everything happens on the calling thread, which is the tracer.
struct CrashTrace {
    struct Outcome {
        /// What the processes did, in order: `before fsync rows.csv.partial`.
        var moments: [String]
        /// As a shell tells it; nil: killed.
        var status: Int32?
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    #if arch(x86_64)
        private static let calls: [UInt64: String] = [
            1: "write", 18: "pwrite", 20: "writev", 44: "send", 46: "sendmsg", 74: "fsync", 75: "fdatasync", 77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 87: "unlink", 263: "unlink", 264: "rename",
            277: "sync", 316: "rename",
        ]
    #else
        private static let calls: [UInt64: String] = [
            34: "mkdir", 35: "unlink", 38: "rename", 46: "ftruncate", 64: "write", 66: "writev", 68: "pwrite", 82: "fsync", 83: "fdatasync", 84: "sync", 206: "send", 211: "sendmsg", 276: "rename",
        ]
    #endif
    /// Those whose first argument is a descriptor.
    private static let onDescriptors: Set<String> = ["write", "pwrite", "writev", "fsync", "fdatasync", "ftruncate", "sync"]

    // ptrace is variadic in C, which Swift doesn't import; on Linux it is called like any other function.
    private typealias Ptrace = @convention(c) (Int, Int32, UInt, UInt) -> Int
    private static let ptrace: Ptrace? = dlsym(nil, "ptrace").map { unsafeBitCast($0, to: Ptrace.self) }
    private enum Request {
        static let getEventMessage = 0x4201, seize = 0x4206, interrupt = 0x4207, syscallInfo = 0x420E, goOn = 24
    }

    private static let goodSyscalls: UInt = 1, forks: UInt = 2 | 4 | 8, execs: UInt = 16, killsAtExit: UInt = 0x100000

    private let path: String, arguments: [String], environment: [String: String], log: String

    init(_ path: String, _ arguments: [String], environment: [String: String], log: String) {
        (self.path, self.arguments, self.environment, self.log) = (path, arguments, environment, log)
    }

    /// Whether processes may be traced here; else the reason is printed, and where it is required the tests fail by themselves.
    static let isAllowed: Bool = {
        let outcome = try? CrashTrace("/bin/true", [], environment: [:], log: "/dev/null").run(last: nil)
        return Capability.check("ptrace", outcome?.status == 0 ? nil : "this machine lets nobody trace processes (a container needs the capability SYS_PTRACE)")
    }()

    /// - Parameter last: the moment that is the last, counted from 0; nil: none.
    func run(last: Int?) throws -> Outcome {
        guard let ptrace = Self.ptrace else { throw Refused(description: "this C library has no ptrace") }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Refused(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let child = try ChildProcess(
            ChildCommand(
                path: "/bin/sh", arguments: ["-c", "read go; exec \"$0\" \"$@\" </dev/null", path] + arguments, environment: Shell.lines(environment), descriptors: [(ends[0], 0), (output, 1), (output, 2)],
                closesAfterStart: [ends[0], output]))
        guard ptrace(Request.seize, child.pid, 0, Self.goodSyscalls | Self.forks | Self.execs | Self.killsAtExit) == 0, ptrace(Request.interrupt, child.pid, 0, 0) == 0 else {
            child.signal(SIGKILL)
            throw Refused(description: "ptrace is refused (errno \(errno))")
        }
        _ = write(ends[1], "\n", 1)
        close(ends[1])
        return try follow(child.pid, last, ptrace)
    }

    private func follow(_ main: pid_t, _ last: Int?, _ ptrace: Ptrace) throws -> Outcome {
        var outcome = Outcome(moments: [], status: nil)
        var living: Set<pid_t> = [main], entered: [pid_t: String] = [:]
        var isDead = false
        func happens(_ moment: String) {
            guard !isDead else { return }
            if outcome.moments.count == last {
                isDead = true
                for one in living { kill(one, SIGKILL) }
            }
            outcome.moments.append(moment)
        }
        while !living.isEmpty {
            var status: Int32 = 0
            // Only what this thread started or traces.
            let one = waitpid(-1, &status, 0x4000_0000 | 0x2000_0000)
            if one < 0, errno == EINTR { continue }
            guard one > 0 else { break }
            guard status & 0xFF == 0x7F else {
                living.remove(one)
                if one == main, !isDead { outcome.status = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
                continue
            }
            living.insert(one)
            let signal = status >> 8 & 0xFF, event = status >> 16
            if isDead { kill(one, SIGKILL) }
            var deliver: UInt = 0
            if signal == SIGTRAP | 0x80 {
                if let (name, isEntry) = call(of: one, ptrace, &entered) { happens((isEntry ? "before " : "after ") + name) }
            } else if event == 0 {
                deliver = UInt(signal)
            } else if event <= 3 {
                var message: UInt = 0
                _ = withUnsafeMutablePointer(to: &message) { ptrace(Request.getEventMessage, one, 0, UInt(bitPattern: $0)) }
                if message > 0 { living.insert(pid_t(truncatingIfNeeded: message)) }
            }
            _ = ptrace(Request.goOn, one, 0, deliver)
        }
        return outcome
    }

    /// The system call that a thread is about to do, or has done, if it is one that counts.
    private func call(of thread: pid_t, _ ptrace: Ptrace, _ entered: inout [pid_t: String]) -> (String, Bool)? {
        // op (1 entry, 2 exit), padding, architecture, instruction, stack; then the number and six arguments.
        var info = [UInt64](repeating: 0, count: 12)
        let size = UInt(info.count * 8)
        guard info.withUnsafeMutableBytes({ ptrace(Request.syscallInfo, thread, size, UInt(bitPattern: $0.baseAddress)) }) > 0 else { return nil }
        switch info[0] & 0xFF {
        case 1:
            entered[thread] = nil
            guard let name = Self.calls[info[3]], let text = Self.words(name, thread, info[4]) else { return nil }
            entered[thread] = text
            return (text, true)
        case 2: return entered.removeValue(forKey: thread).map { ($0, false) }
        default: return nil
        }
    }

    /// With the file's name where there is one; nil for writes to what is no file.
    private static func words(_ name: String, _ thread: pid_t, _ argument: UInt64) -> String? {
        guard onDescriptors.contains(name) else { return name }
        var room = [CChar](repeating: 0, count: 512)
        let count = readlink("/proc/\(thread)/fd/\(argument)", &room, room.count - 1)
        guard count > 0 else { return nil }
        let path = String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard path.hasPrefix("/tmp/") else { return nil }
        let last = path.split(separator: "/").last ?? ""
        // Without the run's identity, which is another each time.
        let parts = last.split(separator: ".")
        return name + " " + (parts.count > 2 ? "\(parts.first ?? "").\(parts.last ?? "")" : String(last))
    }
}
