import Delimited
import RowSteps

extension PipelineProblem {
    /// What keeps an input from being found or read.
    init(reading error: DelimitedError) {
        self.init(
            .fatal, error.category == .options || error.category == .header ? .configuration : .input,
            what: error.category == .notFound ? "the input is not there" : "the input can't be read", at: Place(file: error.path, byte: error.offset), why: error.message,
            fix: "Put the file where source.delimited.path says, or mend the path")
    }
}
