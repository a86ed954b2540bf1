import Kernel
import PipelineJobs
import PipelineProcess
import Platform
import Reconciliation
import ServiceKit

/// A worker that is started for one answer and waited for: to look at a document, or to clear something away.
struct WorkerErrand: Sendable {
    /// The absolute path of this program.
    let executable: String
    let clocks: any WaitingClocks

    /// One that takes longer hangs at something: a share that doesn't answer, a pipe that nobody writes to.
    static let longest = Duration.seconds(30)

    /// What every worker of a server is started with: nothing of ours, and no crash report of the runtime, which takes seconds and says nothing to the user.
    static let environment = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8", "SWIFT_BACKTRACE=enable=no"]

    /// - Parameters:
    ///   - what: for messages: `the pipeline can't be checked`.
    ///   - late: the same for a worker that doesn't come to an end.
    ///   - hear: makes of what the worker says the answer.
    func run<Answer: Sendable>(
        _ job: WorkerJob, what: String, late: String, hear: @escaping @Sendable (WorkerProcess, AsyncStream<WorkerProcess.Event>) async -> Answer
    ) async throws(ActionFailure) -> Answer {
        let worker: WorkerProcess
        do throws(SystemError) { worker = try WorkerProcess(job, executable: executable, environment: Self.environment) } catch { throw .transient("\(what): \(error)") }
        let events = worker.events()
        let isLate = Locked(false)
        return try await withTaskGroup(of: Void.self) { group async -> Result<Answer, ActionFailure> in
            group.addTask { [clocks] in
                do { try await clocks.sleep(for: Self.longest) } catch { return }
                isLate.withLock { $0 = true }
                worker.kill()
            }
            let answer = await hear(worker, events)
            group.cancelAll()
            return isLate.withLock { $0 } ? .failure(.transient(late)) : .success(answer)
        }.get()
    }
}

extension WorkerProcess {
    /// What it says, in order; the last is its end. Once.
    func events() -> AsyncStream<Event> {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        Threads.start(name: "pipeline-worker") {
            while true {
                let event = self.next()
                continuation.yield(event)
                if case .ended = event { break }
            }
            continuation.finish()
        }
        return events
    }
}
