import Platform
import RowSteps

/// The flow over threads: one reads, several run steps without state, one runs each stage with state, and the caller's writes.
///
/// Stages are joined by bounded channels that keep the order. A problem travels through them at its place in the order, so that of several
/// the one that came first in the input is reported, as with one thread.
struct ThreadedFlow {
    let channels: [FlowChannel]
    private let reader: ReadStage
    private let workers: [Worker]

    /// A thread of a stage: from one channel to the next.
    private struct Worker: Sendable {
        let name: String
        let stage: StepStage
        let from: FlowChannel
        let to: FlowChannel
        let keepsNumbers: Bool
    }

    init(_ reader: ReadStage, _ pipeline: CompiledPipeline, job: PipelineJob, meter: StepMeter, spill: SpillDirectory, fileNames: [String]) throws(PipelineProblem) {
        self.reader = reader
        var channels = [FlowChannel(name: "source", capacity: job.limits.channelDepth)]
        var workers: [Worker] = []
        for stage in pipeline.stages {
            let name = stage.steps.map(\.name).joined(separator: "+")
            let from = channels[channels.count - 1]
            let to = FlowChannel(name: name, capacity: job.limits.channelDepth)
            channels.append(to)
            workers.append(Worker(name: name, stage: StepStage(stage.steps, meter: meter, spill: spill, fileNames: fileNames), from: from, to: to, keepsNumbers: stage.isStateless))
            guard stage.isStateless else { continue }
            for _ in 1..<max(job.limits.threads, 1) {
                let steps = try pipeline.copy(of: stage)
                workers.append(Worker(name: name, stage: StepStage(steps, meter: meter, spill: spill, fileNames: fileNames), from: from, to: to, keepsNumbers: true))
            }
        }
        self.channels = channels
        self.workers = workers
    }

    /// Returns when all threads have ended.
    func run(_ handle: (FlowItem) throws(PipelineProblem) -> Void) throws(PipelineProblem) {
        let latch = Latch(workers.count + 1)
        let (reader, first) = (reader, channels[0])
        Threads.start(name: "mw-read") {
            Self.read(reader, into: first)
            latch.countDown()
        }
        for worker in workers {
            Threads.start(name: String(("mw-" + worker.name).prefix(15))) {
                Self.work(worker)
                latch.countDown()
            }
        }
        defer {
            // After the last item nobody waits; after a problem everybody is let go.
            for channel in channels { channel.close() }
            latch.wait()
        }
        while let (item, _) = channels[channels.count - 1].pop() { try handle(item) }
    }

    private static func read(_ reader: ReadStage, into channel: FlowChannel) {
        var number: Int64 = 0
        while true {
            let item: FlowItem
            do throws(PipelineProblem) { item = try reader.next() } catch { item = .failed(error) }
            guard channel.push(item, number: number), !item.isLast else { return }
            number += 1
        }
    }

    private static func work(_ worker: Worker) {
        var produced: Int64 = 0
        var isOpen = true
        while isOpen, let (item, number) = worker.from.pop() {
            // Without state every item gives exactly one, under its own number; a stage with state counts anew, as draining makes more.
            func emit(_ item: FlowItem) {
                guard isOpen else { return }
                isOpen = worker.to.push(item, number: worker.keepsNumbers ? number : produced)
                produced += 1
            }
            do throws(PipelineProblem) {
                try worker.stage.handle(item, emit: emit)
            } catch {
                emit(.failed(error))
                if !worker.keepsNumbers { return }
            }
        }
    }
}
