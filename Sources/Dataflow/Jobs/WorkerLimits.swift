import Resources

extension WorkerJob.Limits {
    /// Memory of a worker for everything but its scripts: batches, steps with state, the program.
    public static let workerMemory: Int64 = 1 << 30
    /// The script engine reserves address space that counts as data and never becomes memory: 5.25 GiB a process, measured with JavaScriptCore
    /// 2.50 by lowering RLIMIT_DATA until it aborted.
    static let scriptReservation: Int64 = 6 << 30

    /// The bounds that follow from a pipeline's document.
    ///
    /// A script's own watch comes first, as it knows the row and the line; these are for what grows faster than it looks.
    /// - Parameter threads: each has a copy of the scripts that are `stateless`.
    public init(_ spec: DataPipelineSpec, threads: Int) {
        self.init()
        let scripts = spec.steps.reduce(Int64(0)) { sum, step in
            guard case .javascript(let script) = step.operation else { return sum }
            let (all, overflows) = script.memoryLimit.count.multipliedReportingOverflow(by: script.stateless ? Int64(max(threads, 1)) : 1)
            return min(1 << 50, sum + (overflows ? 1 << 50 : all))
        }
        self.scripts = scripts
        group = Self.workerMemory + 2 * scripts
        memory = Self.workerMemory + (scripts > 0 ? Self.scriptReservation + 2 * scripts : 0)
    }
}
