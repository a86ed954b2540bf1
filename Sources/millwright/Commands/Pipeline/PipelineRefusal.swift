import Kernel

/// Why a pipeline command does nothing: mistakes of the command line or the document, found before a worker is started.
struct PipelineRefusal: Error, CustomStringConvertible {
    let status: Int32
    /// The document, when it is about one.
    let file: String?
    /// What can't be done, as a sentence.
    let what: String
    let problems: [FieldError]

    var description: String {
        ([(file.map { "\($0): " } ?? "") + what + ":"]
            + problems.map { "  \($0.path): \($0.message.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    "))" }).joined(separator: "\n")
    }

    /// As `failure` of a run's report, one for each.
    var json: [JSON] {
        problems.map { problem in
            var place: JSON = ["field": .string(problem.path)]
            place["file"] = file.map { .string($0) }
            return [
                "severity": "fatal", "category": "configuration", "what": .string(what), "where": place, "why": .string("\(problem.path) \(problem.message)"),
                "fix": .string("Mend \(problem.path)"),
            ]
        }
    }

    /// Runs a command, and says as JSON why it does nothing where its result is asked for as JSON.
    static func asAsked(_ arguments: Arguments, _ command: () throws -> Int32) throws -> Int32 {
        do {
            return try command()
        } catch let refusal as PipelineRefusal {
            guard arguments["format"] == "json" else { throw CommandFailure(refusal.status, refusal.description) }
            Terminal.print(JSON.object(["outcome": "Failed", "failure": refusal.json.first ?? .null, "errors": .array(refusal.json)]).text)
            return refusal.status
        } catch let failure as CommandFailure {
            guard arguments["format"] == "json" else { throw failure }
            let problem: JSON = [
                "severity": "fatal", "category": failure.status == ExitStatus.failure ? "resource" : "configuration", "what": "the command can't be carried out", "where": [:],
                "why": .string(failure.description), "fix": "Mend what it says, then give the command again",
            ]
            Terminal.print(JSON.object(["outcome": "Failed", "failure": problem, "errors": [problem]]).text)
            return failure.status
        }
    }
}
