import Delimited
import RowSteps

extension PipelineProblem {
    /// What ends the reading of an input.
    init(reading error: DelimitedError) {
        let (what, fix) =
            switch error.category {
            case .notFound: ("the input is not there", "Put the file where source.delimited.path says, or give another with --input")
            case .system: ("the input can't be read", "Give the run's user the right to read it, or check the disk; then run again")
            case .damaged: ("the compressed input is damaged", "Fetch the file again, then run again")
            case .header: ("the input's header is not as declared", "Mend the header, or declare the columns the file has")
            case .limit: ("the input goes beyond a bound", "Raise the bound, or split the file")
            case .options: ("the input is declared in a way that can't be read", "Mend source.delimited")
            case .changed: ("the input is no longer the one this run began with", "Put the file back as it was and resume, or start a new run")
            }
        let isChanged = error.category == .changed
        self.init(
            .fatal, error.category == .options ? .configuration : error.category == .limit ? .resource : .input, what: what,
            at: Place(file: error.path, byte: error.offset), why: error.message, fix: fix, isTransient: error.category == .system && !isChanged)
    }

    /// What ends the writing of an output.
    init(writing error: DelimitedError, output: String) {
        let isGone = error.category == .changed
        self.init(
            .fatal, isGone ? .checkpoint : error.category == .options ? .configuration : .output, what: "output \(output) can't be written",
            at: Place(file: error.path), why: error.message, fix: "Mend what stands in the way; the run goes on from its last checkpoint",
            isTransient: error.category == .system)
    }
}
