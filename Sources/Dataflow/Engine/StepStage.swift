import RowSteps

/// Neighbouring steps on one thread: packets go through all of them, cuts gather their states.
///
/// `@unchecked Sendable`: made by one thread and then used by exactly one, the stage's own.
final class StepStage: @unchecked Sendable {
    private let steps: [CompiledPipeline.Step]
    private let meter: StepMeter
    private let spill: SpillDirectory
    private let fileNames: [String]
    /// The first step's place among the meter's entries: the source comes before it.
    private static let meterOffset = 1

    init(_ steps: [CompiledPipeline.Step], meter: StepMeter, spill: SpillDirectory, fileNames: [String]) {
        self.steps = steps
        self.meter = meter
        self.spill = spill
        self.fileNames = fileNames
    }

    /// Handles one item; what it becomes goes to `emit`, the item itself last.
    func handle(_ item: FlowItem, emit: (FlowItem) throws(PipelineProblem) -> Void) throws(PipelineProblem) {
        switch item {
        case .packet(let packet):
            try process(packet, from: 0)
            try emit(.packet(packet))
        case .cut(var cut):
            try gather(&cut)
            try emit(.cut(cut))
        case .end(var cut, let paused):
            if !paused {
                let upstream = cut
                for place in steps.indices { try drain(place, upstream: upstream, emit: emit) }
            }
            try gather(&cut)
            try emit(.end(cut, paused: paused))
        case .failed:
            try emit(item)
        }
    }

    private func process(_ packet: RowPacket, from first: Int) throws(PipelineProblem) {
        for place in first..<steps.count {
            let rowsIn = packet.batch.selectedCount
            let rejections = packet.rejections.count
            let start = StepMeter.now
            do throws(PipelineProblem) { try steps[place].instance.process(packet) } catch { throw error.at(step: steps[place].name) }
            let index = steps[place].index + Self.meterOffset
            meter.add(index, rowsIn: rowsIn, rowsOut: packet.batch.selectedCount, nanoseconds: StepMeter.now - start)
            packet.passages.append(StepPassage(step: index, rows: rowsIn, rejected: packet.rejections.count - rejections))
        }
    }

    /// The rows a step kept, through the steps after it. Between packets a crash may be survived: a cut goes with them.
    private func drain(_ place: Int, upstream: Cut, emit: (FlowItem) throws(PipelineProblem) -> Void) throws(PipelineProblem) {
        var packets = 0
        while true {
            let start = StepMeter.now
            let drained: RowPacket?
            do throws(PipelineProblem) { drained = try steps[place].instance.drain() } catch { throw error.at(step: steps[place].name) }
            guard let packet = drained else { return }
            packet.fileNames = fileNames
            meter.add(steps[place].index + Self.meterOffset, rowsIn: 0, rowsOut: packet.batch.selectedCount, nanoseconds: StepMeter.now - start)
            try process(packet, from: place + 1)
            try emit(.packet(packet))
            packets += 1
            // Rarely: each cut writes what the steps hold.
            if packets % 256 == 0 {
                var cut = upstream
                try gather(&cut)
                try emit(.cut(cut))
            }
        }
    }

    private func gather(_ cut: inout Cut) throws(PipelineProblem) {
        for step in steps where !step.instance.isStateless {
            do throws(PipelineProblem) {
                cut.states.append((step.index, try step.instance.snapshot()))
            } catch { throw error.at(step: step.name) }
            cut.released += spill.takeReleased(by: step.name)
        }
    }
}
