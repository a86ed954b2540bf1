@testable import DataPipelinePlan
import Kernel
import Testing

@Suite struct RunContinuityTests {
    static let spec: JSON = [
        "source": ["delimited": ["path": "a.csv", "columns": [["name": "qty", "type": "integer", "constraint": "self > 0"]]]],
        "steps": [
            ["name": "s", "javascript": ["columns": ["qty"], "source": "function transform(row) { return rwo }"]], ["name": "f", "filter": ["expression": "row.qty > 1"]],
            ["name": "d", "derive": ["column": "x", "expression": "1", "type": "integer"]],
        ],
        "outputs": [["name": "o", "delimited": ["path": "o.csv"]]], "errors": ["policy": "Fail"],
    ]

    /// What a user corrects on the way changes no place and no state.
    @Test(arguments: [
        (["steps", "0", "javascript", "source"], "function transform(row) { return row }"), (["steps", "1", "filter", "expression"], "row.qty > 0"),
        (["steps", "2", "derive", "expression"], "2"), (["source", "delimited", "columns", "0", "constraint"], "self >= 0"), (["errors", "policy"], "Skip"),
    ] as [([String], String)])
    func correctionsGoOn(_ path: [String], _ value: String) { #expect(RunContinuity.canGoOn(from: Self.spec, with: Self.changed(Self.spec, path[...], value))) }

    /// What a checkpoint's places and states hang on can't be changed under it.
    @Test(arguments: [
        (["source", "delimited", "path"], "b.csv"), (["source", "delimited", "columns", "0", "type"], "decimal"), (["steps", "0", "name"], "other"),
        (["steps", "0", "javascript", "columns", "0"], "price"), (["steps", "2", "derive", "type"], "decimal"), (["outputs", "0", "delimited", "path"], "p.csv"),
        (["errors", "deadLetter"], "dead.csv"),
    ] as [([String], String)])
    func changesBeginAnewAndSayWhich(_ path: [String], _ value: String) {
        let part = path[0] == "steps" ? "steps[\(path[1])]" : path[0] == "errors" ? "errors.deadLetter" : path[0]
        #expect(RunContinuity.obstacle(from: Self.spec, with: Self.changed(Self.spec, path[...], value)) == part)
    }

    @Test func aStepMoreOrLessBeginsAnew() {
        var fewer = Self.spec
        fewer["steps"] = .array(Array((Self.spec["steps"]?.array ?? []).dropLast()))
        #expect(RunContinuity.obstacle(from: Self.spec, with: fewer) == "steps (there were 3, now there are 2)")
    }

    private static func changed(_ json: JSON, _ path: ArraySlice<String>, _ value: String) -> JSON {
        guard let first = path.first else { return .string(value) }
        if case .array(var elements) = json, let index = Int(first), elements.indices.contains(index) {
            elements[index] = changed(elements[index], path.dropFirst(), value)
            return .array(elements)
        }
        var json = json
        json[first] = changed(json[first] ?? [:], path.dropFirst(), value)
        return json
    }
}
