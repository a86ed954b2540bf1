import Dataflow
import Glibc
import Kernel
import PipelineJobs
import Platform
import RowSteps

/// The worker's line to its parent: messages go out whole, commands come in on a thread of their own.
///
/// When the parent is gone (its end of our input closes) the process ends at once: whoever has the run next must not find us writing.
final class WorkerChannel: Sendable {
    private let control: RunControl
    private let output = Locked(())
    /// The last checkpoint that was answered, and whether the answer was no.
    private let answer = Locked<(number: Int64, isRefused: Bool)>((0, false))
    private let answered = Semaphore()

    init(control: RunControl) { self.control = control }

    /// - Parameter rest: what was read behind the job's line already.
    func listen(rest: [UInt8]) {
        Threads.start(name: "commands") { [self] in
            var lines = LineReader(STDIN_FILENO, rest: rest)
            while let line = lines.next() {
                do throws(JSONError) { if let command = WorkerCommand(try JSONParser.parse(line)) { obey(command) } } catch { continue }
            }
            _exit(WorkerExit.orphaned)
        }
    }

    private func obey(_ command: WorkerCommand) {
        switch command {
        case .pause: control.pause()
        case .cancel: control.cancel()
        case .acknowledge(let number, let isRefused):
            answer.withLock { $0 = (number, isRefused) }
            answered.signal()
        }
    }

    func send(_ message: WorkerMessage) {
        let line = message.json.bytes + [0x0A]
        output.withLock { _ in
            // A parent that doesn't read any more is gone.
            do throws(SystemError) { try Files.writeAll(line, to: STDOUT_FILENO, name: "the parent") } catch { _exit(WorkerExit.orphaned) }
        }
    }

    /// Blocks until the parent has kept the checkpoint. - Returns: false when it refuses: another worker has the run.
    func keep(number: Int64, bytes: [UInt8], bytesRead: Int64, rows: JSON) -> Bool {
        send(.checkpoint(number: number, bytes: bytes, bytesRead: bytesRead, rows: rows))
        while true {
            let (last, isRefused) = answer.withLock { $0 }
            if isRefused { return false }
            if last >= number { return true }
            answered.wait()
        }
    }
}

/// How a worker's process ends.
public enum WorkerExit {
    public static let succeeded: Int32 = 0
    public static let failed: Int32 = 1
    /// The job can't be read.
    public static let usage: Int32 = 64
    /// Drained and waiting.
    public static let paused: Int32 = 75
    public static let cancelled: Int32 = 77
    /// The parent has gone.
    public static let orphaned: Int32 = 79
}
