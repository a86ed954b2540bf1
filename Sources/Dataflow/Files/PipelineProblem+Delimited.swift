import Delimited
import RowSteps

extension PipelineProblem {
    /// What an input refused.
    init(input error: DelimitedError) { self.init(error, error.category == .options || error.category == .header ? .configuration : .input, what: error.category == .notFound ? "the input is not there" : "the input can't be read") }

    /// What an output refused.
    init(output error: DelimitedError) { self.init(error, error.category == .changed ? .checkpoint : .output, what: "the output can't be written") }

    private init(_ error: DelimitedError, _ category: Category, what: String) {
        // The message ends with what to do, behind the last of its marks.
        let cut = error.message.lastIndex { $0 == ";" || $0 == ":" }
        let why = cut.map { String(error.message[..<$0]) } ?? error.message
        let fix = cut.map { String(error.message[error.message.index(after: $0)...].drop { $0 == " " }) } ?? "Look at the file and at source.delimited of the document"
        self.init(
            .fatal, category, what: what, at: Place(file: error.path.map(DelimitedRowSource.shown), byte: error.offset), why: why, fix: fix.prefix(1).uppercased() + fix.dropFirst(),
            // A full disk may be freed, a right be given, a share come back.
            isTransient: error.category == .system)
    }
}
