import Expressions
import Glibc
import Kernel
import Testing
import TimeZoneDatabase

/// The CEL project's own conformance vectors, as cel-python's source distribution carries them; hack/setup --for test fetches them.
@Suite struct ConformanceTests {
    /// Every vector either has the outcome it says, or is listed by name as one that doesn't apply, with the reason. A listed one that
    /// passes is a fault of the list.
    @Test func `Every vector that applies to Kubernetes' CEL passes`() throws {
        let vectors = try ConformanceVectors.all()
        // A reader that loses vectors would let this pass for nothing.
        #expect(vectors.count > 2_000, "only \(vectors.count) vectors were read; did the files' form change?")
        let listed = NotApplicable.byName
        var failures: [String] = []
        var passed = 0
        for vector in vectors {
            switch (problem(vector), listed[vector.name]) {
            case (nil, nil): passed += 1
            case (let problem?, nil): failures.append("\(vector.name): \(problem)\n    \(vector.expression)")
            case (nil, let reason?): failures.append("\(vector.name) passes, but is listed as not applicable (\(reason)): take it off the list")
            case (_?, _?): break
            }
        }
        let known = Set(vectors.map(\.name))
        failures += NotApplicable.names.filter { !known.contains($0) }.map { "\($0) is listed as not applicable, but there is no such vector" }
        if let path = getenv("MILLWRIGHT_CONFORMANCE_FAILURES").map({ String(cString: $0) }), let file = fopen(path, "w") {
            fputs(failures.joined(separator: "\n") + "\n", file)
            fclose(file)
        }
        #expect(failures.isEmpty, "\(failures.count) of \(vectors.count) vectors:\n\(failures.prefix(60).joined(separator: "\n"))")
        print("CEL conformance: \(passed) vectors pass, \(listed.count) don't apply")
    }

    /// What is wrong with the outcome, or nil.
    private func problem(_ vector: ConformanceVector) -> String? {
        var variables: [Variable] = []
        for (name, type) in vector.variables {
            guard let type = type.valueType else { return "variable \(name) has a type of protobuf" }
            variables.append(Variable(name, type))
        }
        for (name, _) in vector.bindings where !variables.contains(where: { $0.name == name }) { variables.append(Variable(name, .dyn)) }
        var options = Environment.Options()
        // Kubernetes' own restrictions, which the language doesn't have.
        options.requiresHomogeneousLiterals = false
        options.validatesLiterals = false
        let environment = Environment(
            libraries: Library.kubernetes, variables: variables, container: vector.container, options: options, timeZones: MachineTimeZones())
        let program: Program
        do {
            program = try environment.compile(vector.expression)
        } catch {
            if case .error = vector.expectation { return nil }
            return "doesn't compile: \(error.issues.first?.message ?? "")"
        }
        if case .typed(_, let type) = vector.expectation {
            guard let type = type.valueType else { return "the result has a type of protobuf" }
            if program.resultType != type { return "the type found is \(program.resultType.description), not \(type.description)" }
        }
        if vector.checkOnly { return nil }
        var bindings: [String: Value] = [:]
        for (name, value) in vector.bindings {
            guard let value = value.value else { return "variable \(name) is a message of protobuf" }
            bindings[name] = value
        }
        let result: Value
        do {
            result = try program.evaluate(Bindings(bindings, in: environment))
        } catch {
            if case .error = vector.expectation { return nil }
            return "fails: \(error.message)"
        }
        switch vector.expectation {
        case .error: return "no error but \(result.type.description)"
        case .unknown: return "unknown values don't exist here"
        case .value(let expected): return expected.matches(result) ? nil : "gives \(result.type.description) \(result.json?.text ?? "")"
        case .typed(let expected, _):
            guard let expected else { return nil }
            return expected.matches(result) ? nil : "gives \(result.type.description) \(result.json?.text ?? "")"
        }
    }
}
