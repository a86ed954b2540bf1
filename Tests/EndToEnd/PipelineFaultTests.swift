import Foundation
import Kernel
import PostgresLoad
import TestSupport
import Testing

/// What stands in a run's way from outside: a library that isn't there, a database that is away or refuses. Said in words, tried again or not.
@Suite(.serialized) final class PipelineFaultTests {
    private let directory: String

    init() throws {
        directory = "/tmp/mwt-fault-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory + "/in", withIntermediateDirectories: true)
        try ("id,name\n" + (1...300).map { "\($0),name \($0)\n" }.joined()).write(toFile: "\(directory)/in/rows.csv", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func document(steps: String = "", outputs: String) throws -> String {
        let path = "\(directory)/fault.yaml"
        try """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: fault}
            spec:
              source: {delimited: {path: in/rows.csv}}
              steps: [\(steps)]
              outputs: [\(outputs)]
            """.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func run(_ document: String, _ environment: [String: String], command: String = "run") throws -> (status: Int32, report: JSON, text: String) {
        let result = try Shell.run(Installation.binary, ["pipeline", command, "-f", document, "--root", directory, "--format", "json"], environment: environment, seconds: 90)
        return (result.status, (try? JSONParser.parse(result.output)) ?? [:], result.all)
    }

    private static let table = "{name: table, postgresql: {connectionSecretRef: {name: db}, table: rows}}"
    private static let script = "{name: script, javascript: {columns: [id], source: 'function transform(row) { return row }'}}"

    /// In the library's place stands a file that is none, and another library.
    @Test(arguments: [("nothing that can be loaded", "can't be loaded"), ("another library", "another version")])
    func withoutTheScriptEngineThePackageIsNamed(what: String, says: String) throws {
        let library = "\(directory)/libjavascriptcoregtk-4.1.so.0"
        if what == "another library" {
            let other = try #require(["/lib/x86_64-linux-gnu/libz.so.1", "/lib/aarch64-linux-gnu/libz.so.1"].first { FileManager.default.fileExists(atPath: $0) })
            try FileManager.default.copyItem(atPath: URL(fileURLWithPath: other).resolvingSymlinksInPath().path, toPath: library)
        } else {
            try "nothing".write(toFile: library, atomically: true, encoding: .utf8)
        }
        let document = try document(steps: Self.script, outputs: "{name: out, delimited: {path: out/rows.csv}}")
        for command in ["run", "validate"] {
            let ended = try run(document, ["LD_LIBRARY_PATH": directory], command: command)
            let failure = command == "run" ? ended.report["failure"] : ended.report["errors"]?[0]
            #expect(ended.status != 0 && failure?["category"] == "resource", "\(command): \(ended.text)")
            #expect(failure?["why"]?.string?.contains("apt-get install libjavascriptcoregtk-4.1-0") == true && failure?["why"]?.string?.contains(says) == true, "\(command): \(ended.text)")
        }
        // Who has no script needs no engine.
        let plain = try self.document(outputs: "{name: out, delimited: {path: out/rows.csv}}")
        #expect(try run(plain, ["LD_LIBRARY_PATH": directory]).status == 0)
    }

    @Test(.enabled(if: PlainPostgres.isThere)) func aDatabaseThatIsAwayIsWaitedForAndOneThatRefusesIsNot() throws {
        let server = try PlainPostgres()
        defer { server.remove() }
        try LoadConnection(url: server.url).run("CREATE TABLE rows (id bigint PRIMARY KEY, name text)")
        let environment = ["MILLWRIGHT_CONNECTION_DB": server.url]
        server.kill()
        let document = try document(outputs: Self.table)
        let waiting = try BackgroundProcess(Installation.binary, ["pipeline", "run", "-f", document, "--root", directory], environment: environment, log: "\(directory)/log")
        func log() -> String { (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? "" }
        try waitUntil("the database is missed") { log().contains("tries again by itself") || !waiting.isRunning }
        #expect(waiting.isRunning, "\(log())")
        try server.start()
        waiting.wait()
        #expect(waiting.status == 0, "\(log())")
        #expect(try LoadConnection(url: server.url).run("SELECT count(*) FROM rows").rows == [["300"]])

        // The same keys again: the table's own rule refuses, once, and nothing has changed.
        let refused = try run(document, environment)
        #expect(refused.status == 1 && refused.report["failure"]?["category"] == "output" && refused.report["attempts"] == 1, "\(refused.text)")
        #expect(refused.report["failure"]?["fix"]?.string?.contains("Upsert") == true && refused.report["errors"]?.array?.isEmpty != false, "\(refused.text)")
        #expect(try LoadConnection(url: server.url).run("SELECT count(*) FROM rows").rows == [["300"]])

        // With a fallback the run begins again, and all its rows are there.
        let other = try self.document(
            outputs: "{name: table, fallback: file, postgresql: {connectionSecretRef: {name: db}, table: nowhere}}, {name: file, delimited: {path: out/rows.csv}}")
        let fallen = try run(other, environment)
        #expect(fallen.status == 0 && fallen.report["rows"]?["rowsWritten"] == 300 && fallen.report["balanced"] == true, "\(fallen.text)")
        #expect(try String(contentsOfFile: "\(directory)/out/rows.csv", encoding: .utf8) == String(contentsOfFile: "\(directory)/in/rows.csv", encoding: .utf8))
    }
}
