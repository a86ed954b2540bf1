import Foundation
import Glibc
import Kernel
import TestSupport
import Testing

/// Whom the worker of `pipeline run` becomes when root gives the command, and what it can do then.
@Suite(.serialized, .enabled(if: Capability.root)) final class PipelineIdentityTests {
    private static let nobody: uid_t = 65534
    /// Root's.
    private let place: String
    private var root: String { "\(place)/work" }

    init() throws {
        place = "/tmp/mwt-identity-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: "\(place)/work", withIntermediateDirectories: true)
        try "a,b\n1,x\n2,y\n".write(toFile: "\(root)/in.csv", atomically: true, encoding: .utf8)
        try """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: who}
        spec:
          parameters: [{name: out, type: string, default: out}]
          source: {delimited: {path: in.csv}}
          steps: [{name: one, javascript: {source: "function transform(row) { row.b += '!'; return row }"}}]
          outputs: [{name: out, delimited: {path: "${ parameters.out }/rows.csv"}}]
          tests: [{name: t, input: {a: "1", b: x}, expect: {b: x!}}]
        """.write(toFile: "\(root)/who.yaml", atomically: true, encoding: .utf8)
        for path in [place, root] { try #require(chmod(path, 0o755) == 0) }
    }

    deinit { try? FileManager.default.removeItem(atPath: place) }

    private static let sudo = ["SUDO_UID": "65534", "SUDO_GID": "65534", "SUDO_USER": "nobody"]

    private func run(_ more: [String] = [], _ environment: [String: String] = [:], verb: String = "run") throws -> ShellResult {
        try Shell.run(Installation.binary, ["pipeline", verb, "-f", "\(root)/who.yaml", "--root", root] + more, environment: environment)
    }

    private func owner(_ path: String) -> uid_t? {
        var info = stat()
        return lstat("\(root)/\(path)", &info) == 0 ? info.st_uid : nil
    }

    private func give(_ paths: [String] = [""]) throws { for path in paths { try #require(chown("\(root)/\(path)", Self.nobody, Self.nobody) == 0) } }

    private var output: String? { try? String(contentsOfFile: "\(root)/out/rows.csv", encoding: .utf8) }

    @Test func whoCalledSudoIsTheWorkerAndOwnsWhatItWrites() throws {
        try give()
        let result = try run(["--report", "\(root)/report"], Self.sudo)
        #expect(result.status == 0 && result.errors.contains("the worker runs as nobody (65534), who called sudo"), "\(result.all)")
        #expect(output == "a,b\n1,x!\n2,y!\n")
        for path in ["out", "out/rows.csv", "report", "report/report.html"] { #expect(owner(path) == Self.nobody, "\(path)") }
        #expect(try String(contentsOfFile: "\(root)/report/report.json", encoding: .utf8).contains("user 65534, group 65534"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/out") == ["rows.csv"])
        for verb in ["validate", "test"] {
            let looked = try run([], Self.sudo, verb: verb)
            #expect(looked.status == 0, "\(verb): \(looked.all)")
        }
    }

    /// A command by sudo has no more rights on files than its caller, and says what helps.
    @Test func whatTheCallerCannotWriteIsNotWritten() throws {
        let result = try run([], Self.sudo)
        #expect(result.status == 1 && result.errors.contains("writable for nobody (65534), or name another user with --pipeline-user"), "\(result.all)")
        #expect(owner("out") == nil)
        // Nor read.
        try give()
        try #require(chmod("\(root)/in.csv", 0o600) == 0)
        let unread = try run([], Self.sudo)
        #expect(unread.status == 1 && unread.errors.contains("chmod a+r \(root)/in.csv") && unread.errors.contains("--pipeline-user"), "\(unread.all)")
    }

    @Test func standardInputAndOutputAreTheCallersWhosesoeverTheyAre() throws {
        try give()
        try #require(chmod("\(root)/in.csv", 0o600) == 0)
        let result = try Shell.run(
            "/bin/sh", ["-c", "cd \(root) && \(Installation.binary) pipeline run -f who.yaml --input - --output - <in.csv >rows"], environment: Self.sudo)
        #expect(try result.status == 0 && String(contentsOfFile: "\(root)/rows", encoding: .utf8) == "a,b\n1,x!\n2,y!\n", "\(result.all)")
    }

    @Test func withoutSudoItIsTheDirectorysOwner() throws {
        try give()
        let result = try run()
        #expect(result.status == 0 && result.errors.contains("nobody (65534), who owns \(root)"), "\(result.all)")
        #expect(owner("out/rows.csv") == Self.nobody)
    }

    @Test func theFlagNamesAnotherButNeverRoot() throws {
        try give()
        #expect(try run(["--pipeline-user", "64270:64271", "--quiet"]).status == 1)
        #expect(owner("out") == nil)
        try #require(chown(root, 64270, 64271) == 0)
        let result = try run(["--pipeline-user", "64270:64271"], Self.sudo)
        #expect(result.status == 0 && owner("out/rows.csv") == 64270 && !result.errors.contains("runs as"), "\(result.all)")
        let refused = try run(["--pipeline-user", "root"])
        #expect(refused.status == 64 && refused.errors.contains("is root, whom a worker must never be"), "\(refused.all)")
    }

    /// What says that sudo was used is believed only when it fits together.
    @Test(arguments: [["SUDO_UID": "65534"], ["SUDO_UID": "0", "SUDO_GID": "0"], ["SUDO_UID": "65534", "SUDO_GID": "65534", "SUDO_USER": "daemon"], ["SUDO_UID": "x", "SUDO_GID": "-1"]])
    func whatSudoDoesNotSayIsNotBelieved(_ environment: [String: String]) throws {
        let result = try run(["--report", "\(root)/report"], environment)
        #expect(result.status == 0 && owner("out/rows.csv") == 0, "\(result.all)")
    }

    /// In root's own directory the files are root's: the worker stays root, held to what the run writes.
    @Test func rootsOwnFilesAreRootsAndNothingElseIsInReach() throws {
        let result = try run(["--report", "\(root)/report", "--set", "out=\(place)/far"])
        #expect(result.status == 0 && !result.errors.contains("runs as"), "\(result.all)")
        #expect(try String(contentsOfFile: "\(place)/far/rows.csv", encoding: .utf8) == "a,b\n1,x!\n2,y!\n")
        let limits = try JSONParser.parse(try String(contentsOfFile: "\(root)/report/report.json", encoding: .utf8))["limits"]?.text ?? ""
        // A kernel without Landlock makes it nobody's; then it could not have written.
        #expect(limits.contains("changes files below \(place) only, starts no program"), "\(limits)")
        // The same worker, told to write elsewhere than its places.
        let job: JSON = [
            "purpose": "run", "runID": "r", "pipeline": "who", "start": 0, "base": .string(root), "work": .string("\(root)/state"), "threads": 1,
            "spec": ["source": ["delimited": ["path": "in.csv"]], "outputs": [["name": "out", "delimited": ["path": "\(place)/elsewhere.csv"]]]],
            "limits": ["places": [.string(root)]],
        ]
        try (job.text + "\n").write(toFile: "\(root)/job", atomically: true, encoding: .utf8)
        // Its input stays open, as its parent's does.
        let held = try Shell.run("/bin/sh", ["-c", "cd \(root) && mkfifo pipe && { cat job >pipe & } && exec '\(Installation.binary)' pipeline-worker <>pipe"])
        #expect(held.status != 0 && held.output.contains("elsewhere.csv") && held.output.contains("Permission denied"), "\(held.all)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place).sorted() == ["far", "work"])
    }

    /// Of root's rights only those on files are left, and no program is started.
    @Test func aConfinedWorkerHasNoOtherOfRootsRights() throws {
        try #require(mkfifo("\(root)/slow.csv", 0o644) == 0)
        let status = try Shell.run(
            "/bin/sh",
            ["-c", """
            cd \(root); exec 9<>slow.csv; \(Installation.binary) pipeline run -f who.yaml --input slow.csv --quiet & parent=$!
            until worker=$(pgrep -P $parent) && grep -q '^Seccomp' /proc/$worker/status && grep -q 'NoNewPrivs:.1' /proc/$worker/status; do kill -0 $parent || exit 3; done
            cat /proc/$worker/status; kill -9 $worker $parent; wait
            """], seconds: 30)
        func field(_ name: String) -> String? { status.output.split(separator: "\n").first { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)) } }
        #expect(field("CapEff") == "000000000000000e" && field("CapPrm") == "000000000000000e" && field("CapInh") == "0000000000000000", "\(status.all)")
        #expect(field("Uid")?.hasPrefix("0") == true)
    }
}
