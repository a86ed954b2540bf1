import RowSteps

/// The whole flow on the calling thread: nothing waits for anything.
struct InlineFlow {
    private let reader: ReadStage
    private let stage: StepStage

    init(_ reader: ReadStage, _ stage: StepStage) {
        self.reader = reader
        self.stage = stage
    }

    func run(_ handle: (FlowItem) throws(PipelineProblem) -> Void) throws(PipelineProblem) {
        while true {
            let item = try reader.next()
            try stage.handle(item, emit: handle)
            if item.isLast { return }
        }
    }
}
