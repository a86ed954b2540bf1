import Platform

/// The figures of a run while it goes, gathered from all its threads: a few words a packet.
final class StepMeter: Sendable {
    private let steps: Locked<[PipelineReport.Step]>

    init(_ names: [String]) { steps = Locked(names.map { PipelineReport.Step(name: $0) }) }

    func add(_ step: Int, rowsIn: Int, rowsOut: Int, nanoseconds: Int64) {
        steps.withLock { steps in
            guard steps.indices.contains(step) else { return }
            steps[step].rowsIn += Int64(rowsIn)
            steps[step].rowsOut += Int64(rowsOut)
            steps[step].nanoseconds += nanoseconds
        }
    }

    var figures: [PipelineReport.Step] { steps.withLock { $0 } }

    static var now: Int64 { SystemClocks().monotonic.nanoseconds }
}
