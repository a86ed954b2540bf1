import Glibc
import Kernel
import PipelineJobs
import Platform
import ServiceKit

/// A pipeline worker from its parent's side: started with a job, heard line by line, told what to do.
///
/// `next` is for one thread; the rest may be called from any. The worker ends when this object's end of its input is closed, so it
/// never outlives its parent for long.
public final class WorkerProcess: Sendable {
    /// What comes from the worker.
    public enum Event: Sendable, Equatable {
        case message(WorkerMessage)
        /// It is gone; nothing comes after this.
        case ended(WorkerDeath)
    }

    private struct State {
        var buffer: [UInt8] = []
        var parsed = 0
        var isOutputOver = false
    }

    public let pid: pid_t
    private let group = Locked<MemoryGroup?>(nil)
    private let child: ChildProcess
    /// Its standard input: a socket, so that writing to a worker that has gone is an error and no signal.
    private let input: Int32
    private let output: Int32
    /// Touched by `next` alone.
    private let state = Locked(State())
    private let isInputOpen = Locked(true)

    /// A message may hold a checkpoint; larger ones mean that the worker is out of its mind.
    private static let maximumLine = 256 << 20

    public convenience init(_ job: WorkerJob, executable: String, environment: [String]) throws(SystemError) {
        try self.init(executable: executable, environment: environment)
        begin(job)
    }

    /// A worker without a job yet: it loads its libraries while the job is made.
    ///
    /// - Parameters:
    ///   - executable: an absolute path of this same program.
    ///   - standardInput: what the worker may read as `-`; nil: nothing.
    ///   - standardOutput: what the worker may write rows to as `-`; nil: nothing.
    ///   - environment: `NAME=value` lines.
    public init(executable: String, environment: [String], standardInput: Int32? = nil, standardOutput: Int32? = nil) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &ends) == 0 else { throw .last("make a socket for the pipeline worker") }
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else {
            let error = SystemError.last("make a pipe for the pipeline worker")
            close(ends[0])
            close(ends[1])
            throw error
        }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Out of the way of the numbers that the child's get: those are taken one after the other.
        (ends[1], pipes[1]) = (Self.raised(ends[1]), Self.raised(pipes[1]))
        (input, output) = (ends[0], pipes[0])
        var descriptors: [(ours: Int32, theirs: Int32)] = [(ends[1], STDIN_FILENO), (pipes[1], STDOUT_FILENO)]
        // Copies: the child has another 0 and 1 by the time these are handed on.
        for (ours, theirs) in [(standardInput, Self.dataDescriptor), (standardOutput, Self.resultDescriptor)] {
            if let ours, case let copy = fcntl(ours, F_DUPFD_CLOEXEC, 16), copy >= 0 { descriptors.append((copy, theirs)) }
        }
        do throws(SystemError) {
            child = try ChildProcess(
                ChildCommand(
                    path: executable, arguments: ["pipeline-worker"], environment: environment, descriptors: descriptors,
                    closesAfterStart: descriptors.map(\.ours)))
        } catch {
            close(ends[0])
            close(pipes[0])
            throw error
        }
        pid = child.pid
    }

    /// Once, and first.
    public func begin(_ job: WorkerJob) {
        var job = job
        let made = job.limits.group.flatMap { MemoryGroup.make(limit: $0) }
        group.withLock { $0 = made }
        if let made {
            // Beside its start, which takes as long: there is nothing yet that could grow.
            Threads.start(name: "memory-group") { [pid] in _ = made.add(pid) }
        } else {
            job.limits.group = nil
        }
        send(line: job.json.bytes)
    }

    /// The same file under a number of 16 or more, where one is free.
    private static func raised(_ descriptor: Int32) -> Int32 {
        let high = fcntl(descriptor, F_DUPFD_CLOEXEC, 16)
        guard high >= 0 else { return descriptor }
        close(descriptor)
        return high
    }

    deinit {
        isInputOpen.withLock { if $0 { close(input) } }
        close(output)
    }

    /// The descriptor the worker finds its parent's standard input under.
    public static let dataDescriptor: Int32 = 3
    /// And its standard output.
    public static let resultDescriptor: Int32 = 4

    public func send(_ command: WorkerCommand) { send(line: command.json.bytes) }

    /// Ends it at once.
    public func kill() { child.signal(SIGKILL) }

    /// Ends a worker that there is nothing to do for, and waits until it is gone.
    public func dismiss() {
        kill()
        while true { if case .ended = next() { return } }
    }

    /// A worker that has gone is noticed by `next`.
    private func send(line: [UInt8]) {
        let bytes = line + [0x0A]
        isInputOpen.withLock { isOpen in
            guard isOpen else { return }
            var done = 0
            while done < bytes.count {
                let count = bytes.withUnsafeBytes { Glibc.send(input, $0.baseAddress.map { $0 + done }, $0.count - done, Int32(MSG_NOSIGNAL)) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                done += count
            }
        }
    }

    /// What the worker says next; blocks until it says something or ends.
    public func next() -> Event {
        state.withLock { state in
            while true {
                if let line = Self.line(&state) {
                    do { if let message = WorkerMessage(try JSONParser.parse(line)) { return .message(message) } } catch { continue }
                    continue
                }
                if state.isOutputOver || !fill(&state) { return .ended(reap()) }
            }
        }
    }

    private static func line(_ state: inout State) -> [UInt8]? {
        guard let end = state.buffer[state.parsed...].firstIndex(of: 0x0A) else {
            if state.parsed > 0 { state.buffer.removeFirst(state.parsed) }
            state.parsed = 0
            return nil
        }
        defer { state.parsed = end + 1 }
        return Array(state.buffer[state.parsed..<end])
    }

    /// False at the end of the worker's output.
    private func fill(_ state: inout State) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0, state.buffer.count + count <= Self.maximumLine else {
                state.isOutputOver = true
                if count > 0 { kill() }
                return false
            }
            state.buffer.append(contentsOf: chunk[..<count])
            return true
        }
    }

    private func reap() -> WorkerDeath {
        isInputOpen.withLock { isOpen in
            if isOpen { close(input) }
            isOpen = false
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0 { if errno != EINTR { return WorkerDeath(.exited(-1)) } }
        let end = status & 0x7F == 0 ? ChildEnd.exited(status >> 8 & 0xFF) : .signaled(status & 0x7F)
        let group = group.withLock { $0 }
        let death = WorkerDeath(end, peak: Int64(usage.ru_maxrss) << 10, wasOutOfMemory: end == .signaled(SIGKILL) && group?.hasKilled == true)
        group?.remove()
        return death
    }
}
