import Foundation
import Kernel
import TestSupport
import Testing

/// kill -9 while a run runs: of its worker, of the server with everything, of the process that leads. Its file stays byte for byte what an undisturbed
/// run writes. MILLWRIGHT_PIPELINE_KILLS=N kills N times at random instead (hack/soak).
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineCrashTests {
    /// Between two kills the run must have come further: a batch of 64 rows.
    private static let rows = max(1000, (kills ?? 0) * 150)
    private static let toil = 30_000
    private static let kills = ProcessInfo.processInfo.environment["MILLWRIGHT_PIPELINE_KILLS"].flatMap { Int($0) }

    /// What an undisturbed run writes, found out beside the test by the command.
    private struct Reference {
        let process: BackgroundProcess
        let path: String

        init(_ installation: Installation, _ name: String = "reference", toil: Int = PipelineCrashTests.toil) throws {
            let root = "\(installation.directory)/\(name)"
            try FileManager.default.createDirectory(atPath: "\(root)/in", withIntermediateDirectories: true)
            try Documents.rows(0..<PipelineCrashTests.rows).write(toFile: "\(root)/in/long.csv", atomically: true, encoding: .utf8)
            try Documents.slowPipeline("long", toil: toil).write(toFile: "\(root)/long.yaml", atomically: true, encoding: .utf8)
            process = try BackgroundProcess(Installation.binary, ["pipeline", "run", "-f", "\(root)/long.yaml", "--root", root], log: "\(root)/log")
            path = "\(root)/out/long.csv"
        }

        func bytes() throws -> Data {
            process.wait()
            return try #require(FileManager.default.contents(atPath: path))
        }
    }

    @Test func killedWithItsWorkerAndItsServerARunGoesOn() throws {
        let installation = try Installation("kill")
        defer { installation.tearDown() }
        installation.environment["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] = "1"
        try installation.start()
        let reference = try Reference(installation)
        try installation.writeInput("in/long.csv", Documents.rows(0..<Self.rows))
        try installation.apply(Documents.slowPipeline("long", toil: Self.toil) + Documents.run("long", "long"))
        var last = 0
        func waitForMore() throws {
            try waitUntil("the run writes") {
                let now = installation.hiddenBytes("out", containing: "long")
                defer { last = now }
                return now > last || installation.output("out/long.csv") != nil
            }
        }
        var random = Splitmix(state: Splitmix.seed)
        var died = 0
        for number in 0..<(Self.kills ?? 3) {
            last = installation.hiddenBytes("out", containing: "long")
            try waitForMore()
            // The second one of three is the server, with all that is below it.
            if Self.kills == nil ? number == 1 : random.next() % 3 == 0 {
                installation.killHard()
                try installation.start()
            } else {
                try waitUntil("there is a worker, or the run has ended") { try !installation.workers.isEmpty || installation.phase(ofRun: "long") == "Succeeded" }
                for pid in installation.workers { kill(pid, SIGKILL) }
            }
            died += 1
            if installation.output("out/long.csv") != nil { break }
        }
        print("pipeline kills: \(died) of \(Self.kills ?? 3), seed \(Splitmix.seed)")
        #expect(died >= (Self.kills ?? 3) * 3 / 4, "the run ended after \(died) kills")
        let status = try installation.waitForRun("long", ["Succeeded", "Failed"], seconds: 120)
        #expect(status["phase"] == "Succeeded" && status["progress"]?["rowsRead"]?.int == Int64(Self.rows) && status["attempts"]?.int ?? 0 >= 2, "\(status.text)")
        #expect(try installation.output("out/long.csv") == reference.bytes())
        #expect(!installation.files("out").contains { $0.hasPrefix(".") }, "\(installation.files("out"))")
    }

    /// Two managers on one API server and one database, their pipelines' files in one place: one leads, and what it had the other takes over.
    @Test func ofTwoManagersOneRunsAndTheOtherTakesOver() throws {
        let server = try Installation("two")
        server.extraArguments = ["--without-controllers"]
        let database = try PostgresServer()
        var managers: [BackgroundProcess] = []
        defer {
            for manager in managers { manager.killTree() }
            server.tearDown()
            database.stop()
        }
        try server.start()
        // Long enough that it is under way when the manager is told to stop.
        let reference = try Reference(server), longer = try Reference(server, "longer", toil: 8 * Self.toil)
        let crds = try server.millwright(["crds"])
        try #require(try server.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], input: crds.output).status == 0)
        try server.writeInput("in/long.csv", Documents.rows(0..<Self.rows))
        let url = try database.url(through: database.endpoint.host)
        func log(_ name: String) -> String { (try? String(contentsOfFile: "\(server.directory)/\(name).log", encoding: .utf8)) ?? "" }
        func manager(_ name: String) throws -> BackgroundProcess {
            let process = try BackgroundProcess(
                Installation.binary,
                [
                    "manager", "--kubeconfig", server.kubeconfig, "--data-dir", "\(server.directory)/\(name)", "--pipeline-root", "\(server.dataDirectory)/pipelines",
                    "--http-listen", "127.0.0.1:\(try Installation.freePort())",
                ],
                environment: ["MILLWRIGHT_DATABASE_URL": url, "MILLWRIGHT_CHECKPOINT_EVERY_BATCH": "1"], log: "\(server.directory)/\(name).log")
            managers.append(process)
            return process
        }
        func holder() throws -> String { try server.get("lease", "millwright-leader", "-n", "millwright-system")?["spec"]?["holderIdentity"]?.string ?? "" }

        let first = try manager("one")
        try waitUntil("the first manager leads") { try !holder().isEmpty }
        let leader = try holder()
        let second = try manager("two")
        try waitUntil("the second manager looks on") { log("two").contains("millwright-leader") || log("two").contains("controllers work on") }
        try server.apply(Documents.slowPipeline("long", toil: Self.toil) + Documents.run("long", "long"))
        try waitUntil("the run writes", seconds: 60) { server.hiddenBytes("out", containing: "long") > 0 }
        #expect(log("one").contains("pipeline worker started") && !log("two").contains("pipeline worker started"))
        first.killTree()
        try waitUntil("the second manager leads") { try holder() != leader && !holder().isEmpty }
        let status = try server.waitForRun("long", ["Succeeded", "Failed"], seconds: 90)
        #expect(status["phase"] == "Succeeded" && status["attempts"]?.int ?? 0 == 2 && status["checkpoint"]?["number"]?.int ?? 0 > 1, "\(status.text)")
        #expect(log("two").contains("pipeline worker started"))
        #expect(try server.output("out/long.csv") == reference.bytes())

        // One that is told to stop gives everything back at once.
        try server.apply(Documents.slowPipeline("rest", input: "long", toil: 8 * Self.toil) + Documents.run("rest", "rest"))
        try waitUntil("the next run writes") { server.hiddenBytes("out", containing: "rest") > 0 }
        let third = try manager("three")
        try waitUntil("the third manager is there") { log("three").contains("controllers work on") }
        second.signal(SIGTERM)
        try waitUntil("the second manager ends") { !second.isRunning }
        #expect(second.status == 0)
        let rest = try server.waitForRun("rest", ["Succeeded", "Failed"], seconds: 150)
        #expect(rest["phase"] == "Succeeded" && rest["attempts"] == 2, "\(rest.text)")
        #expect(try server.output("out/rest.csv") == longer.bytes())
        #expect(third.isRunning)
    }
}
