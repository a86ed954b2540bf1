import Glibc
import Kernel
import PipelineJobs
import PipelineProcess
import Platform
import ServiceKit

/// One or more workers in a row for one job: heard to their end, and started again from the last checkpoint when they die on the way.
struct WorkerConversation {
    /// What came of it.
    struct Outcome {
        /// nil: the worker died without a last word, as often as it was started.
        var report: JSON?
        var exit: WorkerDeath
        var attempts: Int
        var inForce: [String]
        var tests: [JSON]
        /// Of what the worker told on the way the first.
        var problems: [JSON] = []
        /// What the worker was held to.
        var limits: WorkerJob.Limits
    }

    var job: WorkerJob
    /// It can go on from a checkpoint.
    var isResumable: Bool
    /// The first worker, when it was started already.
    var waiting: WorkerProcess?
    var onMessage: (WorkerMessage) -> Void = { _ in }

    private static let mostDeaths = 5
    private static let mostProblems = 10

    /// - Parameter current: where the running worker is put, for signals.
    func run(current: Locked<WorkerProcess?>) throws -> Outcome {
        var outcome = Outcome(report: nil, exit: WorkerDeath(.exited(0)), attempts: 0, inForce: [], tests: [], limits: job.limits)
        var deaths = 0
        while true {
            let worker: WorkerProcess
            if outcome.attempts == 0, let waiting { worker = waiting } else { worker = try Self.start() }
            worker.begin(job)
            outcome.attempts += 1
            current.withLock { $0 = worker }
            var isLively = false
            loop: while true {
                switch worker.next() {
                case .message(let message):
                    switch message {
                    case .started(_, let inForce): outcome.inForce = inForce
                    case .finished(let report, _): outcome.report = report
                    case .tests(let results): outcome.tests = results
                    case .progress(let report): isLively = isLively || (report["checkpoints"]?.int ?? 0) > 0
                    case .checkpoint(let number, _, _, _): worker.send(.acknowledge(number: number, isRefused: false))
                    case .problem(let problem): if outcome.problems.count < Self.mostProblems { outcome.problems.append(problem) }
                    case .log: break
                    }
                    onMessage(message)
                case .ended(let end):
                    outcome.exit = end
                    break loop
                }
            }
            current.withLock { $0 = nil }
            if outcome.report != nil || !outcome.tests.isEmpty || outcome.exit.end == .exited(0) || outcome.exit.end == .exited(64) { return outcome }
            if outcome.exit.isFinal(job.limits) { return outcome }
            deaths = isLively ? 1 : deaths + 1
            guard isResumable, deaths < Self.mostDeaths else { return outcome }
            Terminal.note("millwright: the worker \(outcome.exit.end); it is started again from the last checkpoint")
            usleep(UInt32(200_000 << min(deaths, 5)))
        }
    }

    /// A worker that waits for its job.
    static func start() throws -> WorkerProcess {
        // The runtime's own crash report takes seconds and says nothing to the user.
        var environment = Environ.all.keys.sorted().map { "\($0)=\(Environ[$0] ?? "")" }
        if Environ["SWIFT_BACKTRACE"] == nil { environment.append("SWIFT_BACKTRACE=enable=no") }
        do throws(SystemError) { return try WorkerProcess(executable: try executable(), environment: environment, standardInput: STDIN_FILENO, standardOutput: STDOUT_FILENO) } catch {
            throw CommandFailure(ExitStatus.failure, "the pipeline's worker can't be started: \(error)")
        }
    }

    private static func executable() throws(SystemError) -> String {
        guard let path = Files.resolved("/proc/self/exe") else { throw .last("find this program's own file through /proc/self/exe") }
        return path
    }
}
