import Expressions
import Glibc
import Kernel
import Platform
import RowSteps
import TimeZoneDatabase
import YAML

/// `millwright eval`: tries out an expression.
enum EvalCommand {
    static let spec = CommandSpec(
        name: "eval", summary: "Evaluates an expression (CEL) and prints what it gives.", arguments: "EXPR", argumentCount: 0...1,
        options: [
            .value("var", "NAME=VALUE", repeats: true, "A variable: JSON, or plain text where it isn't JSON; @FILE reads a JSON or YAML file, @- standard input."),
            .value("file", short: "f", "FILE", "Reads the expression from a file instead."),
            .value("output", short: "o", "FORMAT", "json, or text, which prints texts without quotes. Default: json"),
            .flag("check", "Only checks the expression and prints the type of its result."), .flag("cost", "Says what the evaluation cost, on standard error."),
        ],
        notes: """
            The language and its functions are those of Kubernetes' validation rules, and decimal() with its operators as pipelines have it; see the
            guide on expressions. Variables are of no declared type, so what doesn't fit is found when it is evaluated.

              millwright eval 'alert.labels.site == "hamburg"' --var alert=@alert.json
              millwright eval 'timestamp(now) + duration("90m")' --var now=2026-11-20T06:00:00Z
              millwright eval '(decimal("0.19") * 3).round(1)'
              millwright eval 'items.filter(i, i.qty > 5).map(i, i.name)' --var items=@items.yaml

            Exit statuses: 0 it gave a value, 1 it is wrong or failed.
            """
    ) { arguments in
        let source: String
        switch (arguments.positional.first, arguments["file"]) {
        case (let text?, nil): source = text
        case (nil, let path?): source = try text(of: path)
        default: throw CommandFailure(ExitStatus.usage, "give one expression, or a file that holds it (--file FILE); see 'millwright eval --help'")
        }
        let format = arguments["output"] ?? "json"
        guard ["json", "text"].contains(format) else { throw CommandFailure(ExitStatus.usage, "--output: '\(format)' is not json or text") }
        let variables = try arguments.all("var").map(variable)
        let environment = Environment(
            libraries: Library.kubernetes + [DecimalLibrary.library], variables: variables.map { Variable($0.name, .dyn) }, timeZones: MachineTimeZones())
        let program: Program
        do throws(ExpressionError) { program = try environment.compile(source) } catch {
            throw CommandFailure(ExitStatus.failure, "the expression is wrong:\n\(error)\(DecimalLibrary.advice(error).map { "\n" + $0 } ?? "")")
        }
        if arguments.has("check") {
            Terminal.print(program.resultType.description)
            return ExitStatus.success
        }
        var budget = CostBudget()
        let outcome: Result<Value, EvaluationError>
        do throws(EvaluationError) { outcome = .success(try program.evaluate(Bindings(variables.map { Value($0.value) }), budget: &budget)) } catch {
            outcome = .failure(error)
        }
        if arguments.has("cost") { Terminal.note("cost: \(budget.spent) of \(budget.limit)") }
        switch outcome {
        case .success(let value): Terminal.print(shown(value, asText: format == "text"))
        case .failure(let error):
            let advice = error.kind == .costLimit ? "\nIt costs more than one evaluation may; look at fewer elements or shorter texts." : ""
            // The other limit's message says itself what to do.
            throw CommandFailure(ExitStatus.failure, "the expression failed:\n\(program.describe(error))\(advice)")
        }
        return ExitStatus.success
    }

    private static func shown(_ value: Value, asText: Bool) -> String {
        if asText, case .string(let text) = value { return text }
        if let json = value.json { return json.text }
        switch value {
        case .list, .map: return json(value).text
        default: return value.plainText
        }
    }

    /// What JSON can't say (decimals, types) as text, where it stands in a list or a map.
    private static func json(_ value: Value) -> JSON {
        if let json = value.json { return json }
        switch value {
        case .list(let list): return .array(list.elements.map { json($0) })
        case .map(let map): return .object(JSONObject(map.keys.map { ($0.plainText, map[$0].map { json($0) } ?? .null) }))
        default: return .string(value.plainText)
        }
    }

    private static func text(of path: String) throws -> String {
        let bytes = path == "-" ? try Files.readAll(STDIN_FILENO, name: "standard input") : try Files.read(path)
        var text = String(decoding: bytes, as: UTF8.self)
        while text.utf8.last == 0x0A { text.removeLast() }
        return text
    }

    /// `name=…`
    private static func variable(_ word: String) throws -> (name: String, value: JSON) {
        guard let sign = word.firstIndex(of: "=") else {
            throw CommandFailure(ExitStatus.usage, "--var '\(word)' is not NAME=VALUE, as alert=@alert.json")
        }
        let name = String(word[..<sign])
        let given = String(word[word.index(after: sign)...])
        guard isIdentifier(name) else {
            throw CommandFailure(ExitStatus.usage, "--var: '\(name)' can't be a variable's name: letters, digits and _ make one, and no digit comes first")
        }
        guard given.hasPrefix("@") else { return (name, (try? JSONParser.parse(Array(given.utf8))) ?? .string(given)) }
        let path = String(given.dropFirst())
        let bytes = path == "-" ? try Files.readAll(STDIN_FILENO, name: "standard input") : try Files.read(path)
        let documents: [JSON]
        do { documents = try YAML.parse(bytes) } catch {
            throw CommandFailure(ExitStatus.failure, "--var \(name): \(path == "-" ? "standard input" : path) is neither JSON nor YAML: \(error)")
        }
        return (name, documents.count == 1 ? documents[0] : .array(documents))
    }

    private static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F }
    }
}
