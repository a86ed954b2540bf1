import Foundation
import Kernel
import Resources
import Testing
import YAML

/// crds/ and the Swift types say the same: every property of the schema is read, every default, bound and enum of the one is the
/// other's. So the two never drift.
@Suite struct ContractTests {
    @Test func theSchemasAreThere() {
        #expect(Contract.environment.properties.count > 150)
        #expect(Contract.dataPipeline.properties.count > 150)
        #expect(Contract.dataPipelineRun.properties.count > 5)
        #expect(Contract.runSchedule.properties.count > 10)
    }

    @Test(arguments: Contract.all) func everyPropertyIsKnown(contract: Contract) {
        for property in contract.properties {
            let errors = contract.errors(contract.document(property, nil))
            #expect(errors.isEmpty, "\(property): \(errors)")
        }
    }

    @Test(arguments: Contract.all) func aWrongTypeIsNamedWithItsPath(contract: Contract) {
        for property in contract.properties {
            let wrong: JSON = property.schema["type"] == "array" || property.schema["x-kubernetes-int-or-string"] == true ? true : ["x"]
            let errors = contract.errors(contract.document(property, wrong))
            #expect(errors.contains { $0.path == property.description }, "\(property): \(errors)")
        }
    }

    @Test(arguments: Contract.all) func everyBoundIsTheSame(contract: Contract) {
        for property in contract.properties {
            func refuses(_ value: JSON, _ what: String) {
                let errors = contract.errors(contract.document(property, value))
                #expect(errors.contains { $0.path.hasPrefix(property.description) }, "\(property) must refuse \(what): \(errors)")
            }
            func accepts(_ value: JSON, _ what: String) {
                let errors = contract.errors(contract.document(property, value)).filter { $0.path == property.description }
                #expect(errors.isEmpty, "\(property) must accept \(what): \(errors)")
            }
            if let maximum = property.schema["maximum"]?.int {
                refuses(.int(maximum + 1), "\(maximum + 1)")
                accepts(.int(maximum), "\(maximum)")
            }
            if let minimum = property.schema["minimum"]?.int {
                refuses(.int(minimum - 1), "\(minimum - 1)")
                accepts(.int(minimum), "\(minimum)")
            }
            if let most = property.schema["maxLength"]?.int, most <= 40_000 {
                let prefix = property.schema["pattern"]?.string?.hasPrefix("^/") == true ? "/" : ""
                let letter = property.schema["pattern"] == "^[A-Z_]+$" ? "A" : property.schema["x-kubernetes-int-or-string"] == true ? "1" : "a"
                refuses(.string(prefix + String(repeating: letter, count: Int(most) + 1)), "\(most + 1) characters")
            }
            if let most = property.schema["maxProperties"]?.int {
                refuses(.object(JSONObject((0...most).map { ("a\($0)", "a") })), "\(most + 1) members")
            }
            if let most = property.schema["maxItems"]?.int {
                refuses(.array(Array(repeating: Contract.example(property.schema["items"] ?? .null), count: Int(most) + 1)), "\(most + 1) entries")
            }
            for choice in property.schema["enum"]?.array ?? [] { accepts(choice, choice.text) }
            if property.schema["enum"] != nil { refuses("Bogus", "Bogus") }
            for required in property.schema["required"]?.array?.compactMap(\.string) ?? [] {
                var value = Contract.example(property.schema)
                value[required] = nil
                refuses(value, "a missing \(required)")
            }
            if property.schema["type"] == "object", property.schema["additionalProperties"] == nil {
                var value = Contract.example(property.schema)
                value["bogus"] = 1
                let errors = contract.errors(contract.document(property, value))
                #expect(errors.contains { $0.path == "\(property).bogus" }, "\(property) must refuse an unknown field: \(errors)")
            }
        }
    }

    @Test(arguments: Contract.all) func everyListOfObjectsIsBoundedAndEveryTextToo(contract: Contract) {
        for property in contract.properties {
            if property.schema["type"] == "array" { #expect(property.schema["maxItems"] != nil, "\(property)") }
            if property.schema["type"] == "string" { #expect(property.schema["maxLength"] != nil || property.schema["enum"] != nil, "\(property)") }
            #expect(property.schema["description"] != nil || property.schema["type"] == "object" || property.steps.last.map { if case .element = $0 { true } else { false } } ?? false, "\(property) needs a description")
        }
    }

    @Test func defaultsAreTheSame() throws {
        // What the server fills in reads as what is left out.
        let environment: JSON = [
            "image": "demo:1", "ports": [["containerPort": 8088]], "readinessProbe": ["httpGet": ["port": 8088]],
            "livenessProbe": ["tcpSocket": ["port": 8088]], "persistentVolumeClaimRetentionPolicy": [:],
        ]
        var whole = Contract.environment.filled(environment)
        #expect(whole != environment && whole["ports"]?[0]?["protocol"] == "TCP")
        #expect(try EnvironmentSpec(whole) == EnvironmentSpec(environment))

        let pipeline: JSON = [
            "parameters": [["name": "day"]], "source": ["delimited": ["path": "a.csv", "columns": [["name": "a"]]]],
            "steps": [
                ["name": "a", "javascript": ["source": "function transform(row) { return row }"]],
                ["name": "b", "lookup": ["source": ["delimited": ["path": "b.csv"]], "keys": ["a": "a"], "columns": ["b"]]],
                ["name": "c", "deduplicate": ["keys": ["a"]]], ["name": "d", "sort": ["keys": [["column": "a"]]]],
            ],
            "outputs": [
                ["name": "a", "delimited": ["path": "o.csv"]], ["name": "b", "jsonLines": ["path": "o.jsonl"]],
                ["name": "c", "postgresql": ["connectionSecretRef": ["name": "db"], "table": "t"]],
            ],
            "errors": ["budget": [:]], "tests": [["name": "a", "input": ["a": "1"]]], "trigger": ["watch": [:]],
        ]
        whole = Contract.dataPipeline.filled(pipeline)
        #expect(whole != pipeline && whole["outputs"]?[0]?["delimited"]?["compression"] == "Auto" && whole["trigger"]?["watch"]?["settle"] == "2s")
        #expect(try DataPipelineSpec(whole) == DataPipelineSpec(pipeline))

        let run: JSON = ["pipelineRef": ["name": "a"], "replay": ["runRef": ["name": "b"]]]
        whole = Contract.dataPipelineRun.filled(run)
        #expect(whole != run)
        #expect(try DataPipelineRunSpec(whole) == DataPipelineRunSpec(run))

        let schedule: JSON = ["schedule": "@daily", "template": ["dataPipelineRun": ["pipelineRef": ["name": "a"]]]]
        whole = Contract.runSchedule.filled(schedule)
        #expect(whole != schedule)
        #expect(try RunScheduleSpec(whole) == RunScheduleSpec(schedule))
    }

    @Test func theListOfReasonsIsWhatTheTypeHas() throws {
        // EnvironmentReason is the planner's; its words stand here once more so that a new one is written into the contract.
        let text = try #require(Contract.environment.schema["properties"]?["status"]?["properties"]?["conditions"]?["description"]?.string)
        let words = Set(text.split(whereSeparator: { !$0.isLetter }).map(String.init))
        let source = try String(contentsOf: URL(fileURLWithPath: "Sources/Controllers/Environment/Plan/EnvironmentReason.swift"), encoding: .utf8)
        let reasons = source.split(separator: "\"").enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
        #expect(reasons.count > 30)
        for reason in reasons { #expect(words.contains(reason), "crds/ doesn't list the reason \(reason)") }
    }
}
