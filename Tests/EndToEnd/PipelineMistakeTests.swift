import Foundation
import Kernel
import TestSupport
import Testing

/// What users do wrong with `millwright pipeline`, and what they are told: severity, category, what, where, why and the fix, as text and as JSON.
@Suite(.serialized) final class PipelineMistakeTests {
    private let directory = "/tmp/mwt-mistake-\(UUID().uuidString.prefix(8).lowercased())"

    init() throws {
        try FileManager.default.createDirectory(atPath: directory + "/in", withIntermediateDirectories: true)
        try write("in/a.csv", "id,qty,price\n1,2,1.50\n2,3,3\n")
        try write("in/semi.csv", "id;qty;price\n1;2;1,50\n")
        try write("in/b.csv", "id,qty\n1,2\n")
        try write("in/empty.csv", "")
        try write("in/comma.csv", "id;price;large;day\n1;10,50;1.234,50;20.11.2026\n".split(separator: "\n").map { $0.split(separator: ";").map { "\"\($0)\"" }.joined(separator: ",") + "\n" }.joined())
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func write(_ name: String, _ text: String) throws { try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8) }

    private func millwright(_ arguments: [String], input: String = "") throws -> ShellResult {
        try Shell.run(Installation.binary, ["pipeline"] + arguments, input: input)
    }

    private static let base: JSON = [
        "apiVersion": "millwright.dev/v1alpha1", "kind": "DataPipeline", "metadata": ["name": "p"],
        "spec": [
            "parameters": [["name": "day", "type": "date", "default": "2026-11-20"]],
            "source": ["delimited": ["path": "in/a.csv", "columns": [["name": "qty", "type": "integer"]]]], "steps": [], "outputs": [["name": "o", "delimited": ["path": "out/o.csv"]]],
            "errors": ["policy": "DeadLetter", "deadLetter": ["path": "out/rejected.csv"]],
        ],
    ]

    private func document(_ path: [String], _ value: JSON) throws -> String {
        var document = Self.base
        document["spec"]?[path: path] = value
        try write("p.yaml", document.text)
        return "\(directory)/p.yaml"
    }

    private static func step(_ kind: String, _ value: JSON) -> JSON { [["name": "s", kind: value]] }
    private static func source(_ path: String, _ more: [(String, JSON)] = []) -> JSON {
        var source: JSON = ["path": .string(path)]
        for (key, value) in more { source[key] = value }
        return ["delimited": source]
    }

