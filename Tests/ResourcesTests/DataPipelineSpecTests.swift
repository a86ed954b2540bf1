import Kernel
import Resources
import Testing

@Suite struct DataPipelineSpecTests {
    static let good: JSON = [
        "parameters": [["name": "day", "type": "date", "default": "2026-11-20"]],
        "source": ["delimited": ["path": "in/${ parameters.day }*.csv", "columns": [["name": "qty", "type": "integer", "constraint": "self > 0", "onError": "DeadLetter"]]]],
        "steps": [["name": "paid", "filter": ["expression": "row.status == \"paid\""]]],
        "outputs": [["name": "orders", "delimited": ["path": "out/orders.csv"]]],
        "errors": ["policy": "DeadLetter", "deadLetter": ["path": "out/rejected.csv"]],
    ]

    @Test func aDocumentReads() throws {
        let spec = try DataPipelineSpec(Self.good)
        #expect(spec.source.columns.first?.type == .integer)
        #expect(spec.steps.first?.operation == .filter(expression: "row.status == \"paid\""))
        #expect(spec.errors.policy == .deadLetter && spec.outputs.first?.path == "out/orders.csv")
    }

    static let bad: [(change: [String], value: JSON, path: String, message: String)] = [
        (["outputs"], [], "spec.outputs", "at least 1"),
        (["source"], ["delimited": ["path": "a", "header": false]], "spec.source.delimited.columns", "must name every column"),
        (["source"], ["delimited": ["path": "a", "delimiter": "\""]], "spec.source.delimited.quote", "must differ"),
        (["steps"], [["name": "a"]], "spec.steps[0]", "exactly one of javascript"),
        (["steps"], [["name": "a", "filter": ["expression": "true"], "select": ["columns": ["b"]]]], "spec.steps[0]", "found filter and select"),
        (["steps"], [["name": "a", "filter": ["expression": "true"]], ["name": "a", "filter": ["expression": "true"]]], "spec.steps[1]", "stands twice"),
        (["steps"], [["name": "a", "aggregate": ["columns": [["name": "s", "function": "Sum"]]]]], "spec.steps[0].aggregate.columns[0].of", "the column whose Sum"),
        (["steps"], [["name": "a", "javascript": ["source": "x", "timeLimit": "soon"]]], "spec.steps[0].javascript.timeLimit", "a duration like 90s"),
        (["outputs"], [["name": "a", "postgresql": ["connectionSecretRef": ["name": "db"], "table": "t", "mode": "Upsert"]]], "spec.outputs[0].postgresql.keys", "unique index"),
        (["outputs"], [["name": "a", "delimited": ["path": "x"], "fallback": "b"]], "spec.outputs[0].fallback", "must name an entry"),
        (["outputs"], [["name": "a", "delimited": ["path": "x"]], ["name": "b", "jsonLines": ["path": "x"]]], "spec.outputs[1].jsonLines.path", "written by another output"),
        (["errors"], ["policy": "DeadLetter"], "spec.errors.deadLetter.path", "is required because rows can be sent there"),
        (["errors"], ["policy": "Ignore"], "spec.errors.policy", "must be DeadLetter, Skip or Fail"),
        (["tests"], [["name": "a", "input": ["qty": 2]]], "spec.tests[0].input.qty", "so put it in quotes"),
    ]

    @Test(arguments: bad.indices) func aBadDocumentSaysWhereAndWhatWouldBeRight(_ index: Int) {
        let (change, value, path, message) = Self.bad[index]
        var document = Self.good
        document[path: change] = value
        do throws(InvalidResource) {
            _ = try DataPipelineSpec(document)
            Issue.record("\(path) is accepted")
        } catch {
            #expect(error.errors.contains { $0.path == path && $0.message.contains(message) }, "\(error)")
        }
    }
}
