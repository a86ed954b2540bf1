import Dataflow
import Glibc
import Kernel
import PipelineJobs
import Platform
import RowSteps

/// The worker process of a run: reads its job, runs the engine, and says on standard output how it goes.
public enum PipelineWorker {
    /// - Returns: the exit status (`WorkerExit`).
    public static func run() -> Int32 {
        var lines = LineReader(STDIN_FILENO)
        guard let line = lines.next(), let job = parse(line) else {
            let text = "millwright: pipeline-worker reads its job as JSON from standard input; it is started by 'millwright pipeline run' and by the control plane\n"
            do throws(SystemError) { try Files.writeAll(Array(text.utf8), to: STDERR_FILENO, name: "standard error") } catch { return WorkerExit.usage }
            return WorkerExit.usage
        }
        let control = RunControl()
        let channel = WorkerChannel(control: control)
        do throws(SystemError) {
            let inForce = try ProcessLimits.apply(job.limits)
            channel.send(.started(pid: Int64(getpid()), inForce: inForce))
        } catch {
            return fail(PipelineProblem(.fatal, .resource, what: "the worker can't be bounded", why: "\(error)", fix: "Start Millwright with the rights to do so"), channel)
        }
        channel.listen(rest: lines.rest)
        let lock: FileLock
        do throws(SystemError) {
            try Files.makeDirectory(job.workDirectory, mode: 0o700)
            lock = try waitForLock("\(job.workDirectory)/lock")
        } catch {
            return fail(PipelineProblem(.fatal, .resource, what: "the run's own directory can't be used", at: .init(file: job.workDirectory), why: "\(error)", fix: "Make it writable for the run's user", isTransient: true), channel)
        }
        return withExtendedLifetime(lock) { perform(job, channel, control) }
    }

    private static func parse(_ line: [UInt8]) -> WorkerJob? {
        do throws(JSONError) { return WorkerJob(try JSONParser.parse(line)) } catch { return nil }
    }

    /// An earlier worker of this run may still be on its way out.
    private static func waitForLock(_ path: String) throws(SystemError) -> FileLock {
        for _ in 0..<600 {
            if let lock = try FileLock(path: path) { return lock }
            usleep(50_000)
        }
        throw SystemError(code: EBUSY, doing: "take \(path): another worker of this run holds it")
    }

    private static func perform(_ job: WorkerJob, _ channel: WorkerChannel, _ control: RunControl) -> Int32 {
        do throws(PipelineProblem) {
            let compiler = try JobCompiler(job)
            switch job.purpose {
            case .run, .profile: return try RunWork(compiler, channel: channel, control: control).run()
            case .validate: return try ValidationWork(compiler, channel: channel).run()
            case .test: return try TestWork(compiler, channel: channel).run()
            }
        } catch { return fail(error.namingUser(job), channel) }
    }

    static func fail(_ problem: PipelineProblem, _ channel: WorkerChannel) -> Int32 {
        var report = PipelineReport(outcome: .failed)
        report.failure = problem
        channel.send(.finished(report: report.json, isTransient: problem.isTransient))
        return WorkerExit.failed
    }
}