    /// What is changed in a good document, the status, the category, and words of what is said.
    private static let mistakes: [(name: String, path: [String], value: JSON, status: Int32, category: String, words: [String])] = [
        ("a missing file", ["source"], source("in/none.csv"), 1, "input", ["the input is not there", "/in/none.csv", "No such file", "Check the path"]),
        ("a pattern without files", ["source"], source("in/none*.csv"), 1, "input", ["no file matches", "Check the path and the pattern"]),
        ("a directory", ["source"], source("in/"), 1, "input", ["the input can't be read", "it is a directory", "Name the files in it, for example", "/in/*.csv"]),
        ("a wrong column", ["source"], source("in/a.csv", [("columns", [["name": "quantity"]])]), 65, "configuration", ["no column \\\"quantity\\\"", "but \\\"id\\\", \\\"qty\\\", \\\"price\\\"", "Correct the names in columns"]),
        ("another delimiter", ["source"], source("in/semi.csv", [("columns", [["name": "qty"]])]), 65, "configuration", ["but \\\"id;qty;price\\\"", "Set delimiter to \\\";\\\""]),
        ("files with other columns", ["source"], source("in/[ab].csv"), 65, "configuration", ["its columns are", "Files read together must have the same columns"]),
        ("a misspelt field", ["source"], source("in/a.csv", [("delimeter", ";")]), 65, "configuration", ["did you mean delimiter?", "spec.source.delimited.delimeter"]),
        ("a misspelt type", ["source"], source("in/a.csv", [("columns", [["name": "qty", "type": "int"]])]), 65, "configuration", ["must be string, integer"]),
        ("an expression in a path", ["source"], source("in/${ parameters.dya }.csv"), 65, "configuration", ["did you mean 'day'?", "^"]),
        ("a format", ["source"], source("in/a.csv", [("columns", [["name": "qty", "type": "date", "format": "QQ.YY"]])]), 65, "configuration", ["QQ in QQ.YY has no meaning"]),
        ("a misspelt constraint", ["source"], source("in/a.csv", [("columns", [["name": "qty", "constraint": "slef > 0"]])]), 65, "configuration", ["did you mean 'self'?", "column"]),
        ("an expression that ends too soon", ["steps"], step("filter", ["expression": "row.qty > "]), 65, "configuration", ["a value is expected", "^", "\"step\":\"s\""]),
        ("an expression over a wrong column", ["steps"], step("filter", ["expression": "row.qtty > 1"]), 65, "configuration", ["did you mean 'qty'?"]),
        ("an expression of wrong types", ["steps"], step("filter", ["expression": "row.qty > \"a\""]), 65, "configuration", ["doesn't go with int and string"]),
        ("a condition that is none", ["steps"], step("filter", ["expression": "row.qty + 1"]), 65, "configuration", ["it gives a whole number, not true or false"]),
        ("a column of a step", ["steps"], step("select", ["columns": ["id", "prise"]]), 65, "configuration", ["the columns that reach it are id, qty, price; did you mean price?"]),
        ("a column in capitals", ["steps"], step("sort", ["keys": [["column": "PRICE"]]]), 65, "configuration", ["did you mean price?"]),
        ("a column of a rename", ["steps"], step("rename", ["columns": ["prize": "p"]]), 65, "configuration", ["did you mean price?"]),
        ("a column of a cast", ["steps"], step("cast", ["columns": [["name": "prce", "type": "decimal"]]]), 65, "configuration", ["did you mean price?"]),
        ("a column of a split", ["steps"], step("split", ["column": "pirce", "delimiter": ".", "into": ["a", "b"]]), 65, "configuration", ["did you mean price?"]),
        ("a key of deduplicate", ["steps"], step("deduplicate", ["keys": ["qtty"]]), 65, "configuration", ["did you mean qty?"]),
        ("a column of aggregate", ["steps"], step("aggregate", ["groupBy": ["id"], "columns": [["name": "sum", "function": "Sum", "of": "qtyy"]]]), 65, "configuration", ["did you mean qty?"]),
        ("a group of aggregate", ["steps"], step("aggregate", ["groupBy": ["qyt"], "columns": [["name": "n", "function": "Count"]]]), 65, "configuration", ["did you mean qty?"]),
        ("a column of a lookup's table", ["steps"], step("lookup", ["source": ["delimited": ["path": "in/b.csv"]], "keys": ["id": "id"], "columns": ["qtyy"]]), 65, "configuration", ["did you mean qty?"]),
        ("a key of a lookup", ["steps"], step("lookup", ["source": ["delimited": ["path": "in/b.csv"]], "keys": ["idd": "id"], "columns": ["qty"]]), 65, "configuration", ["the columns that reach it are", "did you mean id?"]),
        ("a declared column", ["source"], source("in/a.csv", [("columns", [["name": "prise"]])]), 65, "configuration", ["but \\\"id\\\", \\\"qty\\\", \\\"price\\\"", "Did you mean price? Correct the names in columns"]),
        ("a constraint on a wrong column", ["source"], source("in/a.csv", [("columns", [["name": "qty", "type": "integer", "constraint": "row.prise != self"]])]), 65, "configuration", ["did you mean 'price'?"]),
        ("a bracket that stays open", ["steps"], step("filter", ["expression": "(row.qty > 1 && row.id == \"(\""]), 65, "configuration", ["line 1, column 1: this '(' is never closed"]),
        ("and for &&", ["steps"], step("filter", ["expression": "row.qty > 1 and row.id != \"\""]), 65, "configuration", ["'and' is written &&"]),
        ("or for ||", ["steps"], step("filter", ["expression": "row.qty > 1 or row.id != \"\""]), 65, "configuration", ["'or' is written ||"]),
        ("not for !", ["steps"], step("filter", ["expression": "not (row.qty > 1)"]), 65, "configuration", ["'not' is written !"]),
        ("a mark under the name", ["steps"], step("filter", ["expression": "row.qtty > 1"]), 65, "configuration", ["line 1, column 5: there is no field 'qtty'", "|     ^"]),
        ("a decimal comma", ["source"], source("in/comma.csv", [("columns", [["name": "price", "type": "decimal"]])]), 1, "budget", ["Declare format: \\\"0,00\\\" for a decimal comma"]),
        ("a decimal comma among integers", ["source"], source("in/comma.csv", [("columns", [["name": "price", "type": "integer"]])]), 1, "budget", ["Declare type: decimal with format: \\\"0,00\\\" for a decimal comma"]),
        ("groups and a decimal comma", ["source"], source("in/comma.csv", [("columns", [["name": "large", "type": "decimal"]])]), 1, "budget", ["Declare format: \\\"#.##0,00\\\" for a decimal comma"]),
        ("a date of elsewhere", ["source"], source("in/comma.csv", [("columns", [["name": "day", "type": "date"]])]), 1, "budget", ["Declare format: \\\"dd.MM.yyyy\\\""]),
        ("a number that is none", ["steps"], step("javascript", ["source": "function transform(row) {\n  const n = row.total\n  row.total = row.qty * row.id.nothing\n  return row\n}"]), 1, "budget", ["column \\\"total\\\" is NaN", "\"line\":3"]),
        ("an object that is no row", ["steps"], step("javascript", ["source": "class Order {}\nfunction transform(row) {\n  return new Order()\n}"]), 1, "budget", ["transform returned an object of a class: return the row", "\"line\":3"]),
        ("an object in a cell", ["steps"], step("javascript", ["source": "function transform(row) {\n  row.x = {}\n  return row\n}"]), 1, "budget", ["is an object: a cell is text", "\"line\":2"]),
        ("a script that is none", ["steps"], step("javascript", ["source": "function transform(row) {\n  row.x = ;\n}"]), 65, "configuration", ["\"line\":2", "Unexpected token"]),
        ("a text that isn't closed", ["steps"], step("javascript", ["source": "function transform(row) {\n  row.x = 'it is \n  return row\n}"]), 65, "configuration", ["\"line\":2", "closing quote is missing", "^"]),
        ("a brace that isn't closed", ["steps"], step("javascript", ["source": "function transform(row) {\n  if (row.id) {\n  return row\n}"]), 65, "configuration", ["\"line\":1", "this bracket is never closed"]),
        ("a template that isn't closed", ["steps"], step("javascript", ["source": "const a = 1\nconst b = `x ${a} y\nfunction transform(row) { return row }"]), 65, "configuration", ["\"line\":2", "has no closing `"]),
        ("a script that fails as it is loaded", ["steps"], step("javascript", ["source": "const table = JSON.parse(\"{\")\nfunction transform(row) { return row }"]), 65, "configuration", ["\"line\":1", "failed while it was loaded"]),
        ("a decimal that is divided", ["steps"], step("derive", ["column": "x", "expression": "decimal(row.price) / 2"]), 65, "configuration", ["double(a) / double(b)"]),
        ("an empty input", ["source"], source("in/empty.csv"), 1, "input", ["the input is empty", "it has no text, where a header", "set emptyFiles to Accept"]),
        ("a directory of the system", ["source"], source("/proc/self"), 1, "input", ["it is a directory", "Name the files in it"]),
        ("a script without transform", ["steps"], step("javascript", ["source": "function transfrom(row) { return row }"]), 65, "configuration", ["no function transform"]),
        ("a script that doesn't end", ["steps"], step("javascript", ["source": "function transform(row) { while (true) {} }", "timeLimit": "100ms"]), 1, "script", ["took too long", "in/a.csv", "\"row\":1", "\"byte\":13"]),
        ("a script that isn't there", ["steps"], step("javascript", ["configMapKeyRef": ["name": "scripts", "key": "a.js"]]), 65, "configuration", ["ConfigMap scripts with key a.js"]),
        ("a table that isn't there", ["steps"], step("lookup", ["source": ["delimited": ["path": "in/none.csv"]], "keys": ["id": "id"], "columns": ["name"]]), 1, "input", ["the table of lookup s", "\"step\":\"s\""]),
        ("an output that is a directory", ["outputs"], [["name": "o", "delimited": ["path": "in"]]], 65, "configuration", ["an output is a directory"]),
        ("an output that is a device", ["outputs"], [["name": "o", "delimited": ["path": "/dev/null"]]], 65, "configuration", ["an output is no file"]),
        ("an output that is the input", ["outputs"], [["name": "o", "delimited": ["path": "in/../in/a.csv"]]], 65, "configuration", ["is read by source.delimited", "spec.outputs[0].delimited.path"]),
        ("two outputs to one file", ["outputs"], [["name": "o", "delimited": ["path": "out/o.csv"]], ["name": "b", "jsonLines": ["path": "./out/o.csv"]]], 65, "configuration", ["is written by output o"]),
        ("no connection", ["outputs"], [["name": "o", "postgresql": ["connectionSecretRef": ["name": "wh"], "table": "t"]]], 65, "configuration", ["MILLWRIGHT_CONNECTION_WH"]),
        ("no place for dead letters", ["errors"], ["policy": "DeadLetter"], 65, "configuration", ["spec.errors.deadLetter.path", "name a file"]),
    ]

