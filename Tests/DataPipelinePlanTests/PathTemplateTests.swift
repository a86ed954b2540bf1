import Kernel
import PipelineJobs
import Resources
import Testing

/// `${ … }` in paths: the whole expression language, checked with the document, the same whenever it is filled in.
@Suite struct PathTemplateTests {
    static func spec(_ change: (inout JSON) -> Void = { _ in }) throws -> DataPipelineSpec {
        var json: JSON = [
            "parameters": [
                ["name": "day", "type": "date", "default": "2026-11-20"], ["name": "plant", "default": "nord/1"], ["name": "n", "type": "integer", "default": "7"],
                ["name": "rate", "type": "decimal", "default": "1.50"], ["name": "all", "type": "boolean", "default": "true"], ["name": "in", "default": "x"],
                ["name": "at", "type": "timestamp", "default": "2026-11-20T06:30:00+02:00"], ["name": "f", "type": "float", "default": "0.5"],
            ],
            "source": ["delimited": ["path": "in/*.csv"]], "outputs": [["name": "o", "delimited": ["path": "out.csv"]]],
        ]
        change(&json)
        return try DataPipelineSpec(json)
    }

    static func fill(_ text: String, knowsRun: Bool = true) throws -> String {
        let parameters = try spec().parameters
        let values = PathScope.Values(
            try ParameterValues(parameters, given: [:]), pipeline: "orders",
            run: knowsRun ? PathScope.Run(id: "u-1", name: "orders-x7f2", started: Timestamp(seconds: 1_795_154_400)) : nil)
        return try PathTemplate(text, PathScope(parameters, knowsRun: knowsRun), at: "p").fill(values)
    }

    static let filled: [(String, String)] = [
        ("in/${ parameters.day }-${parameters.day}.csv", "in/2026-11-20-2026-11-20.csv"),
        ("a$b{c}", "a$b{c}"),
        ("${ parameters.rate }/${ parameters.n }/${ parameters.all }/${ parameters.in }/${ parameters.at }/${ parameters.f }", "1.50/7/true/x/2026-11-20T06:30:00+02:00/0.5"),
        ("${ string(parameters.day).substring(0, 7) }/x", "2026-11/x"),
        ("${ parameters.day.getFullYear() }/${ parameters.day.getMonth() + 1 }", "2026/11"),
        ("${ parameters.day - duration(\"24h\") }", "2026-11-19T00:00:00Z"),
        ("${ parameters.plant.replace(\"/\", \"-\") }", "nord-1"),
        ("${ parameters.all ? \"all\" : \"part\" }.csv", "all.csv"),
        ("${ {\"nord/1\": \"N\", \"x\": '}'}[parameters.plant] }", "N"),
        ("${ '}' + \"}\" + r'\\' + '\\'' + \"\"\"}\"\"\" }", "}}\\'}"),
        ("${ double(parameters.rate) * 2.0 }", "3"),
        ("${ pipeline.name }-${ run.name }-${ run.id }", "orders-orders-x7f2-u-1"),
        ("${ run.started }", "2026-11-20T06:00:00Z"),
        ("${ string(run.started).substring(0, 10) }", "2026-11-20"),
        ("${ run.started.getHours('+02:00') }", "8"),
        ("${ [1, 2].exists(i, i == 2) }", "true"),
    ]

    @Test(arguments: filled) func isFilledIn(_ text: String, _ expected: String) throws { #expect(try Self.fill(text) == expected) }

    static let wrong: [(String, String)] = [
        ("${ parameters.month }", "there is no field 'month'"), ("${ parameters.month }", "Known here: parameters.day"), ("${ parameters.day", "no } closes"),
        ("${ parameters.n + parameters.plant }", "  | parameters.n + parameters.plant\n  |              ^"), ("${ \"x }", "no } closes"), ("${ [1] }", "gives list(int), which is no text"),
        ("${ }", "can't be used"), ("${ now() }", "now"), ("${ run.started.foo() }", "foo"), ("${ null }", "which is no text"),
    ]

    @Test(arguments: wrong) func aMistakeIsToldWithItsPlace(_ text: String, _ words: String) throws {
        let error = try #require(throws: FieldError.self) { _ = try Self.fill(text) }
        #expect(error.path == "p" && error.message.contains(words), "\(error)")
    }

    @Test func whatGoesWrongWhenItIsFilledInIsToldAsWell() throws {
        let error = try #require(throws: FieldError.self) { _ = try Self.fill("${ parameters.plant.split('/')[5] }") }
        #expect(error.message.contains("has no value") && error.message.contains("^"), "\(error)")
        #expect(throws: FieldError.self) { _ = try Self.fill("${ dyn([1]) }") }
    }

    @Test func theRunIsUnknownWhileFilesAreWatched() throws {
        #expect(throws: FieldError.self) { _ = try Self.fill("${ run.name }", knowsRun: false) }
        let path: JSON = ["delimited": ["path": "in/${ run.name }.csv"]]
        #expect(DocumentPaths.errors(try Self.spec { $0["source"] = path }).isEmpty)
        let watched = DocumentPaths.errors(
            try Self.spec {
                $0["source"] = path
                $0["trigger"] = ["watch": [:]]
            })
        #expect(watched.map(\.path) == ["spec.source.delimited.path"])
    }

    @Test func everyPathOfADocumentIsChecked() throws {
        let bad: JSON = "x/${ nothing }"
        let spec = try Self.spec {
            $0["source"] = ["delimited": ["path": bad]]
            $0["steps"] = [["name": "l", "lookup": ["source": ["delimited": ["path": bad]], "keys": ["a": "a"], "columns": ["b"]]]]
            $0["outputs"] = [["name": "o", "delimited": ["path": bad]], ["name": "j", "jsonLines": ["path": "y/${ nothing }"]]]
            $0["errors"] = ["policy": "DeadLetter", "deadLetter": ["path": "z/${ nothing }"]]
            $0["onSuccess"] = [["pipelineRef": ["name": "next"], "parameters": ["day": bad]]]
        }
        let paths = DocumentPaths.errors(spec).map(\.path)
        #expect(
            paths == [
                "spec.source.delimited.path", "spec.steps[0].lookup.source.delimited.path", "spec.outputs[0].delimited.path", "spec.outputs[1].jsonLines.path",
                "spec.errors.deadLetter.path", "spec.onSuccess[0].parameters.day",
            ])
    }
}
