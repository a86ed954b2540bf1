import Delimited
import RowSteps

extension PipelineProblem {
    /// What an input refused.
    public init(input error: DelimitedError) {
        let isDocument = error.category == .options || error.category == .header
        let what =
            switch error.category {
            case .notFound: "the input is not there"
            case .header: "the input's columns are not those of the document"
            case .empty: "the input is empty"
            case .damaged: "the input is damaged"
            case .changed: "the input is not what it was"
            case .system, .denied, .limit, .options: "the input can't be read"
            }
        self.init(error, isDocument ? .configuration : .input, what: what, fix: "Put the file where source.delimited.path says, or mend source.delimited")
    }

    /// What an output refused.
    public init(output error: DelimitedError) {
        self.init(error, error.category == .changed ? .checkpoint : .output, what: "the output can't be written", fix: "Look at the output's path and at its disk")
    }

    private init(_ error: DelimitedError, _ category: Category, what: String, fix: String) {
        let (why, advice) = error.parts
        self.init(
            .fatal, category, what: what, at: Place(file: error.path.map(StandardStreams.shown), byte: error.offset), why: why, fix: advice ?? fix,
            // A full disk may be freed, a share come back.
            isTransient: error.category == .system)
    }
}
