import DataPipelinePlan
import Kernel
import Testing

@Suite struct ProblemWordsTests {
    static let problem: JSON = [
        "severity": "fatal", "category": "data", "what": "column qty is no integer", "why": "\"two\" can't be read as an integer", "fix": "Mend the cell",
        "where": ["file": "/srv/p/plant/in/a.csv", "row": 134, "column": "qty"],
    ]

    /// Tables cut the end off: what happened comes first, and no line break hides the rest.
    @Test func whatComesFirstThenWhereThenWhatToDo() {
        #expect(
            ProblemWords.sentence(Self.problem, base: "/srv/p/plant") == "column qty is no integer: \"two\" can't be read as an integer (in/a.csv, row 134, column qty). Mend the cell")
        #expect(ProblemWords.message(Self.problem) == "column qty is no integer: \"two\" can't be read as an integer. Mend the cell")
        var marked = Self.problem
        marked["why"] = "line 1, column 13: '=' means nothing\n  | row.a = 1\n  |       ^"
        marked["where"] = nil
        #expect(ProblemWords.sentence(marked) == "column qty is no integer: line 1, column 13: '=' means nothing. Mend the cell")
    }

    @Test(arguments: [
        ("configuration", "the expression row.a = 1 can't be used", PipelineReason.invalidExpression), ("configuration", "a path is refused", .pathRefused),
        ("configuration", "a script is not there", .invalidScript), ("configuration", "step s has no table", .invalidSpec), ("input", "the input is not there", .inputMissing),
        ("input", "the input can't be read", .inputFailed), ("budget", "the error budget is spent", .budgetExceeded), ("", "", .workerFailed),
    ]) func aReasonIsOneOfThePromisedOnes(_ category: String, _ what: String, _ reason: PipelineReason) {
        #expect(PipelineReason(failure: ["category": .string(category), "what": .string(what)]) == reason)
    }
}
