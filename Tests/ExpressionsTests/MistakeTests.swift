import Expressions
import Glibc
import Kernel
import Testing

/// Texts that are no expressions, with what Kubernetes (1.36) says of them, recorded from its libraries: all their mistakes at once.
@Suite struct MistakeTests {
    private static let path = "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/") + "/Tests/Recorded/mistakes.jsonl"

    @Test func allMistakesAreToldAtOnceAsKubernetesTellsThem() throws {
        var options = Environment.Options()
        options.hasExtensions = false
        let environment = Environment(libraries: Library.kubernetes, variables: [Variable("self", .dyn)], options: options)
        let file = try #require(fopen(Self.path, "r"), "\(Self.path) can't be read")
        defer { fclose(file) }
        var text: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
        let lines = text.split(separator: 0x0A)
        #expect(lines.count >= 200)
        for line in lines {
            let recorded = try JSONParser.parse(Array(line))
            let rule = recorded["rule"]?.string ?? ""
            do throws(ExpressionError) {
                _ = try environment.compile(rule)
                Issue.record("'\(rule)' compiles")
            } catch {
                #expect(error.kubernetesDescription == recorded["error"]?.string, "\(rule)")
            }
        }
    }
}