    @Test func everyMistakeSaysWhatWhereWhyAndWhatToDo() throws {
        for mistake in Self.mistakes {
            let file = try document(mistake.path, mistake.value)
            let result = try millwright(["run", "-f", file, "--root", directory, "--format", "json"])
            #expect(result.status == mistake.status, "\(mistake.name): \(result.status) \(result.all)")
            let failure = try JSONParser.parse(result.output)["failure"]
            for member in ["severity", "category", "what", "why", "fix"] { #expect(failure?[member]?.string?.isEmpty == false, "\(mistake.name) has no \(member): \(result.all)") }
            #expect(failure?["category"]?.string == mistake.category, "\(mistake.name): \(result.output)")
            for words in mistake.words { #expect(failure?.text.contains(words) == true, "\(mistake.name): no \(words) in \(failure?.text ?? "")") }
            #expect(!result.all.contains(".swift") && !result.all.contains("Fatal error"), "\(mistake.name): \(result.all)")
            // The same for people.
            let told = try millwright(["run", "-f", file, "--root", directory])
            #expect(told.status == mistake.status && told.all.contains(failure?["why"]?.string?.prefix(20) ?? "?"), "\(mistake.name): \(told.all)")
            #expect(!told.all.contains("0 rows in") && !told.all.contains(" 0.0 ms"), "\(mistake.name): figures of nothing: \(told.all)")
        }
    }

    @Test func aDocumentThatCannotBeReadIsToldAsJSONAsWell() throws {
        for (text, words) in [
            ("spec:\n  source: {}\n   outputs: []\n", "line 3"), ("kind: DataPipelin\n", "did you mean kind: DataPipeline?"), ("kind: ConfigMap\n", "holds no DataPipeline, but ConfigMap;"),
            ("apiVersion: millwright.dev/v1\nkind: DataPipeline\n", "write millwright.dev/v1alpha1"),
        ] {
            try write("bad.yaml", text)
            for command in ["run", "validate", "test"] {
                let result = try millwright([command, "-f", "\(directory)/bad.yaml", "--format", "json"])
                let failure = try JSONParser.parse(result.output)["failure"]
                #expect(result.status == 65 && failure?["why"]?.string?.contains(words) == true, "\(result.all)")
                #expect(try millwright([command, "-f", "\(directory)/bad.yaml"]).all.contains(words))
            }
        }
        let set = try millwright(["run", "-f", try document(["steps"], []), "--set", "dya=1", "--format", "json"])
        #expect(set.status == 64 && set.output.contains("parameters.dya"), "\(set.all)")
        let bare = try millwright(["run", "p.yaml"])
        #expect(bare.status == 64 && bare.all.contains("millwright pipeline run -f p.yaml"), "\(bare.all)")
    }

    @Test func validationSaysWhatItCouldNotLookAt() throws {
        let missing = try millwright(["validate", "-f", try document(["source"], Self.source("in/none.csv", [("columns", [["name": "qty"]])])), "--root", directory])
        #expect(missing.status == 0 && missing.all.contains("only its declared columns were looked at") && missing.all.contains("is valid"), "\(missing.all)")
        let table = try millwright(
            ["validate", "-f", try document(["outputs"], [["name": "o", "postgresql": ["connectionSecretRef": ["name": "wh"], "table": "t"]]]), "--root", directory, "--format", "json"])
        #expect(table.status == 0 && table.output.contains("output o was not looked at"), "\(table.all)")
        for path in ["in/a.csv", "in/none.csv"] {
            var document = Self.base
            document["spec"]?["source"] = Self.source(path, [("columns", [["name": "qty"]])])
            document["spec"]?["outputs"] = [["name": "o", "delimited": ["path": .string(path)]]]
            try write("same.yaml", document.text)
            let same = try millwright(["validate", "-f", "\(directory)/same.yaml", "--root", directory])
            #expect(path == "in/none.csv" || same.status == 65 && same.all.contains("is read by source.delimited"), "\(same.all)")
        }
    }

    /// A file nobody may read is no trouble that passes: nothing is tried again.
    @Test func whatIsForbiddenIsToldAtOnce() throws {
        try write("in/secret.csv", "id,qty,price\n1,2,3\n")
        chmod("\(directory)/in/secret.csv", 0)
        chmod(directory, 0o777)
        chmod("\(directory)/in", 0o755)
        mkdir("\(directory)/closed", geteuid() == 0 ? 0o700 : 0o500)
        for (document, words) in [
            (try document(["source"], Self.source("in/secret.csv")), "Permission denied"),
            (try document(["outputs"], [["name": "o", "delimited": ["path": "closed/o.csv"]]]), "closed"),
        ] {
            chmod(document, 0o644)
            // Root may do everything, so it becomes somebody else first.
            let someone = geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : ["/usr/bin/env"]
            let result = try Shell.run(someone[0], Array(someone.dropFirst()) + [Installation.binary, "pipeline", "run", "-f", document, "--root", directory])
            #expect(result.status != 0 && result.all.contains(words) && !result.all.contains("warning"), "\(result.all)")
        }
    }

    // MARK: Rows that are all bad, columns that aren't there

    /// A script that is wrong for each row must not succeed: what was there before stays, as do the dead letters.
    @Test func aRunThatLetsNothingThroughFails() throws {
        try FileManager.default.createDirectory(atPath: directory + "/out", withIntermediateDirectories: true)
        for (name, steps, step) in [
            ("script", Self.step("javascript", ["source": "function transform(row) { return row.totl.trim() }"]), "s"), ("cast", Self.step("cast", ["columns": [["name": "id", "type": "date"]]]), "s"),
            ("constraint", [], ""),
        ] as [(String, JSON, String)] {
            try write("out/o.csv", "as it was\n")
            var document = Self.base
            document["spec"]?["steps"] = steps
            if name == "constraint" { document["spec"]?["source"]?["delimited"]?["columns"] = [["name": "qty", "type": "integer", "constraint": "self < 0"]] }
            try write("p.yaml", document.text)
            let result = try millwright(["run", "-f", "\(directory)/p.yaml", "--root", directory, "--format", "json"])
            let failure = try JSONParser.parse(result.output)["failure"]
            #expect(result.status == 1 && failure?["category"] == "budget" && failure?["what"] == "every row was rejected", "\(name): \(result.all)")
            #expect(failure?["why"]?.string?.contains(step.isEmpty ? "each of the 2 rows that were read" : "each of the 2 rows that reached step \(step)") == true, "\(name): \(result.all)")
            #expect(try String(contentsOfFile: "\(directory)/out/o.csv", encoding: .utf8) == "as it was\n", "\(name)")
            #expect(try String(contentsOfFile: "\(directory)/out/rejected.csv", encoding: .utf8).split(separator: "\n").count == 3, "\(name)")
            // Who expects it says so.
            document["spec"]?["errors"]?["budget"] = ["percent": 100]
            try write("p.yaml", document.text)
            let borne = try millwright(["run", "-f", "\(directory)/p.yaml", "--root", directory])
            #expect(borne.status == 0 && borne.all.contains("as errors.budget allows") && borne.all.contains("2 rows in = 0 written + 2 dead letters"), "\(name): \(borne.all)")
        }
    }

    @Test func validationFindsColumnsThatAScriptReadsAndNoRowHas() throws {
        func warnings(_ script: JSON) throws -> [JSON] {
            let result = try millwright(["validate", "-f", try document(["steps"], Self.step("javascript", script)), "--root", directory, "--format", "json"])
            #expect(result.status == 0, "\(result.all)")
            return try JSONParser.parse(result.output)["warnings"]?.array ?? []
        }
        let slip = try warnings(["source": "function transform(row) {\n  row.total = row.qty * row.prise\n  return row\n}"])
        #expect(slip.count == 1 && slip[0]["where"]?["column"] == "prise" && slip[0]["where"]?["line"] == 2 && slip[0]["why"]?.string?.contains("did you mean price?") == true, "\(slip)")
        let unlisted = try warnings(["source": "function transform(row) { row.total = row.qty * row.price; return row }", "columns": ["qty", "total"]])
        #expect(unlisted.count == 1 && unlisted[0]["fix"] == "Add price to columns", "\(unlisted)")
        // Set before it is read, declared as output, or handed on to who knows where.
        for source in [
            "function transform(row) { row.n = 1; row.m = row.n + 1; return row }", "function transform(row) { return {id: row.id, sum: row.qty + row.price} }",
            "function fill(row) { row.extra = 1 }\nfunction transform(row) { fill(row); row.x = row.extra; return row }",
        ] { #expect(try warnings(["source": .string(source)]).isEmpty, "\(source)") }
    }

    // MARK: What is said besides

    /// A missing file and a mistake in an expression are two things to mend.
    @Test func validationTellsTheMissingFileAndTheMistakeBehindIt() throws {
        for (path, words) in [("in/none.csv", "the input is not there"), ("in/empty.csv", "the input is empty")] {
            var document = Self.base
            document["spec"]?["source"] = Self.source(path, [("columns", [["name": "qty", "type": "integer"]])])
            for step: JSON in [["name": "s", "filter": ["expression": "row.qtty > 1"]], ["name": "s", "lookup": ["source": ["delimited": ["path": "in/nothing.csv"]], "keys": ["id": "id"], "columns": ["n"]]]] {
                document["spec"]?["steps"] = [step]
                try write("p.yaml", document.text)
                let result = try millwright(["validate", "-f", "\(directory)/p.yaml", "--root", directory])
                let mistake = step["filter"] == nil ? "the table of lookup s" : "did you mean 'qty'?"
                let first = result.all.range(of: words)?.lowerBound, second = result.all.range(of: mistake)?.lowerBound
                #expect(result.status != 0 && first != nil && second != nil, "\(result.all)")
                if let first, let second { #expect(first < second, "\(result.all)") }
                let told = try millwright(["validate", "-f", "\(directory)/p.yaml", "--root", directory, "--format", "json"])
                #expect(told.output.contains(words) && told.output.contains(mistake), "\(told.all)")
            }
        }
    }

    /// What validate warns of a run says as well: once, before its result, and in the report.
    @Test func aRunSaysWhatValidationWarnsOf() throws {
        let file = try document(["steps"], Self.step("javascript", ["source": "function transform(row) {\n  row.total = row.qty * (row.prise || 1)\n  return row\n}"]))
        let run = try millwright(["run", "-f", file, "--root", directory])
        #expect(run.status == 0 && run.all.components(separatedBy: "did you mean price?").count == 2, "\(run.all)")
        let told = try JSONParser.parse(try millwright(["run", "-f", file, "--root", directory, "--format", "json"]).output)
        #expect(told["warnings"]?.array?.count == 1 && told["warnings"]?.array?[0]["where"]?["line"] == 2, "\(told.text)")
    }

    @Test func aFileThatIsCutByAnotherDelimiterIsSaid() throws {
        try write("in/half.csv", "id;qty\n1;2\n")
        let semi = try document(["source"], Self.source("in/half.csv"))
        for command in ["validate", "run"] {
            let result = try millwright([command, "-f", semi, "--root", directory])
            #expect(result.status == 0 && result.all.contains("the input is read as one column") && result.all.contains("Set delimiter: \";\" under source.delimited"), "\(result.all)")
        }
        try write("in/tab.csv", "id\tqty\n1\t2\n")
        let tab = try millwright(["validate", "-f", try document(["source"], Self.source("in/tab.csv")), "--root", directory])
        #expect(tab.all.contains("Set delimiter: \"\\t\""), "\(tab.all)")
        // A file that is one column and says so, and one that is cut right.
        for source in [Self.source("in/semi.csv", [("columns", [["name": "id;qty;price"]])]), Self.source("in/semi.csv", [("delimiter", ";")]), Self.source("in/a.csv")] {
            let quiet = try millwright(["validate", "-f", try document(["source"], source), "--root", directory])
            #expect(quiet.status == 0 && !quiet.all.contains("one column"), "\(quiet.all)")
        }
    }

    @Test func examplesNameColumnsThatRowsHave() throws {
        let slip = try document(["tests"], [["name": "t", "input": ["id": "1", "qtyy": "2"], "expect": ["id": "1"]]])
        let test = try millwright(["test", "-f", slip, "--root", directory])
        #expect(test.status == 1 && test.all.contains("its input has a column qtyy that no row has") && test.all.contains("did you mean qty?"), "\(test.all)")
        let validate = try millwright(["validate", "-f", slip, "--root", directory])
        #expect(validate.status == 65 && validate.all.contains("spec.tests[0].input") && validate.all.contains("did you mean qty?"), "\(validate.all)")
        let expected = try millwright(["test", "-f", try document(["tests"], [["name": "t", "input": ["id": "1"], "expect": ["qtyy": ""]]]), "--root", directory])
        #expect(expected.status == 1 && expected.all.contains("did you mean qty?"), "\(expected.all)")
        // Columns that an example leaves out are null; and without the input nobody knows which there are.
        let short = try millwright(["test", "-f", try document(["tests"], [["name": "t", "input": ["id": "1"], "expect": ["price": ""]]]), "--root", directory])
        #expect(short.status == 0, "\(short.all)")
        try FileManager.default.removeItem(atPath: directory + "/in/a.csv")
        let unknown = try millwright(["test", "-f", try document(["tests"], [["name": "t", "input": ["qty": "1", "else": "2"], "expect": ["else": "2"]]]), "--root", directory])
        #expect(unknown.status == 0, "\(unknown.all)")
    }

    @Test func namesThatStandTwiceAreSaidWithWhatTheyBecome() throws {
        try write("in/twice.csv", "id,n,n\n1,2,3\n")
        var document = Self.base
        document["spec"]?["source"] = Self.source("in/twice.csv", [("columns", [["name": "n_2", "type": "integer"]])])
        document["spec"]?["steps"] = [["name": "sum", "derive": ["column": "sum", "expression": "int(row.n) + row.n_2"]], ["name": "s", "javascript": ["source": "function transform(row) { row.js = row.n + row.n_2; return row }"]]]
        try write("p.yaml", document.text)
        let run = try millwright(["run", "-f", "\(directory)/p.yaml", "--root", directory])
        #expect(run.status == 0 && run.all.contains("columns of the input have the same name") && run.all.contains("it goes by \"n_2\""), "\(run.all)")
        #expect(try String(contentsOfFile: "\(directory)/out/o.csv", encoding: .utf8) == "id,n,n_2,sum,js\n1,2,3,5,23\n")
        let valid = try millwright(["validate", "-f", "\(directory)/p.yaml", "--root", directory])
        #expect(valid.status == 0 && valid.all.contains("it goes by \"n_2\""), "\(valid.all)")
    }

    @Test func aFileWithoutRowsIsSaidAndOneWithoutTextIsAskedAbout() throws {
        try write("in/header.csv", "id,qty\n")
        let header = try millwright(["run", "-f", try document(["source"], Self.source("in/header.csv")), "--root", directory])
        #expect(header.status == 0 && header.all.contains("0 rows in = 0 written") && header.all.contains("the input has no rows"), "\(header.all)")
        #expect(try String(contentsOfFile: "\(directory)/out/o.csv", encoding: .utf8) == "id,qty\n")
        let accepted = try millwright(
            ["run", "-f", try document(["source"], Self.source("in/empty.csv", [("emptyFiles", "Accept"), ("columns", [["name": "id"]])])), "--root", directory])
        #expect(accepted.status == 0 && accepted.all.contains("it has no text at all"), "\(accepted.all)")
        // One of several counts as well: who writes it may have been cut short.
        let several = try millwright(["run", "-f", try document(["source"], Self.source("in/[ae]*.csv")), "--root", directory])
        #expect(several.status == 1 && several.all.contains("in/empty.csv"), "\(several.all)")
        let early = try millwright(["validate", "-f", try document(["source"], Self.source("in/empty.csv", [("columns", [["name": "id"]])])), "--root", directory])
        #expect(early.status == 0 && early.all.contains("the input is empty yet"), "\(early.all)")
    }

    /// A worker that dies tells no time of its own; the command knows how long it waited.
    @Test func aWorkerThatDiesIsToldWithTheTimeItTook() throws {
        let file = try document(["steps"], [])
        let run = try BackgroundProcess(
            "/bin/sh", ["-c", "cd '\(directory)' && mkfifo open && exec '\(Installation.binary)' pipeline run -f '\(file)' --root '\(directory)' --input - <>open"], log: "\(directory)/log")
        func worker() -> Int32? { run.tree.first { pid in ((try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? "").contains("pipeline-worker") } }
        try waitUntil("there is a worker", seconds: 30) { worker() != nil || !run.isRunning }
        kill(try #require(worker()), SIGKILL)
        run.wait()
        let log = try String(contentsOfFile: "\(directory)/log", encoding: .utf8)
        #expect(run.status == 1 && log.contains("the pipeline's worker process ended") && log.contains("p failed in"), "\(log)")
        #expect(!log.contains(" 0.0 ms") && !log.contains(" in <0.1 ms"), "\(log)")
    }

    /// One row and one dead letter are told as one.
    @Test func whatIsOneIsNotToldAsMany() throws {
        try write("in/one.csv", "id,qty\n1,x\n2,2\n")
        let run = try millwright(["run", "-f", try document(["source"], Self.source("in/one.csv", [("columns", [["name": "qty", "type": "integer"]])])), "--root", directory])
        #expect(run.status == 0 && run.all.contains("2 rows in = 1 written + 1 dead letter ") && run.all.contains("  1 row  "), "\(run.all)")
        #expect(!run.all.contains("1 rows") && !run.all.contains("1 dead letters"), "\(run.all)")
    }

    @Test func theHelpOfTheGroupHasTheExitStatuses() throws {
        let help = try Shell.run(Installation.binary, ["pipeline", "--help"])
        for words in ["65 the document is wrong", "75 interrupted or paused", "77 cancelled"] { #expect(help.output.contains(words), "\(help.output)") }
    }

    // MARK: Standard input and output

    @Test func rowsComeFromStandardInputAndGoToStandardOutput() throws {
        let file = try document(["steps"], Self.step("filter", ["expression": "row.qty > 2"]))
        let text = "id,qty,price\n" + (1...5000).map { "\($0),\($0 % 5),1\n" }.joined()
        let kept = "id,qty,price\n" + (1...5000).filter { $0 % 5 > 2 }.map { "\($0),\($0 % 5),1\n" }.joined()
        let piped = try millwright(["run", "-f", file, "--root", directory, "--input", "-", "--output", "-"], input: text)
        #expect(piped.status == 0 && piped.output == kept, "\(piped.status) \(piped.all.prefix(500))")
        let toFile = try millwright(["run", "-f", file, "--root", directory, "--input", "/dev/stdin", "--report", "\(directory)/report"], input: text)
        #expect(toFile.status == 0 && toFile.all.contains("standard input"), "\(toFile.all)")
        #expect(try String(contentsOfFile: "\(directory)/out/o.csv", encoding: .utf8) == kept)
        // A reader that leaves.
        let left = try Shell.run("/bin/sh", ["-c", "'\(Installation.binary)' pipeline run -f '\(file)' --root '\(directory)' --output - < '\(directory)/in/a.csv' | true; echo done"])
        #expect(left.output.contains("done") && !left.all.contains("was ended by signal"), "\(left.all)")
        let both = try millwright(["run", "-f", file, "--root", directory, "--output", "-", "--format", "json"])
        #expect(both.status == 64, "\(both.all)")
    }
}
