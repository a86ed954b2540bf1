import Foundation
import Testing

/// Every outside call is made inside a guard: in each adapter one place alone speaks to the network, and it is entered through a
/// guard. Read from the sources, so that a call site that is added somewhere else fails here.
@Suite struct CallSiteTests {
    /// The files that may hold an HTTP client, each with the reason why what it sends is inside a guard, or needs none.
    private static let holders: [String: String] = [
        "Sources/Adapters/Docker/Client/DockerTransport.swift": "sends in guarded() only: theDockerTransportSendsOnlyWhenGuarded",
        "Sources/Adapters/Docker/Client/DockerClient.swift": "makes the client, hands it to the transport",
        "Sources/Adapters/Kubernetes/HTTPKubernetesTransport.swift": "is called by KubernetesClient in guarded() only: theKubernetesClientSendsOnlyWhenGuarded",
        "Sources/Controllers/Environment/Effects/Probes/NetworkProbeTransport.swift":
            "probes ask the workload whether it is well: its failures are their result, and one workload's must not keep others from being asked",
        "Sources/Benchmarks/APIBenchmark.swift": "measures",
        "Sources/Benchmarks/ReactBenchmark.swift": "measures: passes on what Millwright, which guards its calls, asks of the engine",
        "Sources/millwright/Commands/ExecCommand.swift": "the command line's own call to the server, once, for a person who sees the error",
        "Sources/millwright/Client/ServerConnection.swift": "the command line's own calls to the server, once, for a person who sees the error",
    ]

    @Test func whoHoldsAnHTTPClientIsKnown() throws {
        for (file, text) in try sources("Sources") where text.contains("import HTTPClient") {
            #expect(Self.holders["Sources/" + file] != nil, "Sources/\(file) holds an HTTP client: put its calls inside a guard, or say here why they need none")
        }
    }

    @Test func theKubernetesClientSendsOnlyWhenGuarded() throws {
        var sites = 0
        for (file, text) in try sources("Sources/Adapters/Kubernetes") {
            for function in functions(of: text) where ["transport.send(", "transport.stream("].contains(where: function.body.contains) {
                sites += 1
                #expect(function.body.contains("guarded("), "\(file): \(function.name) sends outside of a guard")
            }
        }
        #expect(sites >= 2)
    }

    @Test func postgresIsSpokenToOnlyWhenGuarded() throws {
        var sites = 0
        for (file, text) in try sources("Sources/Adapters/Postgres") {
            if text.contains("PQsend") { #expect(file == "PostgresSending.swift", "\(file) sends statements by itself") }
            if text.contains("PQconnect") { #expect(file == "PostgresConnector.swift", "\(file) connects by itself") }
            for function in functions(of: text) {
                let performs = function.name != "perform" && function.body.contains("perform(")
                if performs || (function.name == "connect" && function.body.contains("async")) {
                    sites += 1
                    #expect(function.body.contains("PostgresGuards.run("), "\(file): \(function.name) reaches PostgreSQL outside of a guard")
                }
                if function.body.contains("PostgresSending.") { #expect(function.isPrivate, "\(file): \(function.name) can be called from outside, past the guards") }
            }
        }
        #expect(sites >= 3)
    }

    /// In the transport itself: each function that sends is entered through `guarded`, or is called by one that is.
    @Test func theDockerTransportSendsOnlyWhenGuarded() throws {
        let text = try #require(try sources("Sources/Adapters/Docker").first { $0.file == "Client/DockerTransport.swift" }?.text)
        let functions = functions(of: text)
        let sending = functions.filter { ["http.send(", "http.stream(", "http.upgrade("].contains(where: $0.body.contains) }
        #expect(sending.count >= 4)
        for function in sending {
            if function.body.contains("self.http") == false || function.isPrivate {
                // Private ones are reached from guarded functions only.
                let callers = functions.filter { $0.name != function.name && $0.body.contains("\(function.name)(") }
                #expect(!callers.isEmpty, "\(function.name) sends and nobody calls it")
                for caller in callers where !caller.isPrivate {
                    #expect(caller.body.contains("guarded(call)"), "\(caller.name) reaches \(function.name) outside of a guard")
                }
            } else {
                #expect(function.body.contains("guarded(call)"), "\(function.name) sends outside of a guard")
            }
        }
        for function in functions where !function.isPrivate && function.body.contains("async") {
            let reaches = ["http.", "open(", "agree("].contains(where: function.body.contains)
            #expect(!reaches || function.body.contains("guarded(call)"), "\(function.name) reaches the engine outside of a guard")
        }
    }

    private struct Function {
        let name: String
        let isPrivate: Bool
        let body: String
    }

    /// By their declarations, in a file formatted as ours are: a body goes from its declaration to the next one.
    private func functions(of text: String) -> [Function] {
        var functions: [Function] = []
        var (name, isPrivate, body) = ("", false, "")
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let declaration = line.drop { $0 == " " }
            if line.hasPrefix("    "), !line.hasPrefix("     "), let range = declaration.range(of: "func "), !declaration.hasPrefix("//") {
                if !name.isEmpty { functions.append(Function(name: name, isPrivate: isPrivate, body: body)) }
                name = String(declaration[range.upperBound...].prefix { $0.isLetter || $0.isNumber })
                isPrivate = declaration.contains("private ")
                body = ""
            }
            body += line + "\n"
        }
        functions.append(Function(name: name, isPrivate: isPrivate, body: body))
        return functions
    }

    private func sources(_ directory: String) throws -> [(file: String, text: String)] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let base = root.appendingPathComponent(directory)
        let files = try #require(FileManager.default.enumerator(atPath: base.path)).compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
        #expect(!files.isEmpty, "\(directory) has no sources")
        return try files.map { ($0, try String(contentsOf: base.appendingPathComponent($0), encoding: .utf8)) }
    }
}
