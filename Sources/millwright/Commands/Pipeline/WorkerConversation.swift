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
        var exit: ChildEnd
        var attempts: Int
        var inForce: [String]
        var tests: [JSON]
    }

    var job: WorkerJob
    /// It can go on from a checkpoint.
    var isResumable: Bool
    var onMessage: (WorkerMessage) -> Void = { _ in }

    private static let mostDeaths = 5

    /// - Parameter current: where the running worker is put, for signals.
    func run(current: Locked<WorkerProcess?>) throws -> Outcome {
        var outcome = Outcome(report: nil, exit: .exited(0), attempts: 0, inForce: [], tests: [])
        var deaths = 0
        let executable = try Self.executable()
        // The runtime's own crash report takes seconds and says nothing to the user.
        var environment = Environ.all.keys.sorted().map { "\($0)=\(Environ[$0] ?? "")" }
        if Environ["SWIFT_BACKTRACE"] == nil { environment.append("SWIFT_BACKTRACE=enable=no") }
        while true {
            outcome.attempts += 1
            let worker: WorkerProcess
            do throws(SystemError) {
                worker = try WorkerProcess(
                    job, executable: executable, environment: environment,
                    standardInput: job.inputOverride == "-" || job.spec["source"]?["delimited"]?["path"] == "-" ? STDIN_FILENO : nil)
            } catch { throw CommandFailure(ExitStatus.failure, "the pipeline's worker can't be started: \(error)") }
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
                    case .checkpoint(let number, _, _): worker.send(.acknowledge(number: number, isRefused: false))
                    case .problem, .log: break
                    }
                    onMessage(message)
                case .ended(let end):
                    outcome.exit = end
                    break loop
                }
            }
            current.withLock { $0 = nil }
            if outcome.report != nil || !outcome.tests.isEmpty || outcome.exit == .exited(0) || outcome.exit == .exited(64) { return outcome }
            deaths = isLively ? 1 : deaths + 1
            guard isResumable, deaths < Self.mostDeaths else { return outcome }
            Terminal.note("millwright: the worker \(outcome.exit); it is started again from the last checkpoint")
            usleep(UInt32(200_000 << min(deaths, 5)))
        }
    }

    static func executable() throws -> String {
        guard let path = Files.resolved("/proc/self/exe") else { throw CommandFailure(ExitStatus.failure, "this program can't find its own file through /proc/self/exe; mount /proc") }
        return path
    }
}
