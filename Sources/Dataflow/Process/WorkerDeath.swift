import Glibc
import Kernel
import PipelineJobs
import ServiceKit

/// How a worker went that gave no last word, as far as its parent can tell.
public struct WorkerDeath: Sendable, Equatable {
    public var end: ChildEnd
    /// The most memory it ever had, in bytes.
    public var peak: Int64
    /// The kernel ended it at the bound of its cgroup.
    public var wasOutOfMemory: Bool

    public init(_ end: ChildEnd, peak: Int64 = 0, wasOutOfMemory: Bool = false) {
        self.end = end
        self.peak = peak
        self.wasOutOfMemory = wasOutOfMemory
    }

    /// How script engines and allocators end a process that gets no more memory.
    private static let crashes: Set<Int32> = [SIGABRT, SIGSEGV, SIGTRAP, SIGILL, SIGBUS]

    private func isMemory(_ limits: WorkerJob.Limits) -> Bool {
        if wasOutOfMemory { return true }
        guard case .signaled(let number) = end, Self.crashes.contains(number) else { return false }
        return peak > (limits.scripts > 0 ? limits.scripts : limits.memory ?? .max)
    }

    /// Started again it would end the same way.
    public func isFinal(_ limits: WorkerJob.Limits) -> Bool { isMemory(limits) }

    /// As a report's `failure`.
    public func failure(_ limits: WorkerJob.Limits) -> JSON {
        var (category, what, why, fix) = (
            "defect", "the pipeline's worker process ended", "it \(end)",
            "Run it again: it goes on from the last checkpoint. If it ends again, report it with the pipeline's document"
        )
        if isMemory(limits) {
            let bound = wasOutOfMemory ? limits.group : limits.memory ?? limits.group
            category = "resource"
            what = "the pipeline's worker used too much memory"
            why = "it had \(Bytes(peak)) when it \(end)" + (bound.map { "; a worker of this pipeline may have \(Bytes($0))" } ?? "")
            fix = limits.scripts > 0
                ? "Let the script hold less, or raise memoryLimit of its javascript step (\(Bytes(limits.scripts)) for all scripts now); then run it again: it goes on from the last checkpoint"
                : "Lower source.delimited.rowLimit, or give the run smaller rows; then run it again: it goes on from the last checkpoint"
        } else if case .signaled(SIGKILL) = end {
            why += ", with \(Bytes(peak)) of memory; the system does that when memory runs out, if it wasn't somebody"
            fix = "Free memory on this machine, or lower memoryLimit of scripts; then run it again: it goes on from the last checkpoint"
        }
        return ["severity": "fatal", "category": .string(category), "what": .string(what), "where": [:], "why": .string(why), "fix": .string(fix)]
    }
}
